/** carryover/bound: a key that never leaves the browser signs each request, so that a copied credential opens nothing. */
export { boundKey } from "./key.js";
export type { BoundKey } from "../browser/options.js";

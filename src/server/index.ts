/** carryover/server: the log that all devices of a shop share. */
export type { Address } from "./address.js";
export type { News } from "./live.js";
export { noteRestored } from "./restored.js";
export { createServer, type ListenOptions, type Server, type ServerOptions } from "./server.js";
export type { SiteConfig } from "./sites.js";

/** Lets every property begin where the long tests begin. */
import fc from "fast-check";
import { seedOf } from "./long.js";

fc.configureGlobal({ seed: seedOf() });

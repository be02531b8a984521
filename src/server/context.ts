/** What every room of the server works with. */
import type { Limits } from "./limits.js";
import type { Live } from "./live.js";
import type { Logs } from "./log.js";
import type { Notary } from "./notary.js";
import type { Measures } from "./operator/measures.js";
import type { Site } from "./sites.js";
import type { Store } from "./store/store.js";
import type { TokenCheck } from "./token.js";

export interface Context {
  readonly store: Store;
  readonly sites: ReadonlyMap<string, Site>;
  readonly logs: Logs;
  readonly live: Live;
  readonly limits: Limits;
  readonly measures: Measures;
  readonly notary: Notary;
  readonly verify: TokenCheck;
  /** How many proxies of one's own stand in front: so far their word about an address is believed. */
  readonly proxies: number;
  /** ms since epoch. */
  readonly now: () => number;
}

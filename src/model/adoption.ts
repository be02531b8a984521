/** How a visitor's log enters another: once, with every event under the id it was made with. */
import type { Merge } from "./cart-events.js";
import type { ConsentRule } from "./consent.js";
import type { Entry } from "./event.js";

/** The link between a visitor's log and the one that takes it in. */
export interface Adoption {
  /** The visitor's log. */
  readonly log: string;
  readonly merge: Merge;
  /** What becomes of the visitor's choice; "none" for a handoff, which moves the cart only. */
  readonly consent: ConsentRule;
}

/** What the link itself writes, before the entries. */
export function adoptionData(adoption: Adoption): Readonly<Record<string, unknown>> {
  return { ...adoption };
}

/**
 * An entry of the visitor's log as the adopting log takes it: same id, judged by the numbers of the log it was
 * written against, and remembering its own number, so that what saw it there still has seen it here.
 */
export function adoptedEntry(entry: Entry, log: string): Omit<Entry, "seq"> {
  const { seq, from = [], ...rest } = entry;
  return { ...rest, from: [...from, { log, seq }] };
}

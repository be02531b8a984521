/** What the specifications are told of an event: what truly happened, nothing that the fold works out. */
import type { Entry } from "../../src/model/event.js";

export interface Deed {
  readonly id: string;
  readonly type: string;
  readonly data: any;
  readonly at: number;
  readonly device: string;
  readonly base: number;
  readonly pend: readonly string[];
  /** Everything its author had in front of them, where somebody has watched them: then `base` and `pend` are not asked. */
  readonly seen?: ReadonlySet<string>;
  /** The log its author had in front of them, or the first it was sent to; undefined before that. */
  readonly writtenIn: string | undefined;
  /** The number it got in each log it stands in. */
  readonly numbers: ReadonlyMap<string, number>;
  /** The other logs it came through. */
  readonly through: readonly string[];
}

/** Had the author of a deed another deed in front of them? By name, or by number in the log they looked at. */
export function hadSeen(author: Deed, other: Deed): boolean {
  if (author.seen !== undefined) return author.seen.has(other.id);
  if (author.pend.includes(other.id)) return true;
  const number = author.writtenIn === undefined ? undefined : other.numbers.get(author.writtenIn);
  return number !== undefined && number <= author.base;
}

/** The deeds of a single log nobody signed in to or out of. */
export function deedsOf(entries: readonly Entry[], log = "log"): Deed[] {
  return entries.map((entry) => ({
    ...entry, pend: entry.pend ?? [], writtenIn: log, numbers: new Map([[log, entry.seq]]), through: [],
  }));
}

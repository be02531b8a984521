/** What the server asks of a database for the feed: in which order the logs of a site have grown, and which of them are gone. */
import type { Entry } from "../../model/event.js";
import { subjectOf } from "../credential.js";

/**
 * A place in the feed. What is behind it is complete: nothing that is committed later ever comes before a place that somebody
 * was given. Compared by `tx`, then `n`, then `seq`.
 */
export interface Place {
  /** Number of the transaction in PostgreSQL; 0 in a SQLite file, where one follows the other. */
  readonly tx: number;
  readonly n: number;
  /** How much of what was written together with others has been read; 0 for that a log is gone. */
  readonly seq: number;
}

export interface FeedRow {
  readonly place: Place;
  /** When it was written, ms since epoch. */
  readonly at: number;
  /** The log's name in the feed: a hash, which leads nowhere once the log is gone. */
  readonly subject: string;
  /** Absent where the log is gone, and all that was in it. */
  readonly written?: { readonly log: string; readonly customer?: string; readonly entry: Entry };
}

export interface FeedReading {
  /** What follows a place, or the beginning of what is kept; of one log always in the order of its numbers. */
  feed(site: string, after: Place | undefined, limit: number): Promise<readonly FeedRow[]>;
}

export interface FeedWriting {
  /** Entries from `first` to `last` were added to a log. */
  putFeed(log: { readonly id: string; readonly site: string }, first: number, last: number, at: number): Promise<void>;
  /** Forgets what was written before a moment, at most `limit`; how much there was. */
  dropFeed(site: string, before: number, limit: number): Promise<number>;
}

/** What both databases find: a part of the feed beside the entry it is about. */
export interface FoundInFeed {
  readonly tx: number;
  readonly n: number;
  readonly at: number;
  readonly log: string | null;
  readonly subject: string | null;
  readonly customer: string | null;
  readonly seq: number | null;
  readonly id: string;
  readonly body: string;
}

export function feedRowOf({ tx, n, at, log, subject, customer, seq, id, body }: FoundInFeed): FeedRow {
  const place = { tx, n, seq: seq ?? 0 };
  if (log === null || seq === null) return { place, at, subject: subject as string };
  const entry = { ...(JSON.parse(body) as Omit<Entry, "seq" | "id">), seq, id };
  return { place, at, subject: subjectOf(log), written: { log, entry, ...(customer !== null && { customer }) } };
}

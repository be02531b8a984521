/** The way down: a stream of server-sent events that a device follows from its cursor. */
import * as v from "valibot";
import type { Entry, Origin } from "../model/event.js";
import type { Snapshot } from "../model/replica.js";
import { Caller, Credential, Id } from "./caller.js";

/** Silence after which a device takes the stream for dead: 2.5 heartbeats. */
export const HEARTBEAT_MS = 15_000;

/** How long an answer that is no stream may wait for news: less than proxies wait for an answer. */
export const HOLD_MS = 25_000;

/** The credential travels in the `Authorization` header, the rest in the body; neither in the address. */
export const Pull = v.object({
  ...v.omit(Caller, ["credential"]).entries,
  cursor: v.optional(v.pipe(v.string(), v.maxLength(64))),
  /** As in a push. */
  next: v.optional(Credential),
  /** Instead of a stream an answer that ends with the first news, or after so many ms: for proxies that hold streams back. */
  holdMs: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(HOLD_MS))),
  /** Streams were seen to come through on this network, even in small words: nothing needs to be pushed through with two kilobytes of nothing. */
  isBare: v.optional(v.boolean()),
  /** Pending events that were sent and not answered: the server says which of them a snapshot holds. */
  unsure: v.optional(v.pipe(v.array(Id), v.maxLength(1_000))),
});

export type Pull = v.InferOutput<typeof Pull>;

/** First on every stream. */
export interface Hello {
  /** New whenever the database was restored. */
  readonly epoch: string;
  readonly log: string;
  /** Server time, ms since epoch. */
  readonly now: number;
  /** As in the answer to a push. */
  readonly isNextKept?: boolean;
}

/** Last on a stream that the server ends: the device asks again, at once or at a moment of its own within the time named. */
export interface Bye {
  /** Many were told the same: 10 000 devices that all came at once would be the next outage. */
  readonly withinMs?: number;
}

/** Instead of the entries, when there are too many or the cursor is of another log. */
export interface SnapshotFrame extends Snapshot {
  /** The fold that made `state`. */
  readonly fold: number;
  readonly included: readonly string[];
  /** The cursor was known here: there was only too much since. Otherwise this log has another past than the device's. */
  readonly isVouched: boolean;
}

/** An entry as it travels: short, because it is what every tap costs every screen. */
export type EntryFrame = readonly [
  seq: number, id: string, type: string, data: unknown, at: number, base: number, device: string, channel: string,
  pend?: readonly string[] | 0, from?: readonly (readonly [log: string, seq?: number])[],
];

export function encodeEntry({ seq, id, type, data, at, base, device, channel, pend, from }: Entry): EntryFrame {
  const short = [seq, id, type, data, at, base, device, channel] as const;
  if (from !== undefined) return [...short, pend ?? 0, from.map((o) => (o.seq === undefined ? [o.log] as const : [o.log, o.seq] as const))];
  return pend === undefined ? short : [...short, pend];
}

export function decodeEntry([seq, id, type, data, at, base, device, channel, pend, from]: EntryFrame): Entry {
  return { id, type, data, at, base, seq, device, channel, pend: pend || undefined, from: from?.map(([log, n]): Origin => ({ log, seq: n })) };
}

/** Where a device stands: `epoch.seq.hash`. A server that cannot vouch for it answers with a snapshot. */
export function encodeCursor(epoch: string, seq: number, hash: number): string {
  return `${epoch}.${seq}.${hash.toString(36)}`;
}

export function decodeCursor(cursor: string): { readonly epoch: string; readonly seq: number; readonly hash: number } | undefined {
  const [, epoch, seq, hash] = /^([\w-]+)\.(\d{1,15})\.([0-9a-z]{1,7})$/.exec(cursor) ?? [];
  return epoch === undefined ? undefined : { epoch, seq: Number(seq), hash: Number.parseInt(hash as string, 36) };
}

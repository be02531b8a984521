/** What a shopper did (event), its place in the log (entry), and who had seen what. */
import { isRecord } from "./limits.js";

/** Something that was done, named in the past. Made on a device, never changed afterwards. */
export interface Event {
  /** 128 random bits, base64url: the only thing by which the log tells a retry from a second gesture. */
  readonly id: string;
  /** Lower-case words, `line-added`. */
  readonly type: string;
  readonly data: unknown;
  /** Corrected device time, ms since epoch; decides only between two numbers for the same thing. */
  readonly at: number;
  /** Highest seq the device had folded at the moment of the gesture, in the log named by `log`. */
  readonly base: number;
  /** Ids of the device's own unconfirmed events that the gesture was about. */
  readonly pend?: readonly string[] | undefined;
  /** The log whose numbers `base` speaks of; absent before the device knew any. */
  readonly log?: string | undefined;
  /** The epoch of those numbers, for an event that is sent to a server which was restored since. */
  readonly epoch?: string | undefined;
  /** Made while somebody was signed in: on the device it is never taken for that of a visitor who has just come. */
  readonly isCustomers?: true;
}

/** Where an entry stood in another log before that log was adopted by this one. */
export interface Origin {
  readonly log: string;
  /** Its seq there; absent for an event that arrived after the adoption. */
  readonly seq?: number | undefined;
}

/** An event with its number in a log. */
export interface Entry extends Omit<Event, "log" | "epoch" | "isCustomers"> {
  /** 1, 2, 3 … without holes within one log. */
  readonly seq: number;
  readonly device: string;
  readonly channel: string;
  /** The logs it came through, first the one that its `base` speaks of; absent when that is this log. */
  readonly from?: readonly Origin[] | undefined;
}

/** Is the envelope whole? What is in it, each part of the state judges for itself. */
export function isEntry(value: unknown): value is Entry {
  if (!isRecord(value)) return false;
  const { id, type, device, channel, seq, at, base, pend = [], from = [] } = value;
  return [id, type, device, channel].every(isString) && [seq, at, base].every((n) => typeof n === "number")
    && Array.isArray(pend) && pend.every(isString) && areOrigins(from);
}

const areOrigins = (from: unknown): boolean => Array.isArray(from) && from.every((origin) => isRecord(origin) && isString(origin.log));

const isString = (value: unknown): value is string => typeof value === "string";

/** What an event leaves behind in the state, with enough to tell later who had seen it. */
export interface Mark {
  readonly id: string;
  readonly seq: number;
  readonly from?: readonly Origin[] | undefined;
  /** Corrected time, ms since epoch. */
  readonly at: number;
}

/** Are these marks, as far as a fold has to know to go on with them? */
export function areMarks(marks: unknown): boolean {
  return Array.isArray(marks) && marks.every((mark) => isRecord(mark) && isString(mark.id) && typeof mark.seq === "number" && areOrigins(mark.from ?? []));
}

/** The seq of an event that no log has numbered yet: later than everything. */
export const PENDING = Infinity;

/** The ids of the marks that are not confirmed yet: what a gesture has seen by name. */
export function pendingIn(marks: readonly Mark[]): string[] {
  return [...new Set(marks.filter(({ seq }) => seq === PENDING).map(({ id }) => id))];
}

/** The device id under which the server itself writes. */
export const SERVER = "server";

/** The mark of an entry. The key order is fixed, so that equal states are equal byte for byte. */
export function markOf({ id, seq, from, at }: Entry): Mark {
  return { id, seq, from, at };
}

/**
 * Had the author of `entry` seen `mark` when they acted?
 * The whole causality of the log: by number in the log it was written against, or by name.
 */
export function saw(entry: Pick<Entry, "base" | "pend" | "from">, mark: Mark): boolean {
  if (entry.pend?.includes(mark.id)) return true;
  if (entry.from === undefined) return mark.seq <= entry.base;
  const written = entry.from[0]?.log;
  return mark.from?.some(({ log, seq }) => log === written && seq !== undefined && seq <= entry.base) ?? false;
}

/** The entry a device shows for its own event before the log has numbered it. */
export function pendingEntry(event: Event, log: string | undefined, device: string, channel: string): Entry {
  const { log: written, epoch: _, isCustomers: __, ...rest } = event;
  const entry = { ...rest, seq: PENDING, device, channel };
  return written === undefined || written === log ? entry : { ...entry, from: [{ log: written }] };
}

/**
 * Fingerprint of a log up to an entry, from the fingerprint before it: FNV-1a over the ids, 32 bit.
 * Not a proof against forgery; it tells a restored or exchanged log from the one a device had read.
 */
export function chain(hash: number, id: string): number {
  let h = hash ^ 0x811c9dc5;
  for (let i = 0; i < id.length; i++) h = Math.imul(h ^ id.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

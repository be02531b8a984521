/** The way up: a device's events, and the server's verdict on each. */
import * as v from "valibot";
import type { Objection } from "../model/admission.js";
import { Caller, Credential, Id, LogId } from "./caller.js";

export const EVENTS_PER_PUSH = 100;
export const PUSH_BYTES = 256 * 1024;

const Epoch = v.pipe(v.string(), v.regex(/^[\w-]{1,32}$/));
const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** The envelope of an event; what it carries is the model's matter. */
export const PushedEvent = v.object({
  id: Id,
  type: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/), v.maxLength(64)),
  data: v.optional(v.unknown()),
  at: Count,
  base: Count,
  pend: v.optional(v.pipe(v.array(Id), v.maxLength(EVENTS_PER_PUSH * 3))),
  log: v.optional(LogId),
  /** The epoch that `base` speaks of, when it is another than the push's. */
  epoch: v.optional(Epoch),
});

export const Push = v.object({
  ...Caller.entries,
  /** The log the device believes it writes to; absent before it was told one: then an unknown device is a new visitor. */
  log: v.optional(LogId),
  /**
   * The epoch that the numbers of these events speak of, which is not the server's any more once a backup was put back;
   * an event may name another.
   */
  epoch: v.optional(Epoch),
  /** The credential that this device has made to go on with: a lost answer and a second try lead to the same one. */
  next: v.optional(Credential),
  /** Judged one by one, so that a bad event does not block the others. */
  events: v.pipe(v.array(v.unknown()), v.maxLength(EVENTS_PER_PUSH)),
});

export type Push = v.InferOutput<typeof Push>;

/** `applied` and `duplicate` name the seq; an event stays pending until the stream has shown it. */
export type Verdict =
  | readonly [id: string, verdict: "applied" | "duplicate", seq: number]
  | readonly [id: string, verdict: "refused", code: Objection | "signed-in-as-another" | "cart-only"]
  | readonly [id: string, verdict: "later"];

export interface PushAnswer {
  readonly log: string;
  /** Server time, ms since epoch. */
  readonly now: number;
  readonly answers: readonly Verdict[];
  /** The server takes `next` as well from now on, and nothing else once that has been used. */
  readonly isNextKept?: boolean;
}

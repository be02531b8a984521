/** The way up: sends what is pending until the server has a verdict on each event. */
import type { Event } from "../model/event.js";
import { bytesOf } from "../model/limits.js";
import { EVENTS_PER_PUSH, type Push, type PushAnswer } from "../wire/push.js";
import { PATHS } from "../wire/version.js";
import type { Clock } from "./clock.js";
import type { Copy } from "./copy.js";
import type { Settings } from "./options.js";
import { createEmitter, type Emitter } from "./emitter.js";
import { createFlights, type Flights } from "./flights.js";
import { callerOf, foreign, type Post } from "./post.js";
import { RefusalError } from "./refusal.js";
import { createRetry } from "./retry.js";
import { isSame, type Session, type Visitor } from "./visitor.js";

/** A request stays well below the server's 256 KiB. */
const BODY_BYTES = 100_000;
/** So many requests at a time; what is done meanwhile goes with the next. */
const FLIGHTS = 4;
/** What stands around the events. */
const ENVELOPE_BYTES = 500;

export interface Pusher {
  /** Something is pending: see to it that it is sent. */
  kick(): void;
  /**
   * This was done here and now: it goes up at the end of this tick, together with what else was done in it, whoever
   * leads and whatever is under way. Chromium tells a page that closes its own window nothing at all.
   */
  soon(event: Event): void;
  /** Try at once, the weather may have changed. */
  now(): void;
  /** Resolves when everything pending has a verdict; rejects with the first refusal of the request or the weather. */
  flush(): Promise<void>;
  /** The page is going: what is not on its way yet goes up in requests that outlive it, as many as the browser allows. */
  farewell(): void;
  /** Forgets what was answered: another log, another device. */
  reset(): void;
  isActive: boolean;
  /** The requests under way: all that a page sends shares the room for those that outlive it. */
  readonly flights: Flights;
  /** Tells of each farewell, after what is pending has taken the room it needs. */
  readonly leaving: Emitter<void>;
}

interface Parts {
  readonly settings: Settings;
  readonly copy: Copy;
  readonly visitor: Visitor;
  readonly clock: Clock;
  readonly post: Post;
  /** An event was refused by itself; the request, by the server's own word. */
  readonly refused: (error: RefusalError) => void;
  readonly known: () => void;
}

export function createPusher({ settings, copy, visitor, clock, post, refused, known }: Parts): Pusher {
  let acked = new Map<string, number>();
  const [flights, leaving] = [createFlights(), createEmitter<void>()];
  let isPlain = false; // what failed once is tried without `keepalive`, which a browser may refuse for reasons of its own
  let most = EVENTS_PER_PUSH;
  let fresh: Event[] = [];
  let underWay: Promise<void> | undefined;
  let isActive = false;

  const unsent = (): Event[] => copy.replica.pending.filter((event) => !acked.has(event.id));
  const waiting = (): Event[] => unsent().filter((event) => !flights.has(event));
  const isGone = (session: Session): boolean => !isSame(visitor.session, session);
  const hasWork = (): boolean => visitor.session !== undefined && unsent().length > 0;

  const bodyOf = (session: Session, events: readonly Event[]): Push => {
    const { credential, next } = visitor.fresh(session);
    return { ...callerOf(settings, credential), next, log: copy.replica.log, epoch: copy.epoch || undefined, events: [...events] };
  };

  const deliver = async (session: Session, body: Push, keepalive: boolean): Promise<void> => {
    const sentAt = settings.now();
    try {
      const answer = await post<PushAnswer>(PATHS.push, body, { keepalive });
      if (!Array.isArray(answer?.answers)) foreign();
      if (!isGone(session)) take(answer, sentAt);
      if (answer.isNextKept) visitor.heard(body.next);
      isPlain = false;
    } catch (error) {
      isPlain = true;
      throw error;
    }
  };

  /** One request. A page that is left while it is under way does not end it, as long as the browser has room for such. */
  const fly = (session: Session, events: readonly Event[]): Promise<void> => {
    const body = bodyOf(session, events);
    return flights.start(events, bytesOf(JSON.stringify(body)), !isPlain, (isLasting) => deliver(session, body, isLasting));
  };

  const sendOnce = async (): Promise<void> => {
    const { session } = visitor;
    if (session === undefined || !hasWork()) return;
    const events = batchOf(waiting(), BODY_BYTES, most);
    if (events.length === 0) return flights.first().catch(unlessBlocked);
    try {
      await fly(session, events);
    } catch (error) {
      if (isGone(session)) return; // it was about somebody who is not here any more
      return withoutTheBad(session, events, error as RefusalError);
    }
    most = Math.min(2 * most, EVENTS_PER_PUSH);
    if (isGone(session)) return;
    const left = new Set(unsent());
    if (events.some((event) => left.has(event))) throw new RefusalError("unavailable"); // no verdict, or "later"
  };

  /** One event that something on the way refuses must not block the others: halves the batch until it is found. */
  const withoutTheBad = async (session: Session, events: readonly Event[], error: RefusalError): Promise<void> => {
    unlessBlocked(error);
    most = Math.ceil(events.length / 2);
    if (events.length > 1) return;
    await fly(session, []); // is it the event, or is everything refused?
    refused(new RefusalError(error.code, `carryover: a change could not be sent, since ${error.message}`));
    copy.take({ dropped: events[0]?.id ?? "", isRefused: true });
  };

  const take = ({ answers, now }: PushAnswer, sentAt: number): void => {
    clock.measure(now, sentAt);
    for (const [id, verdict, detail] of answers) {
      if (verdict === "refused") {
        refused(new RefusalError(detail));
        copy.take({ dropped: id, isRefused: true });
      } else if (verdict !== "later") acked.set(id, detail);
    }
    settle();
    known();
  };

  /** What the copy holds without having seen it come, in a snapshot, is not on its way any more; the rest waits for the stream. */
  const settle = (): void => {
    for (const { id } of copy.replica.pending) if ((acked.get(id) ?? Infinity) <= copy.replica.seq) copy.take({ dropped: id });
  };
  copy.on((change) => void ("reset" in change && settle()));

  /** One request at a time; whoever asks meanwhile waits for the same one. */
  const once = (): Promise<void> => (underWay ??= sendOnce().finally(() => void (underWay = undefined)));

  /** Requests that outlive the page, as many as the browser has room for. */
  const sendLasting = (events: readonly Event[]): void => {
    const { session } = visitor;
    const batch = batchOf(events, flights.room - ENVELOPE_BYTES, EVENTS_PER_PUSH, 0);
    if (session === undefined || settings.endpoint === undefined || batch.length === 0) return;
    fly(session, batch).catch(retry.start);
    sendLasting(events.slice(batch.length));
  };

  const sendFresh = (): void => {
    const events = fresh.filter((event) => !acked.has(event.id) && !flights.has(event));
    fresh = [];
    if (!isPlain && flights.count < FLIGHTS) sendLasting(events);
    retry.start(); // what had no room, or the weather is bad
  };

  const retry = createRetry(settings.random, {
    isDue: () => isActive && hasWork(),
    once,
    failed: (error) => error.retryable || refused(error),
  });

  return {
    flights, leaving,
    get isActive() {
      return isActive;
    },
    set isActive(value) {
      isActive = value;
      queueMicrotask(retry.now);
    },
    kick: () => queueMicrotask(retry.start), // together with what else is done in this tick
    now: retry.now,
    async flush() {
      while (hasWork()) await once();
    },
    soon(event) {
      if (fresh.push(event) === 1) queueMicrotask(sendFresh);
    },
    farewell() {
      isPlain = false;
      sendLasting(waiting());
      leaving.emit();
    },
    reset() {
      [acked, fresh] = [new Map(), []];
      flights.forget();
    },
  };
}

/** Goes on where our own server, or something in front of it, objects to what stands in the request. */
function unlessBlocked(error: RefusalError): void {
  if (!["request-malformed", "request-too-large", "request-blocked"].includes(error.code)) throw error;
}

/** The oldest events that fit into one request. */
function batchOf(events: readonly Event[], bytes: number, most = EVENTS_PER_PUSH, atLeast = 1): readonly Event[] {
  let left = bytes;
  const oldest = events.slice(0, most);
  const end = oldest.findIndex((event, i) => (left -= bytesOf(JSON.stringify(event)) + 1) < 0 && i >= atLeast);
  return end < 0 ? oldest : oldest.slice(0, end);
}

/** All events, in as many requests as they need. */
export function batchesOf(events: readonly Event[]): (readonly Event[])[] {
  const batch = batchOf(events, BODY_BYTES);
  return batch.length === 0 ? [] : [batch, ...batchesOf(events.slice(batch.length))];
}

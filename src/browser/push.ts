/** The way up: sends what is pending until the server has a verdict on each event. */
import type { Event } from "../model/event.js";
import { EVENTS_PER_PUSH, type Push, type PushAnswer } from "../wire/push.js";
import { PATHS } from "../wire/version.js";
import type { Clock } from "./clock.js";
import type { Copy } from "./copy.js";
import type { Settings } from "./options.js";
import { callerOf, type Post, send } from "./post.js";
import { RefusalError } from "./refusal.js";
import { createRetry } from "./retry.js";
import type { Visitor } from "./visitor.js";

/** A request stays well below the server's 256 KiB, and below what a browser sends from a page that is going (64 KiB for all). */
const BODY_CHARS = 100_000;
const FAREWELL_CHARS = 32_000;

export interface Pusher {
  /** Something is pending: send it soon. */
  kick(): void;
  /** Try at once, the weather may have changed. */
  now(): void;
  /** Resolves when everything pending has a verdict; rejects with the first refusal of the request or the weather. */
  flush(): Promise<void>;
  /** The page is going: sends what fits with `keepalive`; what is not answered is sent again later. */
  farewell(): void;
  /** Forgets what was answered: another log, another device. */
  reset(): void;
  isActive: boolean;
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
  let underWay: Promise<void> | undefined;
  let isActive = false;

  const unsent = (): Event[] => copy.replica.pending.filter((event) => !acked.has(event.id));

  const hasWork = (): boolean => visitor.session !== undefined && unsent().length > 0;

  const bodyOf = (credential: string, events: readonly Event[]): Push => {
    return { ...callerOf(settings, credential), log: copy.replica.log, events: [...events] };
  };

  const sendOnce = async (): Promise<void> => {
    const session = visitor.session;
    const events = batchOf(unsent(), BODY_CHARS);
    if (session === undefined || events.length === 0) return;
    const sentAt = settings.now();
    const answer = await post<PushAnswer>(PATHS.push, bodyOf(session.credential, events));
    if (visitor.session?.credential !== session.credential) return;
    clock.measure(answer.now, sentAt);
    if (!session.isKnown) visitor.update({ isKnown: true });
    take(answer);
    known();
  };

  const take = ({ answers }: PushAnswer): void => {
    for (const [id, verdict, detail] of answers) {
      if (verdict === "refused") {
        refused(new RefusalError(detail));
        copy.take({ dropped: id });
      } else if (verdict !== "later") acked.set(id, detail);
    }
    settle();
  };

  /** What the copy holds without having seen it come, in a snapshot, is not on its way any more; the rest waits for the stream. */
  const settle = (): void => {
    for (const { id } of copy.replica.pending) if ((acked.get(id) ?? Infinity) <= copy.replica.seq) copy.take({ dropped: id });
  };
  copy.on((change) => void ("reset" in change && settle()));

  /** One request at a time; whoever asks meanwhile waits for the same one. */
  const once = (): Promise<void> => (underWay ??= sendOnce().finally(() => void (underWay = undefined)));

  const retry = createRetry(settings.random, {
    isDue: () => isActive && hasWork(),
    once,
    failed: (error) => error.retryable || refused(error),
  });

  return {
    get isActive() {
      return isActive;
    },
    set isActive(value) {
      isActive = value;
      retry.now();
    },
    kick: retry.start,
    now: retry.now,
    async flush() {
      while (hasWork()) await once();
    },
    farewell() {
      const { session } = visitor;
      const events = batchOf(unsent(), FAREWELL_CHARS);
      if (session === undefined || settings.endpoint === undefined || events.length === 0) return;
      void send(settings, PATHS.push, bodyOf(session.credential, events), { keepalive: true }).catch(() => {});
    },
    reset: () => void (acked = new Map()),
  };
}

/** The oldest events that fit into one request, at least one. */
function batchOf(events: readonly Event[], chars: number): readonly Event[] {
  let left = chars;
  const end = events.findIndex((event, i) => (left -= JSON.stringify(event).length) < 0 && i > 0);
  return events.slice(0, Math.min(EVENTS_PER_PUSH, end < 0 ? events.length : end));
}

/** All events, in as many requests as they need. */
export function batchesOf(events: readonly Event[]): (readonly Event[])[] {
  const batch = batchOf(events, BODY_CHARS);
  return batch.length === 0 ? [] : [batch, ...batchesOf(events.slice(batch.length))];
}

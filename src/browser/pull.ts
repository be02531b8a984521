/** The way down: follows the log's stream, and notices when it has gone quiet. */
import type { Entry } from "../model/event.js";
import type { Progress } from "../wire/handoff.js";
import { decodeEntry, type EntryFrame, HEARTBEAT_MS, type Hello, type Pull, type SnapshotFrame } from "../wire/pull.js";
import { PATHS } from "../wire/version.js";
import type { Clock } from "./clock.js";
import type { Copy } from "./copy.js";
import type { Settings } from "./options.js";
import { inTime } from "./patience.js";
import { callerOf, foreign, send } from "./post.js";
import { RefusalError } from "./refusal.js";
import { createRetry } from "./retry.js";
import type { Visitor } from "./visitor.js";

/** No byte for 2.5 heartbeats: the stream is dead, whatever the socket says. */
const SILENCE_MS = 2.5 * HEARTBEAT_MS;

/** Whether changes elsewhere arrive here. */
export type SyncState = "local" | "offline" | "catching-up" | "live";

export interface Puller {
  start(): void;
  stop(): void;
  /** Leaves the stream and takes it up again, at once. */
  restart(): void;
  /** Try at once, the weather may have changed; a stream that stands is left alone. */
  now(): void;
}

interface Parts {
  readonly settings: Settings;
  readonly copy: Copy;
  readonly visitor: Visitor;
  readonly clock: Clock;
  readonly show: (state: SyncState) => void;
  readonly refused: (error: RefusalError) => void;
  readonly handoff: (progress: Progress) => void;
}

export function createPuller(parts: Parts): Puller {
  let stream: AbortController | undefined;
  let isWanted = false;

  const retry = createRetry(parts.settings.random, {
    isDue: () => isWanted && parts.visitor.session !== undefined,
    async once(succeeded) {
      stream = new AbortController();
      parts.show("catching-up");
      await follow(parts, stream, succeeded);
      if (!isWanted) parts.show("offline");
    },
    failed(error) {
      parts.show("offline");
      if (!error.retryable) parts.refused(error);
    },
  });

  const restart = (): void => {
    stream?.abort(LEAVING);
    retry.now();
  };

  return {
    start() {
      isWanted = true;
      retry.start();
    },
    stop() {
      isWanted = false;
      restart();
    },
    restart,
    now: retry.now,
  };
}

/** Why a stream was ended from here; anything else that ends it is weather. */
const LEAVING = "leaving";

/** Reads one stream to its end; resolves when it is to be taken up again at once. */
async function follow(parts: Parts, stream: AbortController, stands: () => void): Promise<void> {
  const { settings, copy, visitor } = parts;
  const { credential, ...caller } = callerOf(settings, visitor.session?.credential ?? "");
  const { cursor, replica } = copy;
  const unsure = replica.pending.slice(0, 1_000).map((event) => event.id);
  const request: Pull = { ...caller, cursor, unsure };
  try {
    const headers = { authorization: `Bearer ${credential}` };
    const response = await inTime(SILENCE_MS, send(settings, PATHS.pull, request, { headers, signal: stream.signal }));
    if (!response.headers.get("content-type")?.startsWith("text/event-stream") || response.body === null) return foreign();
    const isEnd = createReading(parts, stands);
    const decoder = new TextDecoder();
    for (const body = response.body.getReader(); ;) {
      const { done, value } = await inTime(SILENCE_MS, body.read());
      if (done) throw new RefusalError("unreachable");
      if (isEnd(decoder.decode(value, { stream: true }))) return;
    }
  } catch (error) {
    if (stream.signal.reason === LEAVING) return;
    throw error instanceof RefusalError ? error : new RefusalError("unreachable");
  } finally {
    stream.abort();
  }
}

/** Turns text into entries, of which those that arrive together are folded together; true when the stream is to be taken up anew. */
function createReading({ copy, clock, settings, show, handoff }: Parts, stands: () => void): (text: string) => boolean {
  let epoch = "";
  let isOver = false;
  let entries: Entry[] = [];
  const openedAt = settings.now();

  const take: Record<string, (data: never) => void> = {
    hello(hello: Hello) {
      epoch = hello.epoch;
      clock.measure(hello.now, openedAt);
      copy.greet(hello.log, epoch);
    },
    snapshot: ({ included, ...frame }: SnapshotFrame) => void copy.take({ reset: frame, epoch, included }),
    handoff,
    bye: () => void (isOver = true),
    "": (frame: EntryFrame) => void entries.push(decodeEntry(frame)),
  };
  let rest = "";
  return (text) => {
    const blocks = (rest + text).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      // What our server writes of the event stream format: one optional event line, one data line, comments.
      const [, event = "", data] = /^(?:event: (.*)\n)?data: (.*)$/.exec(block) ?? [];
      if (data !== undefined) take[event]?.(JSON.parse(data) as never);
    }
    const batch = entries;
    entries = [];
    if (batch.length > 0 && !copy.take({ received: batch })) isOver = true; // a hole: ask again from where we stand
    if (epoch !== "" && !isOver) {
      stands();
      show("live");
    }
    return isOver;
  };
}

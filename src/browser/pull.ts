/** The way down: follows the log's stream, and notices when it has gone quiet or is held back. */
import type { Progress } from "../wire/handoff.js";
import type { ProblemCode } from "../wire/problem.js";
import { HEARTBEAT_MS, HOLD_MS, type Pull } from "../wire/pull.js";
import { PATHS } from "../wire/version.js";
import type { Clock } from "./clock.js";
import type { Copy } from "./copy.js";
import type { Settings } from "./options.js";
import { ANSWER_MS, inTime, LATE } from "./patience.js";
import { callerOf, foreign, send } from "./post.js";
import { createReading } from "./reading.js";
import { RefusalError } from "./refusal.js";
import { createRetry } from "./retry.js";
import type { Shelf } from "./shelf.js";
import { isSame, type Visitor } from "./visitor.js";

/** No byte for 2.5 heartbeats: the stream is dead, whatever the socket says. */
const SILENCE_MS = 2.5 * HEARTBEAT_MS;
/** After a sleep a stream that has missed a heartbeat is not waited for. */
const STALE_MS = 1.2 * HEARTBEAT_MS;
/** A stream begins with a greeting and two kilobytes of nothing; where those take longer, a proxy holds them back. */
const OPENING_MS = 4_000;
/** So many streams that fall silent after their greeting are held back too. */
const SILENT_STREAMS = 2;
/** So long it is believed what a network does with streams: that it holds them back, or lets small words through, ms. */
const BELIEVED_MS = 3_600_000;
/** What comes by itself, after the opening and smaller than what proxies gather, was not held back. */
const SMALL_BYTES = 1_024;
const BY_ITSELF_MS = 1_000;

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
  readonly shelf: Shelf;
  readonly copy: Copy;
  readonly visitor: Visitor;
  readonly clock: Clock;
  readonly show: (state: SyncState, reason?: ProblemCode) => void;
  readonly refused: (error: RefusalError) => void;
  readonly handoff: (progress: Progress) => void;
  readonly restored: () => boolean;
  readonly released: () => void;
}

export function createPuller(parts: Parts): Puller {
  const { settings, shelf, visitor, show, refused } = parts;
  let stream: AbortController | undefined;
  let isWanted = false;
  let silent = 0;
  let heardAt = Infinity; // of a stream that stands

  const isHeldBack = (): boolean => Number(shelf.read("polling") ?? 0) > settings.now();

  const heldBack = (): void => {
    silent = 0;
    refused(new RefusalError("stream-held-back", "carryover: something on the way holds streams back; changes are asked for."));
    shelf.write("polling", String(settings.now() + BELIEVED_MS));
  };

  /** Reads one stream to its end; resolves when it is to be taken up again at once. */
  const follow = async (signal: AbortSignal, stands: () => void): Promise<void> => {
    const read = createReading(parts);
    const decoder = new TextDecoder();
    const opening = ask(parts, signal).then((response) => response.body?.getReader() ?? foreign());
    let next = inTime(OPENING_MS, opening.then((reader) => reader.read()));
    let openedAt: number | undefined;
    for (let reads = 1; ; reads += 1) {
      const { done, value } = await next;
      if (done) throw new RefusalError("unreachable");
      heardAt = settings.now();
      openedAt ??= heardAt;
      if (reads > 1) silent = 0;
      if (heardAt - openedAt > BY_ITSELF_MS && value.length < SMALL_BYTES && !isFlowing(parts)) visitor.update({ flowedAt: heardAt });
      const found = read(decoder.decode(value, { stream: true }));
      if (found === "over") return;
      if (found === "standing") {
        stands();
        show("live");
      }
      next = inTime(SILENCE_MS, (await opening).read()).catch((error: unknown) => {
        if (error === LATE && reads === 1) silent += 1;
        throw error;
      });
    }
  };

  /** Asks again and again; resolves when a stream is to be tried again. */
  const poll = async (signal: AbortSignal, stands: () => void): Promise<void> => {
    let holdMs = 0;
    do {
      const read = createReading(parts);
      const text = await inTime(ANSWER_MS + holdMs, ask(parts, signal, holdMs).then((response) => response.text()));
      const found = read(text);
      if (found === "waiting") foreign();
      if (found === "over") return;
      if (holdMs === 0 && !isHeldBack()) heldBack();
      stands();
      show("live", "stream-held-back");
      holdMs = HOLD_MS;
    } while (isHeldBack());
  };

  const retry = createRetry(settings.random, {
    isDue: () => isWanted && visitor.session !== undefined,
    async once(succeeded) {
      const { session } = visitor;
      show("catching-up");
      heardAt = Infinity;
      const connect = (way: typeof follow): Promise<void> => way((stream = new AbortController()).signal, succeeded);
      const listen = (isBare: boolean): Promise<void> => connect(follow).catch((error: unknown) => {
        if (error !== LATE || heardAt < Infinity) throw error;
        stream?.abort();
        if (!isBare) return connect(poll); // where a plain question is answered in time, streams are held back
        visitor.update({ flowedAt: 0 }); // it was so on another network
        return listen(false);
      });
      try {
        if (isHeldBack() || silent >= SILENT_STREAMS) return await connect(poll);
        await listen(isFlowing(parts));
      } catch (error) {
        const isGone = !isSame(visitor.session, session); // it was about somebody who is not here any more
        if (stream?.signal.reason !== LEAVING && !isGone) throw error instanceof RefusalError ? error : new RefusalError("unreachable");
      } finally {
        stream?.abort();
        if (!isWanted) show("offline");
      }
    },
    failed(error) {
      show("offline", error.code);
      if (!error.retryable) refused(error);
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
    now: () => (settings.now() - heardAt > STALE_MS ? restart() : retry.now()),
  };
}

function isFlowing({ settings, visitor }: Parts): boolean {
  return settings.now() - (visitor.session?.flowedAt ?? 0) < BELIEVED_MS;
}

/** Why a stream was ended from here; anything else that ends it is weather. */
const LEAVING = "leaving";

/** Opens a stream, or with `holdMs` asks for an answer that is none. */
async function ask(parts: Parts, signal: AbortSignal, holdMs?: number): Promise<Response> {
  const { settings, copy, visitor } = parts;
  const { session } = visitor;
  const { credential, next } = session ? visitor.fresh(session) : { credential: "" };
  const unsure = [...copy.doubtful, ...copy.replica.pending].slice(0, 1_000).map((event) => event.id);
  const { credential: _, ...caller } = callerOf(settings, credential);
  const request: Pull = { ...caller, next, cursor: copy.cursor, unsure, holdMs, isBare: isFlowing(parts) };
  const response = await send(settings, PATHS.pull, request, { headers: { authorization: `Bearer ${credential}` }, signal });
  return response.headers.get("content-type")?.startsWith("text/event-stream") ? response : foreign();
}

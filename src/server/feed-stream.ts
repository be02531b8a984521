/** The feed as a stream that stays open: every event with the cursor behind it, so that whoever is cut off goes on where they stood. */
import { HEARTBEAT_MS } from "../wire/pull.js";
import { cloudEventOf } from "./cloud-event.js";
import type { Context } from "./context.js";
import { Refused } from "./refusal.js";
import { cursorBehind, isWhole, LOOK_MS, nextNews, placeAt } from "./shop-feed.js";
import type { Site } from "./sites.js";
import type { FeedRow, Place } from "./store/feed.js";

/** Read at once: what a page costs the database is mostly the asking. */
const PAGE = 500;
/** Handed over at once. */
const CHUNK_BYTES = 32 * 1024;
/** So much waits for a reader, and no other page is read for them meanwhile: it is in the database. */
const BUFFER_BYTES = 256 * 1024;
/** Whoever leaves all that untaken for so long is hung up on, or one who never reads would hold a connection for ever. */
const TAKING_MS = 10_000;
/** Whoever does not even hear that the server stops is not waited for. */
const LEAVING_MS = 2_000;
/** After a stream has ended a reader comes back so soon, by the standard's own word for it. */
const RETRY_MS = 1_000;

export interface FeedStreamOptions {
  readonly after: string | undefined;
  /** Breaks the connection off, where the server holds one. */
  readonly hangUp: (() => void) | undefined;
  /** Hears why a stream had to end. */
  readonly report: (error: unknown) => void;
}

/** Refused before it begins as a page would be; later it can only end, and is refused when it comes back. */
export function streamFeed(context: Context, site: Site, { after, hangUp, report }: FeedStreamOptions): ReadableStream<Uint8Array> {
  const { live, limits, measures } = context;
  if (live.leaving.aborted) throw new Refused("unavailable", "The server is stopping.");
  const reading = createReading(context, site, after === undefined ? undefined : placeAt(context, site, after));
  const close = limits.open(site);
  const encoder = new TextEncoder();
  let untaken: NodeJS.Timeout | undefined;
  let controller: ReadableStreamDefaultController<Uint8Array>;

  const leave = (): void => {
    clearTimeout(untaken);
    live.leaving.removeEventListener("abort", end);
    reading.stop();
    close();
  };
  const end = (): void => {
    if (reading.isOver) return;
    leave();
    controller.close();
    if (hangUp !== undefined) setTimeout(hangUp, LEAVING_MS).unref(); // of no effect on an answer that was taken
  };
  const cutOff = (): void => {
    measures.slowReaders.add();
    leave();
    (hangUp ?? (() => controller.error(new Error("carryover: the reader was too slow."))))();
  };

  return new ReadableStream<Uint8Array>({
    start(opened) {
      controller = opened;
      live.leaving.addEventListener("abort", end);
      controller.enqueue(encoder.encode(`retry: ${RETRY_MS}\n\n`));
    },
    async pull() {
      clearTimeout(untaken);
      const text = await reading.next().catch((error: unknown) => (report(error), undefined));
      if (reading.isOver) return;
      if (text === undefined) return end();
      controller.enqueue(encoder.encode(text));
      if ((controller.desiredSize ?? 0) <= 0) untaken = setTimeout(cutOff, TAKING_MS);
    },
    cancel: leave,
  }, new ByteLengthQueuingStrategy({ highWaterMark: BUFFER_BYTES }));
}

interface FeedReader {
  /** What is to be said next, once there is anything; now and then only how far the feed was read. */
  next(): Promise<string>;
  stop(): void;
  readonly isOver: boolean;
}

function createReading(context: Context, site: Site, start: Place | undefined): FeedReader {
  const { store, live, now } = context;
  let [place, isOver, wake] = [start, false, (): void => undefined];
  let waiting: readonly string[] = [];
  let saidAt = performance.now();

  /** Reads what there is into `waiting`; where there is nothing, says so when it is time, or waits for a hint. */
  const look = async (): Promise<void> => {
    const news = nextNews(live.sense);
    wake = news.stop;
    try {
      const at = now();
      const rows = await store.read((tx) => tx.feed(site.key, place, PAGE));
      waiting = textsOf(rows, at);
      place = rows.at(-1)?.place ?? place;
      if (rows.length > 0 || isOver) return;
      const isDue = performance.now() - saidAt >= HEARTBEAT_MS;
      if (isDue) waiting = [`id: ${cursorBehind(store.epoch, undefined, place, at)}\n\n`]; // no event, and yet the reader's cursor is of now
      else await news.heard(LOOK_MS);
    } finally {
      news.stop();
    }
  };
  const textsOf = (rows: readonly FeedRow[], at: number): readonly string[] => rows.map((row, i) => {
    const isLast = i === rows.length - 1 && isWhole(rows, PAGE);
    return `id: ${cursorBehind(store.epoch, row, undefined, isLast ? at : undefined)}\ndata: ${JSON.stringify(cloudEventOf(site.key, row))}\n\n`;
  });

  return {
    async next() {
      while (waiting.length === 0 && !isOver) await look();
      saidAt = performance.now();
      const size = chunkOf(waiting);
      const text = waiting.slice(0, size).join("");
      waiting = waiting.slice(size);
      return text;
    },
    stop() {
      isOver = true;
      wake();
    },
    get isOver() {
      return isOver;
    },
  };
}

/** How many of these go out together. */
function chunkOf(texts: readonly string[]): number {
  let [bytes, size] = [0, 0];
  while (size < texts.length && bytes < CHUNK_BYTES) bytes += Buffer.byteLength(texts[size++] as string);
  return size;
}

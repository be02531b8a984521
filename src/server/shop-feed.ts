/** What has happened in all logs of a site, page by page, for whoever remembers where they were. */
import type { FeedAnswer } from "../wire/feed.js";
import { cloudEventOf } from "./cloud-event.js";
import type { Context } from "./context.js";
import { Refused } from "./refusal.js";
import type { Site } from "./sites.js";
import type { FeedRow, Place } from "./store/feed.js";

/** While somebody waits, what no bus has told of is looked for as often as this. */
export const LOOK_MS = 250;

export interface Question {
  readonly after?: string | undefined;
  readonly limit: number;
  /** So long an answer without events may wait for some. */
  readonly waitMs: number;
  /** Whoever asks has gone away. */
  readonly signal: AbortSignal;
}

/** What follows a cursor. Refused when the feed is not kept for so long any more, since there is a gap then. */
export async function readFeed(context: Context, site: Site, { after, limit, waitMs, signal: gone }: Question): Promise<FeedAnswer> {
  const signal = AbortSignal.any([gone, context.live.leaving]);
  const start = after === undefined ? undefined : placeAt(context, site, after);
  const until = performance.now() + waitMs;
  for (;;) {
    const news = nextNews(context.live.sense);
    try {
      const at = context.now();
      const rows = await context.store.read((tx) => tx.feed(site.key, start, limit));
      const left = until - performance.now();
      if (rows.length > 0 || left <= 0 || signal.aborted) return pageOf(context, site, rows, start, isWhole(rows, limit) ? at : undefined);
      await news.heard(Math.min(LOOK_MS, left));
    } finally {
      news.stop();
    }
  }
}

function pageOf({ store }: Pick<Context, "store">, { key }: Site, rows: readonly FeedRow[], start: Place | undefined, endAt: number | undefined): FeedAnswer {
  return { events: rows.map((row) => cloudEventOf(key, row)), cursor: cursorBehind(store.epoch, rows.at(-1), start, endAt) };
}

/** Nothing more was there to read. */
export function isWhole(rows: readonly FeedRow[], limit: number): boolean {
  return rows.length < limit;
}

/**
 * The cursor with which to go on behind a row, or at the beginning. It says since when the feed must have been kept for nothing
 * to be missing: since the moment of reading, `endAt`, where all that there was was read, else since the row was written.
 */
export function cursorBehind(epoch: string, row: FeedRow | undefined, start: Place | undefined, endAt: number | undefined): string {
  return cursorOf(epoch, row?.place ?? start ?? { tx: 0, n: 0, seq: 0 }, endAt ?? row?.at ?? 0);
}

function cursorOf(epoch: string, { tx, n, seq }: Place, at: number): string {
  return [epoch, ...[tx, n, seq, at].map((number) => number.toString(36))].join(".");
}

/** Undefined when a backup was put back since: then all that is kept is told again, since nobody knows what of it is other. */
export function placeAt({ store, now }: Pick<Context, "store" | "now">, { feedMs }: Site, cursor: string): Place | undefined {
  const [, epoch, ...numbers] = /^([\w-]+)\.([0-9a-z]{1,11})\.([0-9a-z]{1,11})\.([0-9a-z]{1,11})\.([0-9a-z]{1,11})$/.exec(cursor) ?? [];
  if (epoch === undefined) throw new Refused("request-malformed", "The cursor is none that this server gives.");
  const [tx = 0, n = 0, seq = 0, at = 0] = numbers.map((number) => Number.parseInt(number, 36));
  if (at < now() - feedMs) throw new Refused("cursor-gone", "The feed is not kept from this cursor on any more; begin without one, and compare.");
  return epoch === store.epoch ? { tx, n, seq } : undefined;
}

/** The next news that `hear` tells of, or a moment: a hint that it is worth to look. Stopping it is news as well. */
export function nextNews(hear: (listener: () => void) => () => void): { heard(ms: number): Promise<void>; stop(): void } {
  let isHeard = false;
  let wake = (): void => void (isHeard = true);
  const unwatch = hear(() => wake());
  let timer: NodeJS.Timeout | undefined;
  return {
    heard: (ms) => new Promise((resolve) => {
      if (isHeard) return resolve();
      wake = resolve;
      timer = setTimeout(resolve, ms);
    }),
    stop() {
      clearTimeout(timer);
      unwatch();
      wake();
    },
  };
}

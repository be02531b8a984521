/** Brings the feed to one of the shop's other systems: in order within each log, at least once, however long that system is away. */
import { ERASED } from "../wire/feed.js";
import { cloudEventOf } from "./cloud-event.js";
import type { Context } from "./context.js";
import { letGo, note, take } from "./endpoint.js";
import { nextNews } from "./shop-feed.js";
import { AT_ONCE, createPostman, POST_MS, type PostAnswer, type Postman } from "./post.js";
import type { Site } from "./sites.js";
import type { FeedRow } from "./store/feed.js";
import { signWebhook } from "./webhook-signature.js";

export type Webhook = Site["webhooks"][number];

export interface Courier {
  /** Resolves when what is under way has ended. */
  stop(): Promise<void>;
}

/** What other processes have written, and whether it is time to try again, is looked for as often as this. */
const LOOK_MS = 500;
const PAGE = 100;
/** When the server stops, so long what is under way may take. */
const DRAIN_MS = 2_000;

/** `holder` is this process by a random name. */
export function startCourier(context: Context, site: Site, webhook: Webhook, holder: string, report: (error: unknown) => void): Courier {
  const postman = createPostman(webhook.url, webhook.isInside);
  const told = new Set<string>(); // of the page under way: behind something that has failed, and not to be told again
  let isOver = false;
  let wake = (): void => undefined;

  const round = async (): Promise<boolean> => {
    const row = await take(context, site.key, webhook, holder);
    if (row === undefined) return false;
    const rows = await context.store.read((tx) => tx.feed(site.key, row.place, PAGE));
    if (rows.length === 0) return false;
    const { upTo, failure, status } = await deliver({ context, site, webhook, postman, told }, rows, () => !isOver && context.now() < (row.heldUntil ?? 0) - POST_MS);
    if (isOver && upTo === 0) return false; // cut off by ourselves: no fault of the receiver's
    await note(context, row, { last: rows[upTo - 1], failure: isOver ? undefined : failure, status });
    return failure === undefined;
  };
  const run = async (): Promise<void> => {
    while (!isOver) {
      const news = nextNews(context.live.watch); // of this process alone: one of several delivers, and the others need not look each time
      wake = news.stop;
      const isBusy = await round().catch((error: unknown) => (report(error), false));
      if (!isBusy && !isOver) await news.heard(LOOK_MS);
      news.stop();
    }
  };
  const running = run();
  return {
    async stop() {
      isOver = true;
      wake();
      const late = setTimeout(() => postman.close(), DRAIN_MS);
      await running;
      clearTimeout(late);
      postman.close();
      await letGo(context, site.key, webhook.name, holder).catch(report);
    },
  };
}

interface Errand {
  readonly context: Context;
  readonly site: Site;
  readonly webhook: Webhook;
  readonly postman: Postman;
  readonly told: Set<string>;
}

/** Delivers a page: several logs at once, one event of a log after the other. Says how much of it is done without a gap. */
async function deliver(errand: Errand, rows: readonly FeedRow[], mayGoOn: () => boolean): Promise<{ upTo: number; failure?: PostAnswer; status?: number }> {
  const done = new Set<FeedRow>();
  const waiting = lanesOf(rows);
  let failure: PostAnswer | undefined;
  let status: number | undefined;
  const walk = async (): Promise<void> => {
    for (let lane = waiting.shift(); lane !== undefined; lane = waiting.shift()) {
      for (const row of lane) {
        if (failure !== undefined || !mayGoOn()) return;
        const answer = await tell(errand, row);
        if (answer !== undefined && !isTaken(answer)) return void (failure ??= answer);
        status = answer?.status ?? status;
        done.add(row);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, walk));
  const firstOpen = rows.findIndex((row) => !done.has(row));
  const upTo = firstOpen < 0 ? rows.length : firstOpen;
  errand.told.clear();
  for (const row of rows.slice(upTo)) if (done.has(row)) errand.told.add(cloudEventOf(errand.site.key, row).id);
  return { upTo, ...(failure && { failure }), ...(status !== undefined && { status }) };
}

function lanesOf(rows: readonly FeedRow[]): FeedRow[][] {
  const lanes = new Map<string, FeedRow[]>();
  for (const row of rows) lanes.set(row.subject, [...(lanes.get(row.subject) ?? []), row]);
  return [...lanes.values()];
}

/** Undefined where there was nothing to tell. That somebody is to be forgotten is told to everybody who may know of them. */
async function tell({ context, site, webhook, postman, told }: Errand, row: FeedRow): Promise<PostAnswer | undefined> {
  const type = row.written?.entry.type ?? ERASED;
  const event = cloudEventOf(site.key, row);
  if (told.has(event.id) || (type !== ERASED && webhook.types?.includes(type) === false)) return undefined;
  const body = JSON.stringify(event);
  const seconds = Math.floor(context.now() / 1_000);
  return postman.post({
    "content-type": "application/cloudevents+json; charset=utf-8", "user-agent": "carryover",
    "webhook-id": event.id, "webhook-timestamp": String(seconds), "webhook-signature": signWebhook(webhook.secrets, event.id, seconds, body),
  }, body);
}

function isTaken({ status }: PostAnswer): boolean {
  return status >= 200 && status < 300;
}


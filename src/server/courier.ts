/** Brings the feed to one of the shop's other systems: in order within each log, at least once, however long that system is away. */
import { ERASED } from "../wire/feed.js";
import { cloudEventOf } from "./cloud-event.js";
import type { Context } from "./context.js";
import { hashOf } from "./credential.js";
import { nextNews } from "./feed.js";
import { AT_ONCE, createPostman, POST_MS, type PostAnswer, type Postman } from "./post.js";
import type { Site } from "./sites.js";
import type { EndpointRow } from "./store/endpoints.js";
import type { FeedRow } from "./store/feed.js";
import { signWebhook } from "./webhook-signature.js";

export type Webhook = Site["webhooks"][number];

export interface Courier {
  /** Resolves when what is under way has ended. */
  stop(): Promise<void>;
}

/** One process of several delivers, for so long; whoever ends without a word is followed by another after it. */
const HELD_MS = 60_000;
/** What other processes have written, and whether it is time to try again, is looked for as often as this. */
const LOOK_MS = 500;
const PAGE = 100;
/** The first pause after a failure, doubled from try to try, and the longest. */
const PAUSE = { firstMs: 5_000, mostMs: 3_600_000 } as const;
/** A system that has taken nothing for so long is turned off, and waits for its people. */
export const GIVE_UP_MS = 5 * 86_400_000;
/** "I am gone for good": the endpoint is turned off at once. */
const GONE = 410;

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
    const { upTo, failure } = await deliver({ context, site, webhook, postman, told }, rows, () => !isOver && context.now() < (row.heldUntil ?? 0) - POST_MS);
    await note(context, row, rows[upTo - 1], failure);
    return failure === undefined;
  };
  const run = async (): Promise<void> => {
    while (!isOver) {
      const news = nextNews(context);
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
      await running;
      postman.close();
      await letGo(context, site.key, webhook.name, holder).catch(report);
    },
  };
}

/** The endpoint, if this process may deliver to it now. */
async function take({ store, now: clock }: Context, site: string, { name, url }: Webhook, holder: string): Promise<EndpointRow | undefined> {
  const now = clock();
  const mayTake = (row: EndpointRow | undefined): boolean => row === undefined || row.target !== hashOf(url)
    || (row.offAt === undefined && (row.retryAt ?? 0) <= now && (row.holder === holder || (row.heldUntil ?? 0) <= now));
  const isHeld = (row: EndpointRow | undefined): boolean => row?.holder === holder && (row.heldUntil ?? 0) > now + HELD_MS / 2 && row.target === hashOf(url) && row.epoch === store.epoch;
  const seen = await store.read((tx) => tx.endpoint(site, name));
  if (!mayTake(seen)) return undefined;
  if (isHeld(seen)) return seen;
  return store.transact(async (tx) => {
    const row = await tx.endpoint(site, name);
    if (!mayTake(row)) return undefined;
    const taken: EndpointRow = { ...standing(row, site, name, hashOf(url), store.epoch), holder, heldUntil: now + HELD_MS };
    await tx.putEndpoint(taken);
    return taken;
  });
}

/** As it stood: but nothing is known of an address that is new, nor of a place in a database that was put back since. */
function standing(row: EndpointRow | undefined, site: string, name: string, target: string, epoch: string): EndpointRow {
  if (row === undefined) return { site, name, target, epoch, failures: 0 };
  const { place, ...rest } = row;
  const known = { ...(row.target === target ? rest : { site, name, failures: 0 }), target, epoch };
  return place === undefined || row.epoch !== epoch ? known : { ...known, place };
}

interface Errand {
  readonly context: Context;
  readonly site: Site;
  readonly webhook: Webhook;
  readonly postman: Postman;
  readonly told: Set<string>;
}

/** Delivers a page: several logs at once, one event of a log after the other. Says how much of it is done without a gap. */
async function deliver(errand: Errand, rows: readonly FeedRow[], mayGoOn: () => boolean): Promise<{ upTo: number; failure?: PostAnswer }> {
  const done = new Set<FeedRow>();
  const waiting = lanesOf(rows);
  let failure: PostAnswer | undefined;
  const walk = async (): Promise<void> => {
    for (let lane = waiting.shift(); lane !== undefined; lane = waiting.shift()) {
      for (const row of lane) {
        if (failure !== undefined || !mayGoOn()) return;
        const answer = await tell(errand, row);
        if (answer !== undefined && !isTaken(answer)) return void (failure ??= answer);
        done.add(row);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, walk));
  const firstOpen = rows.findIndex((row) => !done.has(row));
  const upTo = firstOpen < 0 ? rows.length : firstOpen;
  errand.told.clear();
  for (const row of rows.slice(upTo)) if (done.has(row)) errand.told.add(cloudEventOf(errand.site.key, row).id);
  return { upTo, ...(failure && { failure }) };
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

/** Writes down how far it came, unless another process has taken over meanwhile: then that one tells some of it again. */
async function note({ store, now: clock }: Context, held: EndpointRow, last: FeedRow | undefined, failure: PostAnswer | undefined): Promise<void> {
  const now = clock();
  await store.transact(async (tx) => {
    const row = await tx.endpoint(held.site, held.name);
    if (row === undefined || row.holder !== held.holder) return;
    const { failingSince, retryAt: _, ...kept } = row;
    const moved = { ...kept, ...(last && { place: last.place }) };
    await tx.putEndpoint(failure === undefined ? { ...moved, failures: 0, lastStatus: 200 } : failed({ ...moved, failingSince: last === undefined ? failingSince ?? now : now }, failure, now));
  });
}

function failed(row: EndpointRow & { readonly failingSince: number }, { status, retryAfterMs = 0 }: PostAnswer, now: number): EndpointRow {
  const pause = Math.min(PAUSE.mostMs, Math.max(retryAfterMs, PAUSE.firstMs * 2 ** row.failures));
  const isOff = status === GONE || now - row.failingSince > GIVE_UP_MS;
  // Those that failed together do not all come back together.
  const next = { ...row, failures: row.failures + 1, lastStatus: status, retryAt: now + Math.round(pause * (0.8 + Math.random() * 0.4)) };
  return isOff ? { ...next, offAt: now } : next;
}

async function letGo({ store }: Context, site: string, name: string, holder: string): Promise<void> {
  await store.transact(async (tx) => {
    const row = await tx.endpoint(site, name);
    if (row?.holder !== holder) return;
    const { holder: _, heldUntil: __, ...free } = row;
    await tx.putEndpoint(free);
  });
}

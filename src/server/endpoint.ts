/** Which process delivers to a webhook, how far it has come, and when it is tried again. */
import type { Context } from "./context.js";
import { hashOf } from "./credential.js";
import type { PostAnswer } from "./post.js";
import type { Site } from "./sites.js";
import type { EndpointRow } from "./store/endpoints.js";
import type { FeedRow } from "./store/feed.js";

/** One process of several delivers, for so long; whoever ends without a word is followed by another after it. */
const HELD_MS = 60_000;
/** The first pause after a failure, doubled from try to try, and the longest. */
const PAUSE = { firstMs: 5_000, mostMs: 3_600_000 } as const;
/** A system that has taken nothing for so long is turned off, and waits for its people. */
const GIVE_UP_MS = 5 * 86_400_000;
/** "I am gone for good": the endpoint is turned off at once. */
const GONE = 410;

/** What came of a page. */
export interface Outcome {
  /** Up to there everything was taken. */
  readonly last?: FeedRow | undefined;
  readonly failure?: PostAnswer | undefined;
  /** What was answered by those who took something. */
  readonly status?: number | undefined;
}

/** The endpoint, if this process may deliver to it now. */
export async function take({ store, now: clock }: Context, site: string, { name, url }: Site["webhooks"][number], holder: string): Promise<EndpointRow | undefined> {
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

/** Writes down how far it came, unless another process has taken over meanwhile: then that one tells some of it again. */
export async function note({ store, now: clock }: Context, held: EndpointRow, { last, failure, status }: Outcome): Promise<void> {
  const now = clock();
  await store.transact(async (tx) => {
    const row = await tx.endpoint(held.site, held.name);
    if (row === undefined || row.holder !== held.holder) return;
    const { failingSince, retryAt: _, ...kept } = row;
    const moved = { ...kept, ...(last && { place: last.place }) };
    await tx.putEndpoint(failure === undefined ? { ...moved, failures: 0, ...(status !== undefined && { lastStatus: status }) } : failed({ ...moved, failingSince: last === undefined ? failingSince ?? now : now }, failure, now));
  });
}

function failed(row: EndpointRow & { readonly failingSince: number }, { status, retryAfterMs = 0 }: PostAnswer, now: number): EndpointRow {
  const pause = Math.min(PAUSE.mostMs, Math.max(retryAfterMs, PAUSE.firstMs * 2 ** row.failures));
  const isOff = status === GONE || now - row.failingSince > GIVE_UP_MS;
  // Those that failed together do not all come back together.
  const next = { ...row, failures: row.failures + 1, lastStatus: status, retryAt: now + Math.round(pause * (0.8 + Math.random() * 0.4)) };
  return isOff ? { ...next, offAt: now } : next;
}

export async function letGo({ store }: Context, site: string, name: string, holder: string): Promise<void> {
  await store.transact(async (tx) => {
    const row = await tx.endpoint(site, name);
    if (row?.holder !== holder) return;
    const { holder: _, heldUntil: __, ...free } = row;
    await tx.putEndpoint(free);
  });
}

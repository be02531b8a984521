/** How long receipts say what was decided, after which only their links stay; and how long the feed is kept. */
import { DECISION_MS } from "../model/standing.js";
import type { Context } from "./context.js";
import type { Site } from "./sites.js";
import { inSteps } from "./steps.js";
import type { Transaction } from "./store/store.js";

/**
 * Five years: for so long an authority may fine (in the Netherlands Awb 5:45, in France five years of civil limitation by
 * Code civil 2224), and for so long a shop has to be able to show consent (GDPR 7(1), 17(3)(e)).
 */
export const RECEIPTS_MS = 5 * 365 * 86_400_000;

/** A month: longer than any outage of a system that somebody misses. */
export const FEED_MS = 30 * 86_400_000;
/** Whoever was given a cursor in the last moment still finds all that follows it, whatever the clocks of other processes say. */
const FEED_SLACK_MS = 86_400_000;

const RECEIPTS_PER_STEP = 500;
const FEED_PER_STEP = 1_000;

/**
 * Erases what receipts of each site say once their time is over, which begins when the decision could stand no longer;
 * resolves to how many there were.
 */
export function blankExpired(context: Keeping): Promise<number> {
  return atEachSite(context, RECEIPTS_PER_STEP, (tx, { key, receiptsMs }, now, size) => tx.blankReceiptsBefore(key, now - DECISION_MS - receiptsMs, size));
}

/** Forgets of each site's feed what has been kept for its time; resolves to how much there was. */
export function forgetFeed(context: Keeping): Promise<number> {
  return atEachSite(context, FEED_PER_STEP, (tx, { key, feedMs }, now, size) => tx.dropFeed(key, now - feedMs - FEED_SLACK_MS, size));
}

type Keeping = Pick<Context, "store" | "sites" | "now">;

async function atEachSite({ store, sites, now }: Keeping, steps: number, forget: (tx: Transaction, site: Site, now: number, size: number) => Promise<number>): Promise<number> {
  let forgotten = 0;
  for (const site of sites.values()) forgotten += await inSteps(steps, (size) => store.transact((tx) => forget(tx, site, now(), size)));
  return forgotten;
}

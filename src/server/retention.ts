/** How long receipts say what was decided; then only their links stay. */
import { DECISION_MS } from "../model/standing.js";
import type { Context } from "./context.js";
import { inSteps } from "./steps.js";

/**
 * Five years: for so long an authority may fine (in the Netherlands Awb 5:45, in France five years of civil limitation by
 * Code civil 2224), and for so long a shop has to be able to show consent (GDPR 7(1), 17(3)(e)).
 */
export const RECEIPTS_MS = 5 * 365 * 86_400_000;

const RECEIPTS_PER_STEP = 500;

/**
 * Erases what receipts of each site say once their time is over, which begins when the decision could stand no longer;
 * resolves to how many there were.
 */
export async function blankExpired({ store, sites, now }: Pick<Context, "store" | "sites" | "now">): Promise<number> {
  let blanked = 0;
  for (const { key, receiptsMs } of sites.values()) {
    const before = now() - DECISION_MS - receiptsMs;
    blanked += await inSteps(RECEIPTS_PER_STEP, (size) => store.transact((tx) => tx.blankReceiptsBefore(key, before, size)));
  }
  return blanked;
}

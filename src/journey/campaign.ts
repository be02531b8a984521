/** Which advertisement a shopper came by: read off the address of arrival once marketing is granted, and not before. */
import { isText, NAME_LENGTH } from "../model/limits.js";
import { CAMPAIGN, CLICK_ID_LENGTH, CLICK_IDS } from "../wire/observe.js";
import type { JourneyShop } from "./journey.js";

/** Tells of the arrival, if an advertisement or another site led here. Nothing is kept back meanwhile: the browser itself knows. */
export function observeCampaign({ observe }: JourneyShop, page: (address: string) => string | undefined): () => void {
  const [arrival] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  const isArrival = arrival === undefined || arrival.type === "navigate"; // who reloads, or comes back, did not come by it again
  const address = arrival?.name ?? location.href; // the shop may have tidied its own address meanwhile
  const landed = page(address);
  const { searchParams } = new URL(address);
  const pick = (names: readonly string[], prefix: string, max: number): [string, string][] =>
    names.map((name): [string, string] => [name, searchParams.get(prefix + name) ?? ""]).filter(([, value]) => isText(value, max));
  const [clicks, campaign, referrer] = [pick(CLICK_IDS, "", CLICK_ID_LENGTH), pick(CAMPAIGN, "utm_", NAME_LENGTH), otherOrigin()];
  if (isArrival && landed !== undefined && (clicks.length > 0 || campaign.length > 0 || referrer !== undefined)) {
    observe("campaign-arrived", {
      page: landed,
      ...(clicks.length > 0 && { clicks: Object.fromEntries(clicks) }),
      ...(campaign.length > 0 && { campaign: Object.fromEntries(campaign) }),
      ...(referrer !== undefined && { referrer }),
    });
  }
  return () => {};
}

/** Where the link stood, if that was somewhere else: its origin, no more. */
function otherOrigin(): string | undefined {
  const { origin, protocol } = new URL(document.referrer || location.href);
  return origin !== location.origin && /^https?:$/.test(protocol) ? origin : undefined;
}

/** One visit as it goes: pages, steps of the cart and web vitals under analytics, the campaign under marketing. */
import type { Client } from "../browser/client.js";
import { observeCampaign } from "./campaign.js";
import { observePages } from "./pages.js";
import { observeSteps } from "./steps.js";
import { observeVitals } from "./vitals.js";

/** What a journey needs of the client. */
export type JourneyShop = Pick<Client, "state" | "subscribe" | "on" | "observe"> & { readonly consent: Pick<Client["consent"], "since"> };

/** How a shop wants its pages to be called. */
export interface JourneyOptions {
  /**
   * The address that a page is kept under; where its path names a person, another one, or undefined for not at all. By default
   * the page's own. Query and fragment are left out in any case.
   */
  readonly pageOf?: (address: URL) => string | undefined;
}

/** What only the shop itself can tell. Each call is false when analytics is not granted; then nothing of it is kept. */
export interface Journey {
  /** A product is shown. */
  product(sku: string): boolean;
  /** Somebody has searched, and was shown so many results. */
  search(term: string, results?: number): boolean;
  /** A step of the checkout, in lower-case words: `address`, `payment`, `order-placed`. */
  step(name: string): boolean;
  /** Observes nothing more. */
  stop(): void;
}

/**
 * Waits for the grants by itself, stops when they are withdrawn and goes on with new ones; before a grant it observes nothing
 * and keeps nothing back. Load it once a purpose is granted, and the visitors who refuse do not load it at all.
 *
 * @example
 * const { startJourney } = await import("carryover/journey");
 * const journey = startJourney(shop);
 * journey.product("SCHOEN-42");
 */
export function startJourney(shop: JourneyShop, { pageOf = ({ href }) => href }: JourneyOptions = {}): Journey {
  const page = (address = location.href): string | undefined => {
    const named = pageOf(new URL(address));
    return named?.replace(/[?#].*/s, "");
  };
  const here = (): { page?: string } => {
    const named = typeof location === "undefined" ? undefined : page();
    return named === undefined ? {} : { page: named };
  };
  const stops = typeof document === "undefined" ? [] : [
    whileGranted(shop, "analytics", () => {
      const parts = [observePages(shop, page), observeSteps(shop), observeVitals(shop, page)];
      return () => parts.forEach((stop) => stop());
    }),
    whileGranted(shop, "marketing", () => observeCampaign(shop, page)),
  ];
  return {
    product: (sku) => shop.observe("product-viewed", { sku, ...here() }),
    search: (term, results) => shop.observe("searched", { term, ...(results !== undefined && { results }) }),
    step: (name) => shop.observe("cart-step", { step: name }),
    stop: () => stops.forEach((stop) => stop()),
  };
}

/** Starts with each grant, and stops with its end. */
function whileGranted({ subscribe, consent }: JourneyShop, purpose: string, start: () => () => void): () => void {
  let isGranted = false;
  let stop = (): void => {};
  const unsubscribe = subscribe(() => {
    if (isGranted === (consent.since(purpose) !== undefined)) return;
    isGranted = !isGranted; // first: what is started may change the state itself
    if (isGranted) stop = start();
    else stop();
  });
  return () => {
    unsubscribe();
    if (isGranted) stop();
  };
}

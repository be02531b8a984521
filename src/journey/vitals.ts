/** How quick and steady the page was for whoever visited it: the web vitals, by the library of that name. */
import { type MetricType, onCLS, onFCP, onINP, onLCP, onTTFB } from "web-vitals";
import type { JourneyShop } from "./journey.js";

let tell: ((metric: MetricType) => void) | undefined;
let isMeasured = false;

/**
 * Only on pages on which analytics was granted from the beginning. The browser remembers what was before: a value that is asked
 * for after a grant speaks of the time before it, and one that counts from the grant on is no web vital.
 *
 * The library cannot be told to stop. What it hears after a withdrawal, until the page is left, is neither kept nor sent.
 */
export function observeVitals({ consent, observe }: JourneyShop, pageNow: () => string | undefined): () => void {
  const page = pageNow(); // they belong to the page that was loaded, not to what it draws later
  if (consent.since("analytics") !== 0 || page === undefined) return () => {};
  tell = ({ name, value, id }) => void observe("vital-measured", { name, value: Math.round(value * 10_000) / 10_000, of: id, page });
  if (!isMeasured) for (const measure of [onLCP, onINP, onCLS, onFCP, onTTFB]) measure((metric) => tell?.(metric));
  isMeasured = true;
  return () => void (tell = undefined);
}

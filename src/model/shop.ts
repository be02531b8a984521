/** What the shop's own systems may write in a customer's log: what a shopper may, and the verdicts that are the shop's. */
import { type Objection, objection } from "./admission.js";
import { cartData } from "./cart-events.js";
import { EVENT_BYTES, isJson } from "./limits.js";
import type { State } from "./state.js";

/** An order is taken, and a coupon judged, by whoever knows stock and prices: the shop, and no screen of a shopper. */
const verdicts: readonly string[] = ["order-placed", "coupon-judged"];

/** A choice about cookies is the shopper's, made in front of words that were shown: no till makes it for them. */
export function isShoppersAlone(type: unknown): boolean {
  return type === "consent-decided";
}

/** The reason to refuse a system's event, or undefined. */
export function shopObjection(state: State, event: Parameters<typeof objection>[1]): Objection | undefined {
  if (!verdicts.includes(event.type)) return objection(state, event);
  if (!isJson(event, EVENT_BYTES)) return "event-too-large";
  return cartData(event) === undefined ? "event-malformed" : undefined;
}

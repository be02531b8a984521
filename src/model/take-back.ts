/** Taking lines out of a cart again that a handoff has put there, by name: what was there before, and what came since, stays. */
import type { Gesture } from "./cart-commands.js";
import { cartData } from "./cart-events.js";
import type { Entry } from "./event.js";

/** The gestures that take away what these entries have put down, and nothing else: they have seen nothing but them. */
export function takeBack(entries: readonly Entry[]): Gesture[] {
  const byLine = new Map<string, string[]>();
  const coupons: Gesture[] = [];
  for (const entry of entries) {
    const event = cartData(entry);
    if (event?.type === "coupon-added") coupons.push({ type: "coupon-removed", data: { code: event.data.code }, pend: [entry.id] });
    if (event?.type === "line-added" || event?.type === "field-set") byLine.set(event.data.line, [...(byLine.get(event.data.line) ?? []), entry.id]);
  }
  return [...[...byLine].map(([line, pend]) => ({ type: "line-removed", data: { line }, pend })), ...coupons];
}

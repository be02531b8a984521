/** The fewest events that make the same cart: for a shopper whose log no server has ever seen. */
import { type Gesture } from "./cart-commands.js";
import { viewCart } from "./cart-view.js";
import type { State } from "./state.js";

/**
 * Rewrites a cart as fresh gestures. Only for events that nobody else can have seen (never sent, or sent
 * to a server that has forgotten them): everywhere else the id of an event is what keeps it from counting twice.
 */
export function condense({ cart }: State): Gesture[] {
  const { lines, coupons, kept } = viewCart(cart);
  const added = lines.flatMap(({ line, quantity: n, details, fields }): Gesture[] => [
    { type: "line-added", data: { line, n, ...(Object.keys(details).length > 0 && { details }) } },
    ...Object.entries(fields).map(([name, value]) => ({ type: "field-set", data: { line, name, value } })),
  ]);
  const entered = coupons.map(({ code }) => ({ type: "coupon-added", data: { code } }));
  return [...added, ...entered, ...(kept ? [{ type: "cart-kept", data: {} }] : [])];
}

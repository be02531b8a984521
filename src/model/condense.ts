/** The fewest events that make the same cart: for a shopper whose log no server has ever seen. */
import { quantityOf } from "./cart.js";
import { type Gesture } from "./cart-commands.js";
import { valuesOf } from "./cart-view.js";
import type { State } from "./state.js";

/**
 * Rewrites a cart as fresh gestures. Only for events that nobody else can have seen (never sent, or sent
 * to a server that has forgotten them): everywhere else the id of an event is what keeps it from counting twice.
 */
export function condense({ cart }: State): Gesture[] {
  const lines = cart.lines.filter((line) => quantityOf(line) > 0).flatMap((line) => {
    const { "": details, ...fields } = valuesOf(line.fields);
    const added: Gesture = { type: "line-added", data: { line: line.id, n: quantityOf(line), ...(details !== undefined && { details }) } };
    return [added, ...Object.entries(fields).map(([name, value]) => ({ type: "field-set", data: { line: line.id, name, value } }))];
  });
  const coupons = [...new Set(cart.coupons.map((c) => c.code))].map((code) => ({ type: "coupon-added", data: { code } }));
  return [...lines, ...coupons, ...(cart.kept ? [{ type: "cart-kept", data: {} }] : [])];
}

/** What a shopper sees of a state, without the order of lines, which depends on the order of arrival. */
import { viewCart } from "../../src/model/cart-view.js";
import { grantOf } from "../../src/model/standing.js";
import type { State } from "../../src/model/state.js";
import type { SpecifiedCart } from "./cart-spec.js";

const byLine = (a: { line: string }, b: { line: string }): number => (a.line < b.line ? -1 : 1);

export function shownCart(state: State): SpecifiedCart {
  const { lines, coupons, kept } = viewCart(state.cart);
  const plain = lines.map(({ line, quantity, details, fields }) => ({ line, quantity, details, fields }));
  return { lines: plain.sort(byLine), coupons: coupons.map((c) => c.code).sort(), kept };
}

/** Quantities by line: `{ SHOE: 2 }`. */
export function quantities(state: State): Record<string, number> {
  return Object.fromEntries(viewCart(state.cart).lines.map(({ line, quantity }) => [line, quantity]));
}

export function isGranted(state: State, scope: string, purpose: string): boolean {
  return grantOf(state.consent, scope, purpose, { now: 0 }) !== undefined;
}

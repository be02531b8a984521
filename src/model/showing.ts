/** What others are shown of a log: the cart, never consent, never history. */
import { type CartView, viewCart } from "./cart-view.js";
import type { State } from "./state.js";

/** What a handoff moves, and both sides of a sign-in, as somebody is shown it before they agree. */
export function showing(state: State): CartView {
  return viewCart(state.cart);
}

export function isEmpty(state: State): boolean {
  return viewCart(state.cart).lines.length === 0;
}

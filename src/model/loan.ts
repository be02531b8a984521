/** What a screen sees of a cart that is lent to it, and may do in it: the cart as it is now, and nothing of whose it is. */
import { cartData, isCartType } from "./cart-events.js";
import { type Cart, COUPONS, quantityOf } from "./cart.js";
import { emptyConsent } from "./consent.js";
import { emptyCustomer } from "./customer.js";
import { type Entry, SERVER } from "./event.js";
import type { State } from "./state.js";

/** A borrower changes the cart: it decides nothing about consent, and cannot say who somebody is. */
export function mayBorrower(type: unknown): boolean {
  return typeof type === "string" && isCartType(type);
}

/** The cart without its history: no orders, nothing of what was taken out of it before. */
export function lentState({ cart }: State): State {
  return { cart: lentCart(cart), consent: emptyConsent, customer: emptyCustomer };
}

function lentCart(cart: Cart): Cart {
  const lines = cart.lines.filter((line) => line.id === COUPONS || quantityOf(line) > 0);
  return { ...cart, lines, ordered: [] };
}

/** What is not about the cart leaves its number and its random id, so that the borrower's count has no hole. */
export function lentEntry(entry: Entry): Entry {
  const event = cartData(entry);
  // A sign-in that is taken back says who did it, and why, and the whole cart: of that the cart as it is.
  if (event?.type === "visitor-released") return { ...entry, data: { log: event.data.log, by: SERVER, cart: lentCart(event.data.cart) } };
  if (event !== undefined) return entry;
  const { id, seq } = entry;
  return { id, seq, type: "withheld", data: undefined, at: 0, base: 0, device: SERVER, channel: SERVER };
}

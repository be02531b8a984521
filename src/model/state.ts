/** The one fold: what phone, kiosk and server make of a log. */
import { applyCart, type Cart, emptyCart } from "./cart.js";
import { applyConsent, type Consent, emptyConsent } from "./consent.js";
import { applyCustomer, type Customer, emptyCustomer } from "./customer.js";
import { type Entry, isEntry } from "./event.js";

/** What is true after some entries. Plain JSON, so that it can be stored, sent and compared byte for byte. */
export interface State {
  readonly cart: Cart;
  readonly consent: Consent;
  readonly customer: Customer;
}

/** Which fold made a snapshot. Raised when `apply` comes to another state from the same log. */
export const FOLD = 5;

/** The state before the first entry. */
export const emptyState: State = { cart: emptyCart, consent: emptyConsent, customer: emptyCustomer };

/**
 * The state after one more entry. Total and pure (invariant 1): no entry makes it throw, an unknown or
 * malformed one is passed over, and what did not change is the same object as before.
 */
export function apply(state: State, entry: Entry): State {
  if (!isEntry(entry)) return state;
  const cart = applyCart(state.cart, entry);
  const consent = applyConsent(state.consent, entry);
  const customer = applyCustomer(state.customer, entry);
  const isSame = cart === state.cart && consent === state.consent && customer === state.customer;
  return isSame ? state : { cart, consent, customer };
}

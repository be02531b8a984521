/** Who the log belongs to. Which visitors' logs it has taken in, cart and consent remember, each for its own rules. */
import type { Entry } from "./event.js";

/** Whose log it is. Plain JSON. */
export interface Customer {
  /** The log belongs to somebody who has signed in; a visitor is a customer without a name. */
  readonly isKnown: boolean;
}

/** A visitor. */
export const emptyCustomer: Customer = { isKnown: false };

/** The customer after one more entry. */
export function applyCustomer(customer: Customer, { type }: Entry): Customer {
  return type === "customer-identified" ? { isKnown: true } : customer;
}

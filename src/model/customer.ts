/** Who the log belongs to, and which visitors' logs it has taken in. */
import type { Merge } from "./cart-events.js";
import type { Entry } from "./event.js";
import { isRecord } from "./limits.js";

/** A visitor's log that was linked to this one: once, by one customer only. */
export interface Adopted {
  readonly log: string;
  readonly merge: Merge;
  readonly seq: number;
  readonly at: number;
}

/** Whose log it is. Plain JSON. */
export interface Customer {
  /** The log belongs to somebody who has signed in; a visitor is a customer without a name. */
  readonly isKnown: boolean;
  readonly adopted: readonly Adopted[];
}

/** A visitor. */
export const emptyCustomer: Customer = { isKnown: false, adopted: [] };

/** The customer after one more entry. */
export function applyCustomer(customer: Customer, entry: Entry): Customer {
  if (entry.type === "customer-identified") return { ...customer, isKnown: true };
  if (entry.type !== "visitor-adopted" || !isRecord(entry.data) || typeof entry.data.log !== "string") return customer;
  const { log, merge } = entry.data as { log: string; merge: Merge };
  return { ...customer, adopted: [...customer.adopted, { log, merge, seq: entry.seq, at: entry.at }] };
}

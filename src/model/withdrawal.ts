/** What a decision has taken back: the purposes that it refused, and for whom. */
import type { Consent } from "./consent.js";

/** A purpose that was refused, for one device or for the account. */
export interface Withdrawal {
  /** A device's id, or `account`. */
  readonly scope: string;
  readonly purpose: string;
}

/** The refusals that the event of this id has brought, whichever way it came into the log. */
export function withdrawalsBy({ scopes }: Consent, id: string): Withdrawal[] {
  return scopes.flatMap(({ scope, purposes }) => purposes
    .filter(({ refusals }) => refusals.some((refusal) => refusal.id === id))
    .map(({ name }) => ({ scope, purpose: name })));
}

/** What a decision has taken back: the purposes that it refused, and for whom. */
import { type Consent, deviceIn } from "./consent.js";

/** A purpose that was refused, for one device or for the account. */
export interface Withdrawal {
  /** The only device it is for; absent when it is for all of them. */
  readonly device: string | undefined;
  readonly purpose: string;
}

/** The refusals that the event of this id has brought, whichever way it came into the log. */
export function withdrawalsBy({ scopes }: Consent, id: string): Withdrawal[] {
  return scopes.flatMap(({ scope, purposes }) => purposes
    .filter(({ refusals }) => refusals.some((refusal) => refusal.id === id))
    .map(({ name }) => ({ device: deviceIn(scope), purpose: name })));
}

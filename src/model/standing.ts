/** Which purposes are allowed now: what all decisions come to on one device at one moment. */
import { ACCOUNT, type Consent, decisionsOf, type Grant, hereOf } from "./consent.js";

/** Both answers are kept for six months: CNIL 2020-092 §39, Garante 231/2021 §6.1. */
export const DECISION_MS = 182 * 86_400_000;
/** The purpose that Global Privacy Control speaks about: selling and sharing for advertising. */
export const SIGNALLED = "marketing";

/** When and under what an answer still holds. */
export interface Terms {
  /** Corrected time, ms since epoch. */
  readonly now: number;
  /** By purpose the policy that changed it materially: grants of earlier policies are void. */
  readonly material?: Readonly<Record<string, string>>;
  /** The device sends Global Privacy Control: for marketing only a grant counts that was given knowing it. */
  readonly isSignalled?: boolean;
}

/** The standing grant of a purpose in a scope, if there is one. */
export function grantOf(consent: Consent, scope: string, purpose: string, { now, material = {}, isSignalled = false }: Terms): Grant | undefined {
  const grants = decisionsOf(consent, scope)?.purposes.find((p) => p.name === purpose)?.grants ?? [];
  const since = Object.hasOwn(material, purpose) ? (material[purpose] as string) : "";
  const mustKnow = isSignalled && purpose === SIGNALLED;
  return grants.find((grant) => grant.at + DECISION_MS > now && grant.policy >= since && (!mustKnow || grant.isSignalled));
}

/** The answer that stands in a scope, if there is one that is not to be asked for again. */
export function answerOf(consent: Consent, scope: string, purpose: string, terms: Terms): boolean | undefined {
  if (grantOf(consent, scope, purpose, terms)) return true;
  const refusals = decisionsOf(consent, scope)?.purposes.find(({ name }) => name === purpose)?.refusals ?? [];
  return refusals.some(({ at }) => at + DECISION_MS > terms.now) ? false : undefined;
}

/** Whose screen it is. */
export interface Place {
  readonly device: string;
  /** The log is a customer's. */
  readonly isCustomer: boolean;
}

/**
 * The answer that counts on a device: a visitor's own; a customer's account's, which a device may make stricter and never
 * looser (CNIL 2025-131 art. 7). What a device allows for itself counts for a customer as long as the account is undecided.
 */
export function answerOn(consent: Consent, { device, isCustomer }: Place, purpose: string, terms: Terms): boolean | undefined {
  if (!isCustomer) return answerOf(consent, device, purpose, terms);
  const own = answerOf(consent, hereOf(device), purpose, terms);
  const account = answerOf(consent, ACCOUNT, purpose, terms);
  return own === false || account === false ? false : (account ?? own);
}

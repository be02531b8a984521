/** The consent rule as one statement about all decisions at once: granted iff some grant had seen every refusal. */
import { type Deed, hadSeen } from "./deed.js";

/** Is the purpose granted after these deeds, for the account or for one device? */
export function isSpecifiedGranted(deeds: readonly Deed[], scope: string, purpose: string): boolean {
  const decisions = deeds.filter((d) => scopeOf(d) === scope && Object.hasOwn(d.data.purposes, purpose));
  const refusals = decisions.filter((d) => d.data.purposes[purpose] === false);
  const grants = decisions.filter((d) => d.data.purposes[purpose] === true);
  return grants.some((grant) => refusals.every((refusal) => hadSeen(grant, refusal)));
}

/**
 * Is every refusal made on the account's own devices answered by a grant that had seen it? One that came in with a
 * sign-in has met the refusals before it: there the shop's rule for the two choices decides, and the customer is told.
 */
export function isEveryRefusalAnswered(deeds: readonly Deed[], log: string, purpose: string): boolean {
  const position = (deed: Deed | undefined): number => deed?.numbers.get(log) ?? Infinity;
  const decisions = deeds.filter((d) => d.type === "consent-decided" && Object.hasOwn(d.data.purposes, purpose));
  const refusals = decisions.filter((d) => d.data.scope === "account" && d.data.purposes[purpose] === false && d.through.length === 0);
  const metBefore = (grant: Deed, refusal: Deed): boolean => {
    const visitor = grant.through.at(-1);
    const isPartOfIt = visitor !== undefined && grant.numbers.has(visitor);
    return isPartOfIt && position(deeds.find((d) => d.type === "visitor-adopted" && d.data.log === visitor)) > position(refusal);
  };
  const grants = decisions.filter((d) => d.data.purposes[purpose] === true);
  return refusals.every((refusal) => grants.some((grant) => hadSeen(grant, refusal) || metBefore(grant, refusal)));
}

function scopeOf({ type, data, device }: Deed): string | undefined {
  if (type !== "consent-decided") return undefined;
  return data.scope === "account" ? "account" : device;
}

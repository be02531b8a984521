/** The consent rule as one statement about all decisions at once: granted iff some grant had seen every refusal. */
import { type Deed, hadSeen } from "./deed.js";

/** Is the purpose granted after these deeds, for the account or for one device? */
export function isSpecifiedGranted(deeds: readonly Deed[], scope: string, purpose: string): boolean {
  const decisions = deeds.filter((d) => scopeOf(d) === scope && Object.hasOwn(d.data.purposes, purpose));
  const refusals = decisions.filter((d) => d.data.purposes[purpose] === false);
  const grants = decisions.filter((d) => d.data.purposes[purpose] === true);
  return grants.some((grant) => refusals.every((refusal) => hadSeen(grant, refusal)));
}

function scopeOf({ type, data, device }: Deed): string | undefined {
  if (type !== "consent-decided") return undefined;
  return data.scope === "account" ? "account" : device;
}

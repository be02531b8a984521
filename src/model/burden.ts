/** May this log carry more? Asked by the server alone: no shopper comes near these numbers, but one visitor could weigh on all. */
import type { Objection } from "./admission.js";
import type { Cart } from "./cart.js";
import { type Consent, isDecision } from "./consent.js";
import type { State } from "./state.js";

/** Additions, numbers and fields; each is carried from push to push and sent to each device that begins anew. */
const MARKS_PER_CART = 10_000;
/** Details, notes and coupons, of 2 KiB each at most. */
const FIELDS_PER_CART = 1_000;
/** Units taken away before they came. */
const GONE_PER_CART = 2_000;
const PURPOSES_PER_SCOPE = 100;

/** The reason to refuse an event that is in order by itself, or undefined. What takes away is let in as long as it names what is there. */
export function burden({ cart, consent }: State, { type, data, pend }: { readonly type: string; readonly data: unknown; readonly pend?: readonly string[] | undefined }): Objection | undefined {
  if (type === "consent-decided") return isDecision(data) && !isModest(consent, Object.keys(data.purposes)) ? "event-malformed" : undefined;
  if ((pend !== undefined || type === "line-decreased") && cart.gone.length >= GONE_PER_CART) return "cart-full";
  return puts.includes(type) && isFull(cart) ? "cart-full" : undefined;
}

const puts: readonly string[] = ["line-added", "line-set", "line-changed", "field-set", "coupon-added"];

function isFull({ lines }: Cart): boolean {
  let [marks, fields] = [0, 0];
  for (const line of lines) { // with every event, over all marks: nothing is made on the way
    marks += line.marks.length;
    for (const { name } of line.marks) if (name !== undefined) fields += 1;
  }
  return marks >= MARKS_PER_CART || fields >= FIELDS_PER_CART;
}

function isModest({ scopes }: Consent, named: readonly string[]): boolean {
  const known = scopes.map((scope) => scope.purposes.map(({ name }) => name));
  return [[], ...known].every((names) => new Set([...names, ...named]).size <= PURPOSES_PER_SCOPE);
}

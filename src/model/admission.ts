/** May this event be written? Asked on the device before it is shown and on the server before it is numbered. */
import { type Cart, quantityOf } from "./cart.js";
import { type CartEvent, cartData, isCartType, isServerOnly } from "./cart-events.js";
import { isDecision } from "./consent.js";
import { DETAILS_BYTES, EVENT_BYTES, isJson, LINES_PER_CART, UNITS_PER_LINE } from "./limits.js";
import { RETURNED } from "./release.js";
import type { State } from "./state.js";

/** Why an event is refused; the codes are part of the closed list on the wire. */
export type Objection = "event-malformed" | "event-too-large" | "details-too-large" | "cart-full" | "quantity-too-high" | "server-only";

/**
 * The reason to refuse a device's event, or undefined. An unknown type is no reason: a newer device may know it.
 */
export function objection(state: State, event: { readonly type: string; readonly data: unknown; readonly pend?: readonly string[] | undefined }): Objection | undefined {
  if (isServerOnly(event.type) || event.type === "customer-identified" || event.type === RETURNED) return "server-only";
  if (!isJson(event, EVENT_BYTES)) return "event-too-large";
  if (event.type === "consent-decided") return isDecision(event.data) ? undefined : "event-malformed";
  if (!isCartType(event.type)) return undefined;
  const known = cartData(event);
  return known === undefined ? "event-malformed" : cartObjection(state.cart, known);
}

/** Does this fold make anything of events of this type? Others are kept and shown to nobody. */
export function isKnownType(type: string): boolean {
  return isCartType(type) || [RETURNED, "consent-decided", "customer-identified"].includes(type);
}

function cartObjection(cart: Cart, { type, data }: CartEvent): Objection | undefined {
  if (type === "field-set") return isWithin(data.value) ? undefined : "details-too-large";
  if (type !== "line-added" && type !== "line-set" && type !== "line-changed") return undefined;
  if (type !== "line-set" && !isWithin(data.details)) return "details-too-large";
  const line = cart.lines.find((l) => l.id === (type === "line-changed" ? data.to : data.line));
  const quantity = line === undefined ? 0 : quantityOf(line);
  if (type !== "line-set" && quantity + data.n > UNITS_PER_LINE) return "quantity-too-high";
  const isNew = quantity === 0 && cart.lines.filter((l) => quantityOf(l) > 0).length >= LINES_PER_CART;
  return isNew && type !== "line-changed" ? "cart-full" : undefined;
}

function isWithin(value: unknown): boolean {
  return value === undefined || isJson(value, DETAILS_BYTES);
}

/** A sign-in is taken back: what a visitor's log had brought leaves the cart, as if it had never come. */
import { applyCart, type Cart, emptyCart } from "./cart.js";
import { cartData } from "./cart-events.js";
import type { Entry } from "./event.js";
import { isRecord } from "./limits.js";

/** Who takes a link back, and why; both logs keep it. */
export interface Release {
  /** The visitor's log. */
  readonly log: string;
  /** The public name of the device it was asked on. */
  readonly by: string;
  readonly reason?: string | undefined;
}

/** What a log that was linked says of its return: a note for whoever reads it, which changes nothing in it. */
export const RETURNED = "visitor-returned";

/** What the log that had adopted another says when it gives it back: all that has to be as if it had never come. */
export function releaseData(entries: readonly Entry[], release: Release): Readonly<Record<string, unknown>> {
  return { ...release, cart: cartWithout(entries, release.log) };
}

/**
 * The cart as it would be had `log` never been linked: the fold of all other entries. What others did meanwhile stands, also
 * to the same products. Takes the whole log from its first entry, since an adoption may have taken away what is to come back.
 */
export function cartWithout(entries: readonly Entry[], log: string): Cart {
  const released = new Map([[log, Infinity]]);
  for (const entry of entries) {
    const event = cartData(entry);
    if (event?.type === "visitor-released") released.set(event.data.log, Math.max(entry.seq, released.get(event.data.log) ?? 0));
  }
  const isOut = (name: string, seq: number): boolean => seq < (released.get(name) ?? 0);
  const stays = (entry: Entry): boolean => {
    const event = cartData(entry);
    if (event?.type === "visitor-released" || (event?.type === "visitor-adopted" && isOut(event.data.log, entry.seq))) return false;
    return !entry.from?.some((origin) => isOut(origin.log, entry.seq));
  };
  return entries.filter(stays).reduce(applyCart, emptyCart);
}

/**
 * Entries of a log that is linked a second time. What the first link has left in the adopting log is there, but counts no more;
 * so these come under other names, and name each other by them.
 */
export function renamed(entries: readonly Entry[], names: ReadonlyMap<string, string>): Entry[] {
  const nameOf = (id: string): string => names.get(id) ?? id;
  return entries.map((entry) => {
    const { data, pend } = entry;
    const units = isRecord(data) && Array.isArray(data.units) ? { units: data.units.map(([id, n]: [string, number]) => [nameOf(id), n]) } : undefined;
    return { ...entry, id: nameOf(entry.id), ...(pend && { pend: pend.map(nameOf) }), ...(units && { data: { ...(data as object), ...units } }) };
  });
}

/** How long a visitor's log may be kept: the cart is a service they asked for, and no longer than that. */
import { LATE_MS } from "./limits.js";
import type { State } from "./state.js";

/** Seven days after the last edit, unless the site says otherwise (1 hour to 90 days). */
export const GUEST_MS = 7 * 86_400_000;

/** Milliseconds after the last edit; a shopper who asked to keep the cart gets 90 days. */
export function lifetimeMs({ cart }: State, guestMs: number): number {
  return cart.kept ? LATE_MS : guestMs;
}

/** What becomes of the cart on this page: filled, added to, taken from, emptied. */
import type { CartView } from "../model/cart-view.js";
import type { JourneyShop } from "./journey.js";

/** One step of a cart. */
interface Step {
  readonly step: "filled" | "line-added" | "line-removed" | "emptied";
  readonly sku?: string;
}

/** Tells of what was done here. What other tabs and devices did is shown here as well, and is theirs to tell. */
export function observeSteps({ state, subscribe, on, observe }: JourneyShop): () => void {
  let before = state.cart;
  let now = before;
  const settle = (): void => void (before = now);
  const stops = [
    subscribe(({ cart }) => {
      now = cart;
      queueMicrotask(settle); // a change that no gesture has caused by the end of this task was made elsewhere
    }),
    on("gesture", () => {
      for (const step of stepsBetween(before, now)) observe("cart-step", { ...step });
      settle();
    }),
  ];
  return () => stops.forEach((stop) => stop());
}

export function stepsBetween(before: CartView, after: CartView): Step[] {
  const lacks = ({ lines }: CartView) => ({ line }: CartView["lines"][number]): boolean => !lines.some((other) => other.line === line);
  const added = after.lines.filter(lacks(before)).map(({ sku }): Step => ({ step: "line-added", sku }));
  const removed = before.lines.filter(lacks(after)).map(({ sku }): Step => ({ step: "line-removed", sku }));
  const filled: Step[] = before.quantity === 0 && after.quantity > 0 ? [{ step: "filled" }] : [];
  const emptied: Step[] = before.quantity > 0 && after.quantity === 0 ? [{ step: "emptied" }] : [];
  return [...filled, ...added, ...removed, ...emptied];
}

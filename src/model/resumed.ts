/** Whether a visit goes on with what was begun on another device. */
import { isUnit, quantityOf, type Unit } from "./cart.js";
import type { State } from "./state.js";

/**
 * Of what stands in the cart, what was put there last before the visit began was put there on another device. An empty cart
 * resumes nothing.
 */
export function isResumed({ cart }: State, device: string, visitAt: number): boolean {
  const units = cart.lines.filter((line) => quantityOf(line) > 0).flatMap(({ marks }) => marks.filter(isUnit));
  const last = units.filter(({ at, n }) => at <= visitAt && n > 0).reduce<Unit | undefined>((a, b) => (a && a.at > b.at ? a : b), undefined);
  return last !== undefined && last.device !== device;
}

/** Every short history of a cart there is: not one of them may end otherwise than the rules say. */
import { expect, test } from "vitest";
import type { CartCommands } from "../../src/model/cart-commands.js";
import { specifiedCart } from "./cart-spec.js";
import { quantities } from "./shown.js";
import { createSmallWorld, deedsIn, forEachHistory, onCart, settled, sync } from "./small-world.js";

const gestures: readonly ((cart: CartCommands) => void)[] = [
  (cart) => cart.add("SHOE"),
  (cart) => cart.setQuantity("SHOE", 2),
  (cart) => cart.decrease("SHOE"),
  (cart) => cart.remove("SHOE"),
];

/** Tries all histories and says how many there were; in each, all devices must end with the quantity of the rules. */
function tryCarts(steps: number, behind: number): number {
  const moves = [...gestures.map((gesture) => onCart(gesture, behind)), sync];
  return forEachHistory(createSmallWorld(2), { moves, steps, isTimeless: behind > 0 }, (world) => {
    const end = settled(world);
    const specified = specifiedCart(deedsIn(end)).lines[0]?.quantity;
    const other = end.replicas.find(({ view }) => quantities(view).SHOE !== specified);
    if (other !== undefined) expect(quantities(other.view).SHOE, JSON.stringify(end.entries)).toBe(specified);
  });
}

test("every cart of two devices in six steps", () => {
  expect(tryCarts(6, 0)).toBeGreaterThan(60_000);
}, 120_000);

test("every cart of two devices in seven steps, the clock of one an hour behind", () => {
  expect(tryCarts(7, 1)).toBeGreaterThan(80_000);
}, 120_000);

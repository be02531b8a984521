/** A storm can be had again: the same seed gives the same faults. */
import { expect, test } from "vitest";
import { seedOf } from "../long.js";
import { createDice } from "./dice.js";

test("the same seed gives the same throws, another seed others, and every side comes up", () => {
  const throws = (seed: number): number[] => {
    const dice = createDice(seed);
    return Array.from({ length: 1_000 }, () => dice.throw(6));
  };
  expect(throws(7)).toEqual(throws(7));
  expect(throws(7)).not.toEqual(throws(8));
  const counts = [0, 1, 2, 3, 4, 5].map((side) => throws(7).filter((n) => n === side).length);
  expect(Math.min(...counts)).toBeGreaterThan(120);
});

test("each player has dice of their own: what one throws does not change what another gets", () => {
  const [one, two] = [createDice(7), createDice(7)];
  one.share();
  const [idle, busy] = [one.share(), two.share()];
  busy.throw(6);
  expect(idle.throw(2 ** 32)).toBe(two.share().throw(2 ** 32));
});

test("a seed is taken from the environment, so that a run that failed can be had again", () => {
  expect(seedOf("42")).toBe(42);
  expect(seedOf(undefined)).toBeLessThan(2 ** 31);
});

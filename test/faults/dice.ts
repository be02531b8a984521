/** Chance that can be thrown again: one seed, the same faults in the same order. */

export interface Dice {
  readonly seed: number;
  /** A whole number from 0 to below `sides`. */
  throw(sides: number): number;
  /** True once in so many times. */
  once(inTimes: number): boolean;
  /** Dice of their own for another player, so that the order of players does not matter. */
  share(): Dice;
}

/** Mulberry32: 32 bits of state, enough for faults. */
export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
  const thrown = (sides: number): number => next() % sides;
  return { seed, throw: thrown, once: (inTimes) => thrown(inTimes) === 0, share: () => createDice(next()) };
}

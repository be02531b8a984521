/** Chance that a number decides: the same number, the same story. */

export interface Chance {
  /** 0 or more and less than 1. */
  draw(): number;
  /** A whole number below `end`. */
  below(end: number): number;
  bytes(length: number): Uint8Array;
}

/** Mulberry32: 32 bits of state are enough to play with and quick to begin anew. */
export function createChance(seed: number): Chance {
  let state = seed >>> 0;
  const draw = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number): number => Math.floor(draw() * end);
  return { draw, below, bytes: (length) => Uint8Array.from({ length }, () => below(256)) };
}

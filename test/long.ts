/** How often the long tests try, and from which chance: few times in `npm test`, as often as the promise says in `npm run test:long`. */

export const isLong = process.env.CARRYOVER_LONG === "1";

/** The number for `npm test`, or the one for `npm run test:long`. */
export function times(short: number, long: number): number {
  return isLong ? long : short;
}

/**
 * Where chance begins: CARRYOVER_SEED, a new seed in a long run, and always the same in `npm test`, so that a change is
 * judged by what it does and not by a history that nobody has met before.
 */
export function seedOf(text = process.env.CARRYOVER_SEED): number {
  if (text !== undefined) return Number(text);
  return isLong ? Math.floor(Math.random() * 2 ** 31) : 20_261_122;
}

/** How often the long tests try: few times in `npm test`, as often as the promise says in `npm run test:long`. */

export const isLong = process.env.CARRYOVER_LONG === "1";

/** The number for `npm test`, or the one for `npm run test:long`. */
export function times(short: number, long: number): number {
  return isLong ? long : short;
}

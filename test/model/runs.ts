/** How many random histories the model is tried with, from which seed, and where the outcome of a long run is kept. */
import { seedOf, times } from "../long.js";
import type { Progress } from "../progress.js";
import { record } from "../record.js";

/** Ten thousand in `npm test`, a million in `npm run test:long`, or as many as CARRYOVER_RUNS says. */
export const RUNS = Number(process.env.CARRYOVER_RUNS ?? times(10_000, 1_000_000));
/** fast-check prints it with whatever fails. */
export const SEED = seedOf();
export const TIMEOUT_MS = 60_000 * Math.max(2, RUNS / 5_000);

/** Keeps what a long run has come to, once every history was lived through. */
export function keepResult(name: string, { done, seconds }: Progress, of: number): void {
  if (done >= of) record(name, { histories: done, seed: SEED, seconds, broken: 0 });
}

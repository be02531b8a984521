/** Tells who waits for a long test how far it has come. */
import { isLong } from "./long.js";

const EVERY_MS = 30_000;

export interface Progress {
  /** One more is done. */
  step(): void;
  readonly done: number;
  /** Since the beginning, whole. */
  readonly seconds: number;
}

/** Prints a line now and then in a long run; a short one is quiet. */
export function createProgress(what: string, of: number): Progress {
  const { performance } = globalThis;
  const began = performance.now();
  let done = 0;
  let told = began;
  const seconds = (): number => Math.round((performance.now() - began) / 1_000);
  return {
    step() {
      done += 1;
      if (!isLong || performance.now() - told < EVERY_MS) return;
      told = performance.now();
      process.stderr.write(`${what}: ${done} of ${of} in ${seconds()} s\n`);
    },
    get done() {
      return done;
    },
    get seconds() {
      return seconds();
    },
  };
}

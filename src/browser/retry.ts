/** How long to wait before the next try: full jitter, so that many devices do not come back at the same moment. */
import type { Random } from "./encode.js";

const FIRST_MS = 500;
const LONGEST_MS = 30_000;

export interface Retry {
  /** Waits, longer after each failure in a row; at least `atLeastMs`. Ends early on `now()`. */
  wait(atLeastMs?: number): Promise<void>;
  /** The weather may have changed: try at once. */
  now(): void;
  succeeded(): void;
}

/** Exponential backoff with full jitter (Brooker, "Exponential Backoff And Jitter", AWS 2015). */
export function createRetry(random: Random): Retry {
  let failures = 0;
  let wake = (): void => {};
  return {
    wait(atLeastMs = 0) {
      const [high = 0, low = 0] = random(2);
      const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** failures++);
      const ms = atLeastMs + (most * (high * 256 + low)) / 65_536;
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, ms);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    },
    now: () => wake(),
    succeeded: () => void (failures = 0),
  };
}

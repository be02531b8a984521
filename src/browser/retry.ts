/** Work that is tried until it is done: longer pauses after each failure, so that many devices do not come back at the same moment. */
import type { Random } from "./encode.js";
import type { RefusalError } from "./refusal.js";

const FIRST_MS = 500;
const LONGEST_MS = 30_000;

export interface Work {
  /** There is something left to do. */
  isDue(): boolean;
  /** One try; calls `succeeded` when the weather is good, should it take longer. Rejects with a RefusalError. */
  once(succeeded: () => void): Promise<void>;
  failed?(error: RefusalError): void;
}

export interface Retry {
  /** Takes up the work, if any is due and it is not under way. */
  start(): void;
  /** The weather may have changed: tries at once. */
  now(): void;
}

/** Exponential backoff with full jitter (Brooker, "Exponential Backoff And Jitter", AWS 2015). */
export function createRetry(random: Random, { isDue, once, failed }: Work): Retry {
  let failures = 0;
  let isUnderWay = false;
  let wake = (): void => {};

  const pause = (atLeastMs = 0): Promise<void> => {
    const [high = 0, low = 0] = random(2);
    const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** failures++);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, atLeastMs + (most * (high * 256 + low)) / 65_536);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  };

  const succeeded = (): void => void (failures = 0);

  const start = async (): Promise<void> => {
    if (isUnderWay) return;
    isUnderWay = true;
    while (isDue()) {
      await once(succeeded).then(succeeded, (error: RefusalError) => {
        failed?.(error);
        return pause(error.retryAfterMs);
      });
    }
    isUnderWay = false;
  };

  return {
    start: () => void start(),
    now() {
      wake();
      void start();
    },
  };
}

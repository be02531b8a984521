/** Waiting for something, and not for ever. */
import type { Device } from "./device.js";

/** After this long without an answer the network counts as gone. */
export const ANSWER_MS = 20_000;

/** No Error: to make the first one takes a slow phone as long as all the rest of loading the library. */
export const LATE = Symbol("late");

/** The outcome of the work, or a rejection with LATE when it takes longer. */
export function inTime<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(LATE), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Resolves once it is so, or after so long all the same. */
export function until(isSo: () => boolean, { changed }: Device, atMostMs?: number): Promise<void> {
  return new Promise((resolve) => {
    const look = (isLate = false): void => {
      if (!isLate && !isSo()) return;
      clearTimeout(timer);
      stop();
      resolve();
    };
    const stop = changed.on(() => look());
    const timer = atMostMs && setTimeout(look, atMostMs, true);
    look();
  });
}

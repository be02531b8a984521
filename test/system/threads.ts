/** The work that Node gives to threads of its own, brought back in the order in which it was given: the same story ends the same way. */
import type { Time } from "./time.js";

const NAMES = ["digest", "encrypt", "importKey", "sign", "verify"] as const;

/** Puts the process's cryptography in a row, until the returned function lets it go. */
export function queueThreads(time: Time): () => void {
  const { subtle } = crypto;
  let last: Promise<unknown> = Promise.resolve();
  for (const name of NAMES) {
    const own = (subtle[name] as (...args: unknown[]) => Promise<unknown>).bind(subtle);
    const inTurn = (...args: unknown[]): Promise<unknown> => {
      const work = own(...args);
      const turn = last.then(() => work);
      last = turn.catch(() => undefined);
      return time.busy(turn);
    };
    Object.defineProperty(subtle, name, { value: inTurn, configurable: true });
  }
  return () => NAMES.forEach((name) => delete (subtle as Partial<SubtleCrypto>)[name]);
}

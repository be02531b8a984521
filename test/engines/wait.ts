/** Waiting for what a test is about, never for time alone. */
import { PageGone } from "./gone.js";

/** Resolves with the first value that is neither undefined nor false; a test that waits in vain says what for. */
export async function until<T>(look: () => T | Promise<T>, what: string, withinMs = 10_000): Promise<Exclude<T, undefined | false>> {
  const end = Date.now() + withinMs;
  for (;;) {
    const found = await Promise.resolve().then(look).catch(notYet);
    if (found !== undefined && found !== false) return found as Exclude<T, undefined | false>;
    if (Date.now() > end) throw new Error(`It never came to be that ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function notYet(error: unknown): undefined {
  if (!(error instanceof PageGone)) throw error;
}

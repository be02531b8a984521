/** Waiting for what a test is about, never for time alone. */

/** Resolves with the first value that is neither undefined nor false; a test that waits in vain says what for. */
export async function until<T>(look: () => T | Promise<T>, what: string, withinMs = 10_000): Promise<Exclude<T, undefined | false>> {
  const end = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found as Exclude<T, undefined | false>;
    if (Date.now() > end) throw new Error(`It never came to be that ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Finds the process that runs a page: the one that works while the page has work to do. */

/** Some other page may be at work in the same moment; then it is asked again. */
const CLEARLY = 3;
const TRIES = 20;

/** `times`: the processes of the browser with the processor time each has had. */
export async function busiest(times: () => Promise<Map<number, number>>, work: () => Promise<unknown>): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const before = await times();
    await work();
    const spent = [...(await times())].map(([pid, time]) => [time - (before.get(pid) ?? 0), pid] as const);
    const [[most, pid] = [0, 0], [next] = [0]] = spent.sort(([a], [b]) => b - a);
    if (most > 0 && most > CLEARLY * next) return pid;
  }
  throw new Error("No process of the browser works when the page does.");
}

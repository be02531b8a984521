/** Work on much that is done a little at a time, so that nobody waits long for the database. */

/** Repeats a step, which says how much it did, until it does less than `size`; resolves to how much that was in all. */
export async function inSteps(size: number, step: (size: number) => Promise<number>): Promise<number> {
  for (let all = 0; ; ) {
    const done = await step(size);
    all += done;
    if (done < size) return all;
  }
}

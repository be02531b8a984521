/** How every contender is waited for, with the same code for all, in Node and in a page. */

/** Resolves as soon as the device shows it; rejects when it has not for so long. */
export function until(device, isSo, patienceMs = 20_000) {
  return new Promise((resolve, reject) => {
    let stop;
    let isDone = false;
    const late = setTimeout(() => end(() => reject(new Error("The device did not show it in time."))), patienceMs);
    const end = (settle) => {
      if (isDone) return;
      isDone = true;
      clearTimeout(late);
      queueMicrotask(() => stop?.());
      settle();
    };
    const look = () => isSo(device) && end(resolve);
    stop = device.watch(look);
    look();
  });
}

/** Where nothing is pushed, the other device asks as soon as the first is answered: no shop's could ask sooner. */
export async function asked(device, done) {
  if (device.refresh === undefined) return;
  await done;
  await device.refresh();
}

/** Chance that can be had again (mulberry32), so that all contenders' changes fall alike. */
export function createChance(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The value in the middle, and how far the others are from it. */
export function spreadOf(values, digits = 3) {
  const sorted = [...values].sort((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  const at = (share) => Number(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(digits));
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

export const medianOf = (values) => [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];

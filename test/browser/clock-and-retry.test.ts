/** A device's sense of time: put right by the server, never backwards; and its patience when the server does not answer. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createClock } from "../../src/browser/clock.js";
import type { Random } from "../../src/browser/encode.js";
import { RefusalError } from "../../src/browser/refusal.js";
import { createRetry } from "../../src/browser/retry.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const DAY = 86_400_000;

test("a phone whose clock is a day wrong writes the server's time after the first answer", () => {
  let now = 1_000_000;
  const clock = createClock(() => now);
  const sentAt = now;
  now += 80; // there and back
  clock.measure(sentAt + 40 + DAY, sentAt);
  expect(clock.now() - now).toBe(DAY);
});

test("two gestures in one millisecond are in order, also when the clock is set back", () => {
  let now = 5_000;
  const clock = createClock(() => now);
  const stamps = [clock.stamp(), clock.stamp()];
  now = 1_000;
  stamps.push(clock.stamp());
  expect(stamps).toEqual([5_000, 5_001, 5_002]);
});

test("a gesture comes after everything that was seen, whatever the clocks of others say", () => {
  const clock = createClock(() => 5_000);
  clock.saw(9_000);
  clock.saw(7_000);
  expect([clock.stamp(), clock.stamp()]).toEqual([9_001, 9_002]);
});

test("a stamp is a whole number of milliseconds although half of a round trip may not be", () => {
  const clock = createClock(() => 1_001);
  clock.measure(2_000, 1_000);
  expect(Number.isInteger(clock.stamp())).toBe(true);
});

/** Chance that always gives the longest wait, or the shortest. */
const longest = (length: number) => new Uint8Array(length).fill(255);
const shortest = (length: number) => new Uint8Array(length);

type Weather = "fair" | "foul";

/** Tries in such weather, one after the other; resolves to the waits between them. */
async function waits(random: Random, weather: readonly Weather[], retryAfterMs?: number): Promise<number[]> {
  const tries: number[] = [];
  const retry = createRetry(random, {
    isDue: () => tries.length < weather.length,
    async once() {
      tries.push(Date.now());
      if (weather[tries.length - 1] === "foul") throw new RefusalError("unreachable", undefined, retryAfterMs);
    },
  });
  retry.start();
  while (tries.length < weather.length) await vi.advanceTimersToNextTimerAsync();
  return tries.slice(1).map((at, i) => at - (tries[i] ?? 0));
}

const foul = (times: number): Weather[] => Array.from({ length: times }, () => "foul");

test("each failure in a row doubles the longest wait, up to half a minute", async () => {
  expect(await waits(longest, foul(10))).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000].map((ms) => expect.closeTo(ms, -1)));
});

test("chance spreads many devices over the whole wait, from at once to its end", async () => {
  expect(await waits(shortest, foul(2))).toEqual([0]);
  let seed = 1;
  const chance = (length: number) => Uint8Array.from({ length }, () => (seed = (seed * 48_271) % 2_147_483_647) >> 8);
  const all = (await Promise.all(Array.from({ length: 200 }, () => waits(chance, foul(2))))).flat();
  const quarters = [0, 125, 250, 375].map((from) => all.filter((ms) => ms >= from && ms < from + 125).length);
  for (const count of quarters) expect(count).toBeGreaterThan(25);
});

test("when the server names a time nobody comes before it", async () => {
  expect(await waits(shortest, foul(2), 7_000)).toEqual([7_000]);
  expect((await waits(longest, foul(2), 7_000))[0]).toBeGreaterThan(7_400);
});

test("a success makes the next wait short again", async () => {
  const all = await waits(longest, [...foul(6), "fair", "foul", "fair"]);
  expect(all.at(-1)).toBeLessThanOrEqual(500);
});

test("better weather ends a wait at once, and leaves no timer behind", async () => {
  let tries = 0;
  const retry = createRetry(longest, {
    isDue: () => tries < 8,
    async once() {
      tries += 1;
      if (tries < 8) throw new RefusalError("unreachable");
    },
  });
  retry.start();
  while (tries < 7) await vi.advanceTimersToNextTimerAsync();
  retry.now();
  await vi.advanceTimersByTimeAsync(0);
  expect([tries, vi.getTimerCount()]).toEqual([8, 0]);
});

test("work that is under way is not begun twice", async () => {
  let tries = 0;
  const retry = createRetry(longest, { isDue: () => tries < 1, once: async () => void (tries += 1) });
  retry.start();
  retry.start();
  retry.now();
  await vi.advanceTimersByTimeAsync(0);
  expect(tries).toBe(1);
});

/** A device's sense of time: put right by the server, never backwards; and its patience when the server does not answer. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createClock } from "../../src/browser/clock.js";
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

async function waited(wait: Promise<void>): Promise<number> {
  const from = Date.now();
  let end: number | undefined;
  void wait.then(() => (end = Date.now()));
  while (end === undefined) await vi.advanceTimersToNextTimerAsync();
  return end - from;
}

test("each failure in a row doubles the longest wait, up to half a minute", async () => {
  const retry = createRetry(longest);
  const waits = [];
  for (let i = 0; i < 9; i += 1) waits.push(await waited(retry.wait()));
  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000].map((ms) => expect.closeTo(ms, -1)));
});

test("chance spreads many devices over the whole wait, from at once to its end", async () => {
  expect(await waited(createRetry(shortest).wait())).toBe(0);
  let seed = 1;
  const chance = (length: number) => Uint8Array.from({ length }, () => (seed = (seed * 48_271) % 2_147_483_647) >> 8);
  const waits = await Promise.all(Array.from({ length: 200 }, () => waited(createRetry(chance).wait())));
  const quarters = [0, 125, 250, 375].map((from) => waits.filter((ms) => ms >= from && ms < from + 125).length);
  for (const count of quarters) expect(count).toBeGreaterThan(25);
});

test("when the server names a time nobody comes before it", async () => {
  expect(await waited(createRetry(shortest).wait(7_000))).toBe(7_000);
  expect(await waited(createRetry(longest).wait(7_000))).toBeGreaterThan(7_400);
});

test("a success makes the next wait short again, and better weather ends a wait at once", async () => {
  const retry = createRetry(longest);
  for (let i = 0; i < 6; i += 1) await waited(retry.wait());
  retry.succeeded();
  expect(await waited(retry.wait())).toBeLessThanOrEqual(500);
  for (let i = 0; i < 6; i += 1) await waited(retry.wait());
  const wait = retry.wait();
  retry.now();
  await wait;
  expect(vi.getTimerCount()).toBe(0);
});

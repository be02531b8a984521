/** Ten thousand devices come back after an outage without being the next one. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { seedOf, times } from "../long.js";
import { record } from "../record.js";
import { createHours, type Crowd, gather, type Hours } from "./crowd.js";
import { createDice } from "./dice.js";

const DEVICES = 10_000;
const OUTAGE_MS = times(5 * 60_000, 60 * 60_000);

let hours: Hours;
let crowd: Crowd;
const dice = createDice(seedOf());

beforeEach(async () => {
  hours = createHours();
  vi.stubGlobal("setTimeout", hours.setTimeout);
  vi.stubGlobal("clearTimeout", hours.clearTimeout);
  crowd = gather(DEVICES, hours, dice.share());
  await hours.pass(10_000);
  expect(crowd.standing).toBe(DEVICES);
});
afterEach(() => void vi.unstubAllGlobals());

/** The most requests in one second from then on. */
function peakSince(second: number): number {
  return Math.max(...crowd.perSecond().slice(second));
}

test("after an outage of an hour 10 000 devices are back within half a minute, and never ask more than 1 000 times a second", async () => {
  crowd.isUp = false;
  crowd.breakOff();
  await hours.pass(60_000);
  crowd.shop(10); // one in ten shops on, and has something to send
  await hours.pass(OUTAGE_MS - 60_000);
  const during = Math.max(...crowd.perSecond().slice(-60));
  const backAt = hours.now / 1_000;
  crowd.isUp = true;
  await hours.pass(31_000);
  expect([crowd.standing, crowd.waiting]).toEqual([DEVICES, 0]);
  const comeback = peakSince(backAt);
  record("comeback-outage", { seed: dice.seed, devices: DEVICES, outageMs: OUTAGE_MS, peakPerSecondDuring: during, peakPerSecondAfter: comeback });
  console.log(`seed ${dice.seed}: at most ${during} requests a second during the outage, ${comeback} after it`);
  expect(Math.max(during, comeback)).toBeLessThan(1_000);
}, 120_000);

/** What comes to a server that is gone for so long from the moment its streams end. */
async function restart(name: string, goneMs: number, end: () => void): Promise<number> {
  const from = hours.now / 1_000;
  crowd.isUp = false;
  end();
  await hours.pass(goneMs);
  crowd.isUp = true;
  await hours.pass(30_000);
  expect(crowd.standing).toBe(DEVICES);
  const perSecond = crowd.perSecond().slice(from);
  record(`comeback-${name}`, { seed: dice.seed, devices: DEVICES, goneMs, peakPerSecond: Math.max(...perSecond), perSecond });
  console.log(`seed ${dice.seed}: ${name}, ${perSecond.join(" ")}`);
  return Math.max(...perSecond);
}

test("a server that stops with a goodbye and is back at once is asked little more than 1 000 times a second", async () => {
  expect(await restart("goodbye", 300, () => crowd.bye(10_000))).toBeLessThan(1_300);
});

test("a server that stops with a goodbye and is back after three seconds is not asked more than 3 500 times a second", async () => {
  expect(await restart("slow-goodbye", 3_000, () => crowd.bye(10_000))).toBeLessThan(3_500);
});

test("a server that is killed has no time for a goodbye: all devices come within the first second, some of them twice", async () => {
  expect(await restart("killed", 300, () => crowd.breakOff())).toBeLessThan(DEVICES * 1.7);
});

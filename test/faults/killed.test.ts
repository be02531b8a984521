/** The plug of the server is pulled, again and again, while fifty devices send: nothing acknowledged is lost, nothing is there twice. */
import { expect, test } from "vitest";
import { isLong, seedOf, times } from "../long.js";
import { record } from "../record.js";
import { tempFile } from "../server/desk.js";
import { readLedger } from "../server/ledger.js";
import { settleAccount, type Step } from "./account.js";
import { createStormDevice } from "./device.js";
import { createDice } from "./dice.js";
import { plugIn } from "./plug.js";

const DEVICES = 50;
/** At most as many as a stream tells from the beginning, so that the logs can be read in the end as a device reads them. */
const EVENTS_PER_DEVICE = times(20, 200);
const EVENTS = DEVICES * EVENTS_PER_DEVICE;
const PULLS = times(6, 24);

const nothing = { lost: [], doubled: [], invented: [], vanished: [], renumbered: [], misnumbered: [] };

test("what was acknowledged before kill -9 is in the log once, under the number that was told; nothing else is", async () => {
  const startedAt = Date.now();
  const dice = createDice(seedOf());
  const database = tempFile();
  const plug = await plugIn(database);
  const history: Step[] = [];
  const moments = Array.from({ length: PULLS }, () => 1 + dice.throw(EVENTS * 0.9)).sort((a, b) => a - b);
  let acknowledged = 0;
  const note = (step: Step): void => {
    history.push(step);
    if (step.step !== "acknowledged") return;
    acknowledged += 1;
    for (; (moments[0] ?? Infinity) <= acknowledged; moments.shift()) void plug.pull(dice);
  };
  const devices = Array.from({ length: DEVICES }, () => createStormDevice({ url: plug.url, up: plug.up, note }, dice.share(), EVENTS_PER_DEVICE));

  await Promise.all(devices.map((device) => device.live()));
  await plug.pull(dice); // what is read now was on the disk
  const found = (await Promise.all(devices.map((device) => device.read()))).flat();

  const { wrong, ...counts } = settleAccount(history, found);
  console.log(`seed ${dice.seed}: killed ${plug.pulls} times, ${JSON.stringify(counts)}`);
  expect(wrong, `CARRYOVER_SEED=${dice.seed}`).toEqual(nothing);
  expect(counts.found).toBe(counts.acknowledged + counts.unanswered);
  expect(plug.pulls).toBeGreaterThan(PULLS);
  expect(readLedger(database).rows().entries).toHaveLength(counts.found); // nor is there a log that nobody knows of
  const wrongs = Object.fromEntries(Object.entries(wrong).map(([what, which]) => [what, which.length]));
  record("server-killed", { seed: dice.seed, devices: DEVICES, kills: plug.pulls, ...counts, ...wrongs, seconds: Math.round((Date.now() - startedAt) / 1_000) });
}, isLong ? 600_000 : 60_000);

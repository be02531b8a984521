/** The server's disk fills up while fifty devices send: it says so, shows what it has, loses nothing, and serves on once there is room. */
import { join } from "node:path";
import Database from "libsql";
import { expect, test } from "vitest";
import type { Problem } from "../../src/wire/problem.js";
import { isLong, seedOf, times } from "../long.js";
import { record } from "../record.js";
import { atEnd, event, stranger } from "../server/desk.js";
import { settleAccount, type Step } from "./account.js";
import { createStormDevice } from "./device.js";
import { createDice } from "./dice.js";
import { disks } from "./disk.js";
import { plugIn } from "./plug.js";

const DEVICES = 50;
const EVENTS_PER_DEVICE = times(20, 200);
const EVENTS = DEVICES * EVENTS_PER_DEVICE;
const FILLS = times(3, 12);
/** So many pushes are turned away before somebody makes room, where so many are still to come. */
const PATIENCE = 20;

const nothing = { lost: [], doubled: [], invented: [], vanished: [], renumbered: [], misnumbered: [] };

test.each(disks())("a %s is reached: pushes are refused in so many words, streams and reading go on, and nothing is lost or doubled", async (name, makeDisk) => {
  const startedAt = Date.now();
  const dice = createDice(seedOf());
  const disk = makeDisk();
  const database = join(disk.folder, "carryover.db");
  const plug = await plugIn(database);
  const history: Step[] = [];
  const refusals: Problem[] = [];
  const moments = Array.from({ length: FILLS }, () => 1 + dice.throw(EVENTS / 2)).sort((a, b) => a - b);
  let [turns, room] = [Promise.resolve(), Promise.resolve()];
  let fail = (_: Error): void => {};
  const broken = new Promise<never>((_, reject) => (fail = reject));
  let [turnedAway, acknowledged, areSent] = [(): void => {}, 0, false];

  /** Full until enough were turned away; meanwhile everybody can read all that they were told of. */
  const fill = async (): Promise<void> => {
    const before = refusals.length;
    let cleared = (): void => {};
    room = new Promise((resolve) => (cleared = resolve));
    disk.fill(plug.pid);
    await pushUntilRefused(plug.url);
    while (refusals.length < before + PATIENCE && !areSent) await new Promise<void>((resolve) => (turnedAway = resolve));
    const told = [...history];
    const seen = (await Promise.all(devices.map((device) => device.read()))).flat();
    expect(settleAccount(told, seen).wrong.lost).toEqual([]);
    expect(plug.said.match(/^Refused: .*takes no more/gm)).toHaveLength(1); // whoever runs it is told, and not a thousand times
    await plug.pull(dice); // and it starts again, full as the disk is
    disk.clear(plug.pid);
    cleared();
  };
  const note = (step: Step): void => {
    history.push(step);
    if (step.step === "acknowledged") acknowledged += 1;
    for (; (moments[0] ?? Infinity) <= acknowledged; moments.shift()) turns = turns.then(fill);
    turns.catch(fail);
  };
  const turnAway = (problem: Problem): undefined => {
    refusals.push(problem);
    turnedAway();
  };
  const storm = { url: plug.url, note, turnAway, up: () => room };
  const devices = Array.from({ length: DEVICES }, () => createStormDevice(storm, dice.share(), EVENTS_PER_DEVICE));

  await Promise.race([broken, Promise.all(devices.map((device) => device.live()))]);
  areSent = true; // a disk that was slow to fill may have nobody left to refuse
  turnedAway();
  await turns;
  expect(refusals.length).toBeGreaterThanOrEqual(PATIENCE);
  const found = (await Promise.all(devices.map((device) => device.read()))).flat();
  const { wrong, ...counts } = settleAccount(history, found);
  console.log(`seed ${dice.seed}: ${name}, ${FILLS} times, ${refusals.length} pushes turned away, ${JSON.stringify(counts)}`);
  expect(wrong, `CARRYOVER_SEED=${dice.seed}`).toEqual(nothing);
  expect(new Set(refusals.map(({ code, status, retryable }) => `${code} ${status} ${retryable}`))).toEqual(new Set(["database-full 507 true"]));
  const db = new Database(database);
  atEnd(() => void db.close());
  expect(db.prepare("PRAGMA integrity_check").get()).toMatchObject({ integrity_check: "ok" });
  const wrongs = Object.fromEntries(Object.entries(wrong).map(([what, which]) => [what, which.length]));
  const seconds = Math.round((Date.now() - startedAt) / 1_000);
  record(`disk-full-${name.replaceAll(" ", "-")}`, { seed: dice.seed, disk: name, fills: FILLS, turnedAway: refusals.length, ...counts, ...wrongs, integrity: "ok", seconds });
}, isLong ? 600_000 : 60_000);

/** SQLite writes its log of changes over and over in the same room: a heavy visitor takes what is left of it, first by the handful. */
async function pushUntilRefused(url: string): Promise<void> {
  const who = stranger({ site: "pk_demo" });
  const push = (events: readonly object[]): Promise<Response> => fetch(`${url}/v1/push`, { method: "POST", body: JSON.stringify({ ...who, events }) });
  for (const heavy of [Array.from({ length: 30 }, () => "x".repeat(7_900)), ["x"]]) {
    while ((await push(heavy.map((x) => event("wish-made", { x })))).ok);
  }
}

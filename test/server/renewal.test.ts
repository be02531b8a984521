/** A device's credential is renewed while it is used, so that a copy is worth something for a day, and shows itself. */
import { beforeEach, expect, test } from "vitest";
import { PATHS } from "../../src/wire/version.js";
import { boxOf } from "./box.js";
import { added, createDesk, type Desk, emptyDatabase, expectRefusal, id, sha256, stranger, type Voice } from "./desk.js";
import { readLedger } from "./ledger.js";
import { readStream } from "./stream.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let desk: Desk;
let phone: Voice;
let database: string;

beforeEach(async () => {
  database = emptyDatabase();
  desk = await createDesk({ database });
  phone = stranger();
  await desk.push(phone, [added("SCHOEN-42")]);
});

/** The next credential of a device, as it makes it itself. */
function nextOf({ credential, ...who }: Voice): Voice {
  return { ...who, credential: `${credential.slice(0, 8)}.${id()}${id().slice(0, 21)}` };
}

/** Says which credential it goes on with; true when the server keeps it. */
async function proposes(who: Voice, next: Voice): Promise<boolean> {
  return (await desk.push(who, [], { next: next.credential })).isNextKept === true;
}

async function renewed(who: Voice): Promise<Voice> {
  desk.now += 24 * HOUR;
  const next = nextOf(who);
  expect(await proposes(who, next)).toBe(true);
  await desk.push(next, []);
  return next;
}

const isRefused = async (who: Voice): Promise<boolean> => (await desk.pull(who)).status === 401;

test("until the new credential is used both are good, so that a lost answer costs nothing; then the old one for ten minutes", async () => {
  desk.now += 24 * HOUR;
  const next = nextOf(phone);
  for (let i = 0; i < 3; i++) expect(await proposes(phone, next)).toBe(true); // the answer was lost, and it is said again
  desk.now += 24 * HOUR;
  await desk.push(phone, [added("A")]);
  await desk.push(next, [added("B")]);
  desk.now += 10 * MINUTE - 1;
  await desk.push(phone, [added("C")]); // a tab that was slow
  const { log } = await desk.push(next, []);
  desk.now += 1;
  expectRefusal(await desk.post(PATHS.push, { ...phone, log, events: [added("D")] }), "credential-unknown", 401);
});

test("the device keeps its public name, its log and its place on the list, whatever it proves itself with", async () => {
  const second = await renewed(await renewed(phone));
  const { log } = await desk.push(second, [added("BOEK-1")]);
  const { logs, entries, devices, credentials } = readLedger(database).rows();
  expect([logs.length, devices.length, credentials.length]).toEqual([1, 1, 3]);
  expect(entries.map((entry) => [entry.log, (JSON.parse(entry.body as string) as { device: string }).device])).toEqual(Array(2).fill([log, phone.credential.slice(0, 8)]));
  expect(readLedger(database).text()).not.toContain(second.credential.slice(9));
});

test("a device that only looks is renewed by its stream just the same", async () => {
  desk.now += 24 * HOUR;
  const next = nextOf(phone);
  const hello = async (who: Voice, more = {}): Promise<unknown> => {
    const stream = readStream(await desk.pull(who, more));
    const [frame] = await stream.wait("hello");
    await stream.leave();
    return frame?.data;
  };
  expect(await hello(phone, { next: next.credential })).toMatchObject({ isNextKept: true });
  expect(await hello(next)).not.toHaveProperty("isNextKept");
  desk.now += 11 * MINUTE;
  expect(await isRefused(phone)).toBe(true);
});

test("who shows a replaced credential is told nothing, and both it and the one in use are let go: nobody knows which is the shopper's", async () => {
  const next = await renewed(phone);
  const stream = readStream(await desk.pull(next));
  await stream.wait("snapshot");
  desk.now += 11 * MINUTE;
  expectRefusal(await desk.post(PATHS.devices, phone), "credential-unknown", 401); // by reading
  await stream.over();
  const { log } = (readLedger(database).rows().logs[0] ?? {}) as { log?: string };
  expectRefusal(await desk.post(PATHS.push, { ...next, log, events: [] }), "credential-unknown", 401); // and not device-revoked, upon which a cart would be forgotten
  expectRefusal(await desk.post(PATHS.sealed, boxOf(phone, { channel: "web", events: [added("POISON")] })), "not-found", 404);
  expect(readLedger(database).text()).not.toContain("POISON");
});

test("a thief who renews first is out as soon as the shopper is back", async () => {
  desk.now += 24 * HOUR;
  const stolen = nextOf(phone);
  await proposes(phone, stolen);
  await desk.push(stolen, []);
  desk.now += HOUR;
  expect(await isRefused(phone)).toBe(true);
  expect(await isRefused(stolen)).toBe(true);
});

test("a thief cannot renew so often that the copy is forgotten: once in twelve hours, by the one in use, under the same name", async () => {
  const next = await renewed(phone);
  desk.now += 12 * HOUR - 1;
  expect(await proposes(next, nextOf(next))).toBe(false);
  desk.now += 1;
  expect(await proposes(next, nextOf(stranger()))).toBe(false);
  expect(await proposes(next, nextOf(next))).toBe(true);
  const other = stranger();
  await desk.push(other, []);
  desk.now += 24 * HOUR;
  expect(await proposes(other, next)).toBe(false); // another device's
  expect(await isRefused(phone)).toBe(true);
});

test("two tabs that renew in the same moment are both kept, and the first that is used retires the other", async () => {
  desk.now += 24 * HOUR;
  const [mine, yours] = [nextOf(phone), nextOf(phone)];
  expect([await proposes(phone, mine), await proposes(phone, yours)]).toEqual([true, true]);
  await desk.push(mine, []);
  await desk.push(yours, []);
  desk.now += 11 * MINUTE;
  await desk.push(mine, []);
  expect(await isRefused(yours)).toBe(true);
});

test("proposals that came to nothing do not pile up", async () => {
  desk.now += 24 * HOUR;
  for (let i = 0; i < 40; i++) expect(await proposes(phone, nextOf(phone))).toBe(true);
  expect(readLedger(database).rows().credentials.length).toBeLessThanOrEqual(5);
});

test("replaced credentials are remembered for thirty days, and a year of visits leaves no more than those", async () => {
  let who = phone;
  for (let day = 0; day < 6; day++) { // a guest's cart lives seven days
    who = await renewed(who);
    await desk.push(who, [added("A")]);
  }
  desk.now += HOUR;
  await desk.post(PATHS.signIn, { ...who, token: await desk.token("anna"), merge: "union", consent: "newest" });
  for (let day = 0; day < 60; day++) who = await renewed(who);
  const { credentials } = readLedger(database).rows();
  expect(credentials.length).toBeLessThanOrEqual(33);
  expect(credentials.map(({ hash }) => hash)).not.toContain(sha256(phone.credential));
  expect((await desk.pull(phone)).status).toBe(401);
  expect((await desk.pull(who)).status).toBe(200); // what is so old says nothing of today
});

test("who signs in is renewed at once: a copy of what was a visitor's is no customer's", async () => {
  desk.now += 1_000;
  expect(await proposes(phone, nextOf(phone))).toBe(false);
  await desk.post(PATHS.signIn, { ...phone, token: await desk.token("anna"), merge: "union", consent: "newest" });
  const next = nextOf(phone);
  expect(await proposes(phone, next)).toBe(true);
  await desk.push(next, []);
  desk.now += 11 * MINUTE;
  expect(await isRefused(phone)).toBe(true);
});

test("a sealed box opens under the old credential until the new one is used, and under the new one from then on", async () => {
  desk.now += 24 * HOUR;
  const next = nextOf(phone);
  await proposes(phone, next);
  const boxed = (who: Voice, line: string): Promise<{ status: number }> => desk.post(PATHS.sealed, boxOf(who, { channel: "web", events: [added(line)] }));
  expect((await boxed(phone, "A")).status).toBe(204);
  expect((await boxed(next, "B")).status).toBe(204);
  const other = await renewed(await (async () => {
    const who = stranger();
    await desk.push(who, []);
    return who;
  })());
  expect((await boxed(other, "C")).status).toBe(204);
});

test("a device that was signed out under one credential is signed out under all of them, also after its customer was erased", async () => {
  const desktop = stranger();
  for (const who of [phone, desktop]) await desk.post(PATHS.signIn, { ...who, token: await desk.token("anna"), merge: "union", consent: "newest" });
  const next = await renewed(phone);
  await desk.server.fetch(new Request("https://sync.example/v1/customers/anna", { method: "DELETE", headers: { authorization: "Bearer sk_test" } }));
  for (const who of [phone, next, desktop]) expectRefusal(await desk.post(PATHS.push, { ...who, events: [] }), "device-revoked", 401);
});

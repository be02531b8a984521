/** What is kept for its time and no longer, and what a device could not send before its customer left. */
import { expect, test } from "vitest";
import { eraseExpired } from "../../src/server/erase.js";
import { createServer } from "../../src/server/index.js";
import { openStore } from "../../src/server/store/open.js";
import { PATHS } from "../../src/wire/version.js";
import { boxOf } from "./box.js";
import { added, createDesk, emptyDatabase, event, expectRefusal, site, stranger } from "./desk.js";
import { readLedger } from "./ledger.js";

const DAY = 86_400_000;

/** Erases as the server does every ten minutes; returns which logs are left. */
async function later(database: string, now: number): Promise<unknown[]> {
  const store = await openStore(database);
  await eraseExpired({ store, now: () => now });
  await store.close();
  return readLedger(database).rows().logs.map(({ id }) => id);
}

test("a guest's cart is kept seven days after the last edit, a visit prolongs nothing, and then all of it is gone", async () => {
  const database = emptyDatabase();
  const desk = await createDesk({ database });
  const who = stranger();
  const { log } = await desk.push(who, [added("A")]);
  desk.now += 5 * DAY;
  await desk.push(who, [added("A")]);
  const edited = desk.now;
  desk.now += 5 * DAY;
  await (await desk.pull(who)).body?.cancel();
  await desk.push(who, []);
  expect(await later(database, edited + 7 * DAY)).toEqual([log]);
  expect(await later(database, edited + 7 * DAY + 1)).toEqual([]);
  const { entries, devices } = readLedger(database).rows();
  expect([entries, devices]).toEqual([[], []]);
  expectRefusal(await desk.post(PATHS.push, { ...who, log, events: [] }), "credential-unknown", 401);
});

test("a shopper who asked to keep the cart has it for ninety days; a customer's stays; a site may say otherwise", async () => {
  const database = emptyDatabase();
  const desk = await createDesk({ database, sites: [{ ...site, guestCartMs: 3_600_000 }] });
  const [short, kept, anna] = [stranger(), stranger(), stranger()];
  const { log: gone } = await desk.push(short, [added("A")]);
  const { log } = await desk.push(kept, [added("A"), event("cart-kept", {})]);
  const signedIn = await desk.post(PATHS.signIn, { ...anna, token: await desk.token("anna"), merge: "union", consent: "newest" });
  const account = (signedIn.body as { log: string }).log;
  const start = desk.now;
  const first = await later(database, start + 3_600_001);
  expect(first).toEqual(expect.arrayContaining([log, account]));
  expect(first).not.toContain(gone);
  expect(await later(database, start + 89 * DAY)).toContain(log);
  const left = await later(database, start + 91 * DAY);
  expect(left).not.toContain(log);
  expect(left).toContain(account);
});

test("a server that starts forgets at once what was over while it was away, however much", async () => {
  const database = emptyDatabase();
  const desk = await createDesk({ database });
  await Promise.all(Array.from({ length: 250 }, () => desk.push(stranger(), [added("A")])));
  const now = desk.now + 8 * DAY;
  const server = await createServer({ database, sites: [site], now: () => now });
  const ledger = readLedger(database);
  while (ledger.rows().logs.length > 0) await new Promise((resolve) => setImmediate(resolve));
  expect(ledger.rows().entries).toEqual([]);
  await server.close();
});

test("a sealed box is opened with what the server knows of the device, its events are written once, and the device is signed out", async () => {
  const database = emptyDatabase();
  const desk = await createDesk({ database });
  const anna = stranger();
  await desk.post(PATHS.signIn, { ...anna, token: await desk.token("anna"), merge: "union", consent: "newest" });
  const sealed = boxOf(anna, { channel: "web", events: [added("A"), "rubbish", added("B")] });
  for (let i = 0; i < 3; i++) expect((await desk.post(PATHS.sealed, sealed)).status).toBe(204);
  expect((await desk.post(PATHS.sealed, boxOf(anna, { channel: "web", events: [added("C")] }))).status).toBe(204); // a second box
  const types = readLedger(database).rows().entries.map(({ body }) => (JSON.parse(body as string) as { type: string }).type);
  expect(types.filter((type) => type === "line-added")).toHaveLength(3);
  expectRefusal(await desk.post(PATHS.push, { ...anna, events: [] }), "device-revoked", 401);
});

test("a box that is torn, of somebody else, or of nobody gets one and the same answer, and changes nothing", async () => {
  const database = emptyDatabase();
  const desk = await createDesk({ database });
  const [anna, berta] = [stranger(), stranger()];
  for (const who of [anna, berta]) await desk.push(who, [added("A")]);
  const ledger = readLedger(database);
  const before = ledger.text();
  const good = boxOf(anna, { channel: "web", events: [added("B")] });
  const bad = [
    { ...good, box: `${good.box.slice(0, -4)}AAAA` }, { ...good, key: boxOf(berta, {}).key }, { ...good, box: "AAAA" }, { ...good, box: good.box.slice(0, 20) },
    boxOf(stranger(), { channel: "web", events: [] }),
  ];
  const answers = await Promise.all(bad.map((body) => desk.post(PATHS.sealed, body)));
  for (const answer of answers) expectRefusal(answer, "not-found", 404);
  expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  for (const inside of [null, {}, { channel: "web" }, { channel: "web", events: Array(101).fill(added("X")) }, { channel: "WEB", events: [] }]) {
    expectRefusal(await desk.post(PATHS.sealed, boxOf(anna, inside)), "request-malformed", 400);
  }
  expect(ledger.text()).toBe(before);
  expect(desk.faults).toEqual([]);
});

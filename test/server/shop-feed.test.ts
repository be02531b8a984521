/** The shop's other systems follow all carts at once: in order, without a gap, from wherever they were, and hear who is to be forgotten. */
import { expect, test } from "vitest";
import { createServer, noteRestored } from "../../src/server/index.js";
import type { CloudEvent, FeedAnswer } from "../../src/wire/feed.js";
import { PATHS } from "../../src/wire/version.js";
import { decided, signIn } from "./consent.js";
import "./described.js";
import { added, createDesk, type Desk, emptyDatabase, event, expectRefusal, site, stranger } from "./desk.js";
import { KEY, type Office, openOffice } from "./office-hours.js";
import { readLedger } from "./ledger.js";

const DAY = 86_400_000;

/** Reads on from a cursor until there is nothing more. */
async function readOn({ ask, settled }: Office, after?: string, limit = 1_000): Promise<{ events: CloudEvent[]; cursor: string }> {
  await settled();
  const events: CloudEvent[] = [];
  for (let cursor = after; ;) {
    const { status, body } = await ask("GET", `/v1/feed?limit=${limit}${cursor === undefined ? "" : `&after=${cursor}`}`);
    expect({ status, body }).toMatchObject({ status: 200 });
    const page = body as FeedAnswer;
    events.push(...page.events);
    cursor = page.cursor;
    if (page.events.length === 0) return { events, cursor };
  }
}

async function openShop(more: object = {}): Promise<{ desk: Desk; office: Office; database: string }> {
  const database = emptyDatabase();
  const desk = await createDesk({ database, ...more });
  return { desk, office: openOffice(desk), database };
}

const typesOf = (events: readonly CloudEvent[]): string[] => events.map(({ type }) => type.replace(/^shop\.carryover\.(.*)\.v1$/, "$1"));

test("what visitors, customers and tills do is told in the envelope that others know, each log in its order", async () => {
  const { desk, office } = await openShop();
  const phone = stranger();
  const line = added("SCHOEN-42", 2);
  const { log: visitor } = await desk.push(phone, [line]);
  const { log } = await signIn(desk, phone, "anna");
  await office.ring("anna", [added("BOEK-1")]);
  const { events } = await readOn(office);
  expect(typesOf(events)).toEqual(["line-added", "customer-identified", "visitor-adopted", "line-added", "line-added"]);
  const [first, , , adopted, till] = events;
  expect(first).toEqual({
    specversion: "1.0", id: `${first?.subject}:${line.id}`, source: "urn:carryover:pk_test", type: "shop.carryover.line-added.v1", subject: expect.stringMatching(/^[\w-]{22}$/), time: "2026-11-01T00:00:00.000Z", datacontenttype: "application/json",
    data: { log: visitor, entry: { id: line.id, seq: 1, type: "line-added", data: { line: "SCHOEN-42", n: 2 }, at: desk.now, base: 0, device: phone.credential.slice(0, 8), channel: "web" } },
  });
  expect(adopted).toMatchObject({ id: `${adopted?.subject}:${line.id}`, data: { log, customer: "anna", entry: { seq: 3, from: [{ log: visitor, seq: 1 }] } } });
  expect(till).toMatchObject({ data: { entry: { device: "system:till-3", channel: "store", seq: 4 } } });
  expect([new Set(events.map(({ id }) => id)).size, new Set(events.map(({ subject }) => subject)).size]).toEqual([5, 2]);
});

test("whoever reads on in pages of any size has each event once, also of what was written in one go", async () => {
  const { desk, office } = await openShop();
  const voices = [stranger(), stranger(), stranger()];
  for (let i = 0; i < 4; i++) for (const voice of voices) await desk.push(voice, Array.from({ length: 1 + i }, () => added("A")));
  const whole = (await readOn(office)).events;
  expect(whole).toHaveLength(30);
  for (const limit of [1, 2, 7, 29, 30]) expect((await readOn(office, undefined, limit)).events).toEqual(whole);
  const { cursor } = (await office.ask("GET", "/v1/feed?limit=13")).body as FeedAnswer; // all of it has settled by now
  expect((await readOn(office, cursor)).events).toEqual(whole.slice(13));
});

test("an answer without events waits for one, and no longer than was asked", async () => {
  const { desk, office } = await openShop();
  const { cursor } = await readOn(office);
  const waiting = office.ask("GET", `/v1/feed?after=${cursor}&wait=20000`);
  await desk.push(stranger(), [added("A")]);
  expect(typesOf(((await waiting).body as FeedAnswer).events)).toEqual(["line-added"]);
  const other = await createDesk({ sites: [{ ...site, key: "pk_other", secretKey: "sk_other" }] });
  expect((await openOffice(other, { authorization: "Bearer sk_other" }).ask("GET", "/v1/feed?wait=1")).body).toMatchObject({ events: [] });
});

test("whoever waits hears of what reached another process, too", async () => {
  const { office, database } = await openShop();
  const { cursor } = await readOn(office);
  const beside = await createDesk({ database });
  const waiting = office.ask("GET", `/v1/feed?after=${cursor}&wait=20000`);
  await beside.push(stranger(), [added("A")]);
  expect(((await waiting).body as FeedAnswer).events).toHaveLength(1);
});

test("a customer who is erased leaves word of it in the feed, which names nobody; what was told of them is not told again", async () => {
  const { desk, office, database } = await openShop();
  const [phone, berta] = [stranger(), stranger()];
  const { log: visitor } = await desk.push(phone, [added("SCHOEN-42"), decided(), event("field-set", { line: "SCHOEN-42", name: "note", value: "for my husband" })]);
  const { log } = await signIn(desk, phone, "anna");
  await desk.push(berta, [added("BOEK-1")]);
  const { events, cursor } = await readOn(office);
  const hers = new Set(events.filter(({ data }) => data?.log === log || data?.log === visitor).map(({ subject }) => subject));
  expect(hers.size).toBe(2);
  await office.ask("DELETE", "/v1/customers/anna");
  const after = (await readOn(office, cursor)).events;
  expect([typesOf(after), new Set(after.map(({ subject }) => subject)), after.map(({ data }) => data)]).toEqual([["log-erased", "log-erased"], hers, [undefined, undefined]]);
  const anew = (await readOn(office)).events;
  expect(typesOf(anew)).toEqual(["line-added", "log-erased", "log-erased"]);
  for (const trace of ["anna", log, visitor, "for my husband", phone.credential.slice(0, 8)]) {
    expect([trace, JSON.stringify(anew).includes(trace), readLedger(database).text().includes(trace)]).toEqual([trace, false, false]);
  }
});

test("a guest's cart whose time is over is told to be gone as well, and one in which nothing was ever done never was there", async () => {
  const { desk, office, database } = await openShop();
  await desk.push(stranger(), [added("A")]);
  await desk.push(stranger(), []);
  const { cursor } = await readOn(office);
  await reopen(database, desk.now + 8 * DAY);
  const { events, cursor: next } = await readOn(office, cursor);
  expect(typesOf(events)).toEqual(["log-erased"]);
  const kiosk = stranger({ channel: "kiosk" });
  await desk.push(kiosk, [added("B")]);
  await desk.post(PATHS.signOut, { ...kiosk });
  expect(typesOf((await readOn(office, next)).events)).toEqual(["log-erased"]);
});

test("the feed is kept for a month or as long as the site says; a cursor from before is told so, and one of yesterday is not", async () => {
  const { desk, office, database } = await openShop();
  const anna = stranger();
  await signIn(desk, anna, "anna");
  const { cursor } = await readOn(office);
  desk.now += 20 * DAY;
  const { cursor: fresh } = await readOn(office, cursor);
  desk.now += 11 * DAY;
  expectRefusal(await office.ask("GET", `/v1/feed?after=${cursor}`), "cursor-gone", 410);
  expect((await readOn(office, fresh)).events).toEqual([]);
  expect((await readOn(office)).events).toHaveLength(1);
  await reopen(database, desk.now + DAY);
  expect((await readOn(office)).events).toEqual([]);
  await desk.push(anna, [added("A")]);
  expect(typesOf((await readOn(office, fresh)).events)).toEqual(["line-added"]);
});

/** A server that starts clears away what was kept for its time. */
async function reopen(database: string, now: number): Promise<void> {
  await (await createServer({ database, sites: [site], now: () => now })).close();
}

test("once a backup was put back everything that is kept is told again, under the names it had", async () => {
  const { desk, office, database } = await openShop();
  await desk.push(stranger(), [added("A"), added("B")]);
  const { events, cursor } = await readOn(office);
  await desk.server.close();
  await noteRestored(database);
  const restored = openOffice(await createDesk({ database }));
  expect((await readOn(restored, cursor)).events).toEqual(events);
});

test("only for the site's own key, by GET, with numbers that make sense", async () => {
  const { desk, office } = await openShop({ sites: [site, { ...site, key: "pk_other", secretKey: "sk_other" }] });
  await desk.push(stranger(), [added("A")]);
  expect((await readOn(openOffice(desk, { authorization: "Bearer sk_other" }))).events).toEqual([]);
  expectRefusal(await office.ask("GET", "/v1/feed", { headers: {} }), "secret-refused", 401);
  expectRefusal(await office.ask("GET", "/v1/feed", { headers: { ...KEY, origin: "https://shop.example" } }), "secret-refused", 401);
  for (const query of ["limit=0", "limit=1001", "limit=x", "wait=-1", "wait=25001", "after=", "after=a.b", "after=%00"]) expectRefusal(await office.ask("GET", `/v1/feed?${query}`), "request-malformed", 400);
  expectRefusal(await office.ask("POST", "/v1/feed"), "method-refused", 405);
});

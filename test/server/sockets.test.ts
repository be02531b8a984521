/** What can go wrong on the line itself: halves, floods, dawdling, several at once. The server answers, or hangs up, and stands. */
import { beforeEach, expect, test, vi } from "vitest";
import type { PushAnswer } from "../../src/wire/push.js";
import { listenOn } from "../../src/server/node.js";
import { PATHS } from "../../src/wire/version.js";
import { isLong, times } from "../long.js";
import { added, atEnd, createDesk, type Desk, emptyDatabase, site, stranger, type Voice } from "./desk.js";
import { readLedger } from "./ledger.js";
import { lettersOf, type Tap, tap } from "./wire-tap.js";

let desk: Desk;
let url: string;
let who: Voice;
let ledger: ReturnType<typeof readLedger>;

beforeEach(async () => {
  const database = emptyDatabase();
  desk = await createDesk({ database, sites: [site] });
  ({ url } = await desk.server.listen({ port: 0 }));
  ledger = readLedger(database);
  who = stranger();
  await desk.push(who, [added("BOEK-1")]);
});

const push = (...events: object[]): string => lettersOf(PATHS.push, JSON.stringify({ ...who, events }));
const opening = (headers: string): string => `POST ${PATHS.push} HTTP/1.1\r\nhost: sync.example\r\n${headers}\r\n\r\n`;
const half = (text: string): string => text.slice(0, text.length / 2);
const chunk = (bytes: number): string => `${bytes.toString(16)}\r\n${"x".repeat(bytes)}\r\n`;

/** Nothing is lost, nothing is changed, no fault is reported, and the next one is served. */
async function expectUnmoved(before: string): Promise<void> {
  expect(ledger.text()).toBe(before);
  expect(desk.faults).toEqual([]);
  const next = tap(url);
  next.say(push(added("BOEK-1")));
  expect(await next.answers()).toEqual([200]);
}

test("other devices hear of a change before its sender is answered: the sender shows it already", async () => {
  const order: string[] = [];
  const [desktop, phone] = [tap(url, (text) => void (text.includes("line-added") && order.push("told"))), tap(url, () => void order.push("answered"))];
  const { credential, ...device } = who;
  desktop.say(lettersOf(PATHS.pull, JSON.stringify(device), { authorization: `Bearer ${credential}` }));
  await vi.waitUntil(() => desktop.heard.includes("event: snapshot"), { timeout: 5_000 });
  expect(desktop.heard).not.toMatch(/^(connection|keep-alive):/im); // HTTP/1.1 needs none, and each device pays for it with each return
  for (let i = 1; i <= 20; i++) {
    phone.say(push(added("BOEK-1")));
    await vi.waitUntil(() => order.length === 2 * i, { timeout: 5_000 });
  }
  expect(order).toEqual(Array.from({ length: 20 }, () => ["told", "answered"]).flat());
});

test.each<[string, number[], (line: Tap) => void]>([
  ["half a message, and then silence from a line that is cut", [], (line) => {
    line.say(half(push(added("A"))));
    line.cut();
  }],
  ["half a message, and then an end", [400], (line) => {
    line.say(half(push(added("A"))));
    line.end();
  }],
  ["half a line of a header", [400], (line) => {
    line.say("POST /v1/pu");
    line.end();
  }],
  ["half a chunk", [400], (line) => {
    line.say(`${opening("transfer-encoding: chunked")}ff\r\n{"v":1`);
    line.end();
  }],
  ["chunks that are none", [400], (line) => line.say(`${opening("transfer-encoding: chunked")}zz\r\n`)],
  ["a gigabyte that is announced", [413], (line) => line.say(opening("content-length: 1000000000"))],
  ["a megabyte in chunks, unannounced", [413], (line) => line.say(opening("transfer-encoding: chunked") + chunk(65_536).repeat(16))],
  ["two lengths", [400], (line) => line.say(`${opening("content-length: 5\r\ncontent-length: 6")}abcdef`)],
  ["a length and chunks, so that two readers would disagree where it ends", [400], (line) => line.say(`${opening("content-length: 5\r\ntransfer-encoding: chunked")}0\r\n\r\n`)],
  ["a length that is no number", [400], (line) => line.say(opening("content-length: many"))],
  ["headers of 100 kB", [431], (line) => line.say(opening(`x-long: ${"y".repeat(100_000)}`))],
  ["bytes that are no HTTP", [400], (line) => line.say(new Uint8Array([0x16, 0x03, 0x01, 0x02, 0, 1, 0, 1, 0xfc, 3, 3]))],
  ["no host", [400], (line) => line.say("GET /healthz HTTP/1.1\r\n\r\n")],
  ["a host that is none", [400], (line) => line.say("GET /healthz HTTP/1.1\r\nhost: %%%\r\nconnection: close\r\n\r\n")],
  ["a wish to be connected elsewhere", [], (line) => line.say("CONNECT evil.example:443 HTTP/1.1\r\nhost: evil.example\r\n\r\n")],
  ["a body where none belongs", [405], (line) => line.say(lettersOf(PATHS.push, "{}", { connection: "close" }).replace("POST", "DELETE"))],
  ["an expectation that nobody meets", [417], (line) => line.say(opening("expect: tea\r\nconnection: close\r\ncontent-length: 2"))],
])("%s", async (_, statuses, speak) => {
  const before = ledger.text();
  const line = tap(url);
  speak(line);
  await line.over;
  expect(await line.answers()).toEqual(statuses);
  await expectUnmoved(before);
});

test("requests that come in one breath are answered in their order", async () => {
  const line = tap(url);
  const events = Array.from({ length: 10 }, () => added("A"));
  line.say(events.map((event) => push(event)).join("") + push() + lettersOf("/nowhere", "{}", { connection: "close" }));
  await line.over;
  expect(await line.answers(12)).toEqual([...Array.from({ length: 11 }, () => 200), 404]);
  const told = [...line.heard.matchAll(/\{"log".*?\]\}/g)].map(([text]) => (JSON.parse(text) as PushAnswer).answers);
  expect(told).toEqual([...events.map(({ id }, i) => [[id, "applied", i + 2]]), []]);
});

test("half of a second request does not disturb the first", async () => {
  const line = tap(url);
  line.say(push(added("A")) + half(push(added("B"))));
  expect(await line.answers()).toEqual([200]);
  line.cut();
  expect(ledger.rows().entries).toHaveLength(2);
  expect(desk.faults).toEqual([]);
});

/** The real patience is half a minute; a short run shows with less of it that somebody is let go at all. */
const patience = isLong ? undefined : { headersMs: 300, requestMs: 900 };
const LATEST_MS = times(3_000, 45_000);

test.each<[string, (line: Tap) => () => void]>([
  ["who says a byte of a message now and then", (line) => {
    line.say(half(push(added("A"))));
    return () => line.say("x");
  }],
  ["who says a byte of a header now and then", (line) => {
    line.say("POST /v1/push HTTP/1.1\r\nx-slow: ");
    return () => line.say("y");
  }],
  ["who says nothing more after half a chunk", (line) => {
    line.say(`${opening("transfer-encoding: chunked")}ff\r\n{"v":1`);
    return () => {};
  }],
])("%s is let go in time, and nobody else waits for it", async (_, begin) => {
  const { address, stop } = await listenOn(desk.server.fetch, { port: 0 }, patience);
  atEnd(stop);
  const before = ledger.text();
  const startedAt = Date.now();
  const line = tap(address.url);
  const more = begin(line);
  const dawdling = setInterval(more, 50);
  atEnd(() => clearInterval(dawdling));
  await line.over;
  expect(Date.now() - startedAt).toBeLessThan(LATEST_MS);
  expect(await line.answers()).toEqual([408]);
  await expectUnmoved(before);
}, LATEST_MS + 10_000);

test("a server that stops gives a request as long as it may have to wait for the database, and no longer than twelve seconds", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  atEnd(() => void vi.useRealTimers());
  let [arrived, finish] = [0, (): void => {}];
  const waited = new Promise<void>((resolve) => (finish = resolve));
  const fetch = async ({ url: asked }: Request): Promise<Response> => {
    arrived += 1;
    await (asked.endsWith("/never") ? new Promise(() => undefined) : waited);
    return new Response("done", { headers: { connection: "close" } });
  };
  const { address, stop } = await listenOn(fetch, { port: 0 });
  const [request, never] = [tap(address.url), tap(address.url)];
  request.say("GET /push HTTP/1.1\r\nhost: sync.example\r\n\r\n");
  never.say("GET /never HTTP/1.1\r\nhost: sync.example\r\n\r\n");
  while (arrived < 2) await new Promise(setImmediate);
  const stopped = stop();
  vi.advanceTimersByTime(11_000); // 5 s for a connection to the database, and 5 for a lock
  finish();
  expect(await request.answers()).toEqual([200]);
  vi.advanceTimersByTime(1_000);
  await Promise.all([stopped, request.over, never.over]);
  expect(await never.answers()).toEqual([]);
});

test("a server that stops does not wait for what may yet be asked on a line that a browser has opened in advance", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }); // no time passes
  atEnd(() => void vi.useRealTimers());
  const { server, address, stop } = await listenOn(() => new Response("done"), { port: 0 });
  const seen = new Promise((resolve) => server.once("connection", resolve));
  const early = tap(address.url);
  await seen;
  await Promise.all([stop(), early.over]);
});

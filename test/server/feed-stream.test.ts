/** The feed as a stream: the shop's other systems hear of each event as it comes, and go on where they were cut off. */
import { expect, test, vi } from "vitest";
import type { SiteConfig } from "../../src/server/index.js";
import type { CloudEvent, FeedAnswer } from "../../src/wire/feed.js";
import { signIn } from "./consent.js";
import "./described.js";
import { added, answerOf, atEnd, createDesk, type Desk, emptyDatabase, event, expectRefusal, site, stranger } from "./desk.js";
import { samplesOf, valueOf } from "./exposition.js";
import { KEY, openOffice } from "./office-hours.js";
import { readBlocks } from "./stream.js";
import { tap } from "./wire-tap.js";

const DAY = 86_400_000;

interface Told {
  /** What to go on with. */
  readonly cursor: string;
  /** Absent where only the cursor is told. */
  readonly event?: CloudEvent;
}

interface Listener {
  readonly told: readonly Told[];
  /** Waits for so many events. */
  events(count: number): Promise<readonly CloudEvent[]>;
  said(count: number): Promise<readonly Told[]>;
  over(): Promise<void>;
  leave(): Promise<void>;
}

/** Reads as any client of server-sent events does. */
function listen(response: Response): Listener {
  const told: Told[] = [];
  const blocks = readBlocks(response, (block) => {
    const [cursor, data] = ["id", "data"].map((name) => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1]);
    if (cursor !== undefined) told.push({ cursor, ...(data !== undefined && { event: JSON.parse(data) as CloudEvent }) });
  });
  const events = (): CloudEvent[] => told.flatMap((one) => one.event ?? []);
  return {
    told,
    leave: blocks.leave,
    events: async (count) => (await blocks.until(() => events().length >= count), events()),
    said: async (count) => (await blocks.until(() => told.length >= count), told),
    over: () => blocks.until(() => false),
  };
}

const ask = (desk: Desk, { after, headers = {} }: { after?: string; headers?: Record<string, string> } = {}): Promise<Response> =>
  desk.server.fetch(new Request(`https://sync.example/v1/feed${after === undefined ? "" : `?after=${after}`}`, { headers: { ...KEY, accept: "text/event-stream", ...headers } }));

async function openShop(sites: readonly SiteConfig[] = [site]): Promise<{ desk: Desk; database: string }> {
  const database = emptyDatabase();
  return { database, desk: await createDesk({ database, sites }) };
}

const typesOf = (events: readonly CloudEvent[]): string[] => events.map(({ type }) => type.replace(/^shop\.carryover\.(.*)\.v1$/, "$1"));

test("what stands in the feed is told, then each event as it comes, in the envelope of the pages", async () => {
  const { desk } = await openShop();
  const phone = stranger();
  await desk.push(phone, [added("SCHOEN-42"), added("BOEK-1")]);
  const answer = await ask(desk);
  expect([answer.status, answer.headers.get("content-type"), answer.headers.get("cache-control"), answer.headers.get("x-accel-buffering")]).toEqual([200, "text/event-stream", "no-store, no-transform", "no"]);
  const stream = listen(answer);
  await stream.events(2);
  for (let n = 3; n <= 5; n += 1) {
    await desk.push(phone, [added("BOEK-1")]);
    await stream.events(n);
  }
  const { events } = (await openOffice(desk).ask("GET", "/v1/feed")).body as FeedAnswer;
  expect(await stream.events(5)).toEqual(events);
});

test("whoever is cut off anywhere goes on behind the last that they heard, by header or by address, with no event lost and none twice", async () => {
  const { desk } = await openShop();
  const voices = [stranger(), stranger(), stranger()];
  for (let i = 0; i < 4; i += 1) for (const voice of voices) await desk.push(voice, Array.from({ length: 1 + i }, () => added("A")));
  const whole = listen(await ask(desk));
  const events = await whole.events(30);
  const cursors = whole.told.map(({ cursor }) => cursor);
  for (const [i, cursor] of cursors.entries()) {
    if (i === 29) break;
    const [byHeader, byAddress] = [listen(await ask(desk, { headers: { "last-event-id": cursor }, after: cursors[0] as string })), listen(await ask(desk, { after: cursor }))];
    expect(await byHeader.events(29 - i)).toEqual(events.slice(i + 1));
    expect(await byAddress.events(29 - i)).toEqual(events.slice(i + 1));
    await Promise.all([byHeader.leave(), byAddress.leave()]);
  }
  const { events: page } = (await openOffice(desk).ask("GET", `/v1/feed?after=${cursors[12]}`)).body as FeedAnswer;
  expect(page).toEqual(events.slice(13)); // a cursor is a cursor, whoever gave it
});

test("a reader at one server hears what reaches another", async () => {
  const { desk, database } = await openShop();
  const beside = await createDesk({ database });
  const stream = listen(await ask(desk));
  const phone = stranger();
  for (let n = 1; n <= 6; n += 1) {
    await (n % 2 === 0 ? desk : beside).push(phone, [added("A")]);
    await stream.events(n);
  }
  expect((await stream.events(6)).map(({ data }) => data?.entry.seq)).toEqual([1, 2, 3, 4, 5, 6]);
});

test("that a customer was erased is told to whoever listens, and what they did is told to nobody any more", async () => {
  const { desk } = await openShop();
  const phone = stranger();
  await signIn(desk, phone, "anna");
  await desk.push(phone, [event("field-set", { line: "A", name: "note", value: "for my husband" }), added("A")]);
  const stream = listen(await ask(desk));
  await stream.events(3);
  await openOffice(desk).ask("DELETE", "/v1/customers/anna");
  const erased = (count: number, one: Listener): Promise<readonly CloudEvent[]> => vi.waitFor(() => {
    const events = one.told.flatMap(({ event }) => event ?? []).filter(({ type }) => type === "shop.carryover.log-erased.v1");
    expect(events.length).toBeGreaterThanOrEqual(count);
    return events;
  }, { timeout: 10_000, interval: 5 });
  const told = await erased(1, stream);
  expect(told.map(({ data }) => data)).toEqual(told.map(() => undefined));
  const anew = listen(await ask(desk));
  await erased(told.length, anew);
  expect(JSON.stringify(anew.told)).not.toMatch(/anna|husband/);
});

test("a quiet reader is told now and then how far the feed was read, so that a cursor of before the quiet month is good after it", async () => {
  const { desk } = await openShop();
  await desk.push(stranger(), [added("A")]);
  const stream = listen(await ask(desk));
  await stream.events(1);
  const [{ cursor: before } = { cursor: "" }] = stream.told;
  desk.now += 31 * DAY;
  let elapsed = performance.now();
  const skip = vi.spyOn(performance, "now").mockImplementation(() => (elapsed += 20_000)); // and so much time goes by whenever somebody looks
  atEnd(() => skip.mockRestore());
  const fresh = (await stream.said(4)).at(-1);
  expect(fresh).toEqual({ cursor: expect.stringMatching(/^[\w-]+(\.[0-9a-z]+){4}$/) });
  skip.mockRestore();
  expectRefusal(await answerOf(await ask(desk, { after: before })), "cursor-gone", 410);
  const again = listen(await ask(desk, { headers: { "last-event-id": fresh?.cursor as string } }));
  await desk.push(stranger(), [added("B")]);
  expect(typesOf(await again.events(1))).toEqual(["line-added"]);
});

test("a cursor in the middle of what was kept for long goes no further than what stands behind it", async () => {
  const { desk } = await openShop();
  await desk.push(stranger(), Array.from({ length: 5 }, () => added("A")));
  desk.now += 29 * DAY;
  const stream = listen(await ask(desk));
  await stream.events(5); // PostgreSQL tells what is behind all that is still being written, by whomever
  const { cursor } = (await openOffice(desk).ask("GET", "/v1/feed?limit=2")).body as FeedAnswer;
  desk.now += 2 * DAY; // what stood behind both may be gone by now
  expectRefusal(await answerOf(await ask(desk, { after: cursor })), "cursor-gone", 410);
  expectRefusal(await answerOf(await ask(desk, { after: stream.told[1]?.cursor as string })), "cursor-gone", 410);
  expect((await ask(desk, { after: stream.told[4]?.cursor as string })).status).toBe(200); // there all that there was had been read
});

test("a reader that takes nothing costs its share and no more, is hung up on after ten seconds, and misses nothing in the end", async () => {
  const { desk } = await openShop();
  const { url } = await desk.server.listen({ port: 0 });
  const phone = stranger();
  const heavy = "x".repeat(7_900);
  for (let n = 0; n < 120; n += 1) await desk.push(phone, Array.from({ length: 10 }, () => event("wish-made", { heavy })));
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  atEnd(() => void vi.useRealTimers());
  const slow = tap(url);
  slow.pause();
  slow.say(`GET /v1/feed HTTP/1.1\r\nhost: sync.example\r\nauthorization: ${KEY.authorization}\r\naccept: text/event-stream\r\n\r\n`);
  await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0), { timeout: 20_000, interval: 5 });
  while (cutOffs(desk) === 0) {
    vi.advanceTimersByTime(1_000);
    await new Promise(setImmediate);
  }
  slow.resume();
  await slow.over;
  const heard = [...slow.heard.matchAll(/^id: (\S+)\ndata: (.*)\n\n/gm)].map(([, cursor = "", data = ""]) => ({ cursor, seq: (JSON.parse(data) as CloudEvent).data?.entry.seq }));
  expect(heard.map(({ seq }) => seq)).toEqual(heard.map((_, i) => i + 1));
  expect(heard.length).toBeLessThan(1_100);
  vi.useRealTimers();
  const again = listen(await ask(desk, { headers: { "last-event-id": heard.at(-1)?.cursor as string } }));
  const rest = await again.events(1_200 - heard.length);
  expect(rest.map(({ data }) => data?.entry.seq)).toEqual(Array.from({ length: 1_200 - heard.length }, (_, i) => heard.length + 1 + i));
});

const cutOffs = (desk: Desk): number => valueOf(samplesOf(desk.server.metrics()), "carryover_slow_readers_total");

test("a server that is to stop ends the streams of the feed and lets whoever waits for a page go; none begins", async () => {
  const { desk } = await openShop();
  const { cursor } = (await openOffice(desk).ask("GET", "/v1/feed")).body as FeedAnswer;
  const stream = listen(await ask(desk));
  const waiting = openOffice(desk).ask("GET", `/v1/feed?after=${cursor}&wait=25000`);
  await desk.server.drain(0);
  await stream.over();
  expect((await waiting).body).toMatchObject({ events: [] });
  expectRefusal(await answerOf(await ask(desk)), "unavailable", 503);
});

test("only for the site's own key, from no page, and with a cursor of this server", async () => {
  const { desk } = await openShop([site, { ...site, key: "pk_other", secretKey: "sk_other" }]);
  await desk.push(stranger(), [added("A")]);
  const refusal = async (more: Parameters<typeof ask>[1]) => answerOf(await ask(desk, more));
  expectRefusal(await refusal({ headers: { authorization: "Bearer sk_wrong" } }), "secret-refused", 401);
  expectRefusal(await refusal({ headers: { origin: "https://shop.example" } }), "secret-refused", 401);
  for (const after of ["a.b", "%00", "x&limit=5", "x&wait=5"]) expectRefusal(await refusal({ after }), "request-malformed", 400);
  expectRefusal(await refusal({ headers: { "last-event-id": "a.b" } }), "request-malformed", 400);
  const other = listen(await ask(desk, { headers: { authorization: "Bearer sk_other" } }));
  await desk.push(stranger({ site: "pk_other" }), [added("B")]);
  expect((await other.events(1)).map(({ source }) => source)).toEqual(["urn:carryover:pk_other"]);
  const { url } = await desk.server.listen({ port: 0 });
  const head = await fetch(`${url}/v1/feed`, { method: "HEAD", headers: { ...KEY, accept: "text/event-stream" } });
  expect([head.status, head.headers.get("content-type"), await head.text()]).toEqual([200, "text/event-stream", ""]);
});

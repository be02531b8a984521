/** The shop's other systems are told of each event: signed, in order, at least once, however long they were away. */
import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import type { SiteConfig } from "../../src/server/index.js";
import { isPublic } from "../../src/server/public-address.js";
import type { EndpointRow } from "../../src/server/store/endpoints.js";
import { openStore } from "../../src/server/store/open.js";
import type { CloudEvent, WebhooksAnswer } from "../../src/wire/feed.js";
import { signIn } from "./consent.js";
import "./described.js";
import { added, createDesk, type Desk, emptyDatabase, event, expectRefusal, site, stranger } from "./desk.js";
import { openOffice } from "./office-hours.js";
import { openReceiver, type Receiver } from "./receiver.js";

const DAY = 86_400_000;
const secret = (): string => `whsec_${randomBytes(32).toString("base64")}`;
const SECRET = secret();

type Webhook = NonNullable<SiteConfig["webhooks"]>[number];
const sitesWith = (url: string, more: Partial<Webhook> = {}): SiteConfig[] => [{ ...site, webhooks: [{ name: "stock", url, secrets: [SECRET], isInside: true, ...more }] }];

interface Shop {
  readonly desk: Desk;
  readonly receiver: Receiver;
  readonly database: string;
  state(): Promise<WebhooksAnswer["webhooks"][number] | undefined>;
  /** Waits until the webhook stands so. */
  stands(wanted: object): Promise<void>;
}

async function openShop(more: Partial<Webhook> = {}): Promise<Shop> {
  const clock: { desk?: Desk } = {};
  const receiver = await openReceiver(SECRET, () => clock.desk?.now ?? 0);
  const database = emptyDatabase();
  const desk = (clock.desk = await createDesk({ database, sites: sitesWith(receiver.url, more) }));
  const state: Shop["state"] = async () => ((await openOffice(desk).ask("GET", "/v1/webhooks")).body as WebhooksAnswer).webhooks[0];
  const stands: Shop["stands"] = (wanted) => expect.poll(state, { timeout: 10_000, interval: 20 }).toMatchObject(wanted);
  return { desk, receiver, database, state, stands };
}

const seqsOf = (events: readonly CloudEvent[]): Map<string, number[]> => {
  const seqs = new Map<string, number[]>();
  for (const { subject, data } of events) seqs.set(subject, [...(seqs.get(subject) ?? []), data?.entry.seq ?? -1]);
  return seqs;
};

test("each event is delivered signed, in the envelope of the feed, and each log in its order", async () => {
  const { desk, receiver, stands } = await openShop();
  const voices = [stranger(), stranger(), stranger()];
  for (let i = 0; i < 5; i++) for (const voice of voices) await desk.push(voice, [added("A"), added("B")]);
  const taken = await receiver.took(30);
  expect([...seqsOf(taken).values()]).toEqual(voices.map(() => [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]));
  expect(taken[0]).toMatchObject({ specversion: "1.0", source: "urn:carryover:pk_test", type: "shop.carryover.line-added.v1" });
  expect(new Set(taken.map(({ id }) => id)).size).toBe(30);
  await stands({ name: "stock", isOn: true, failures: 0, lastStatus: 204 });
});

test("a receiver that was down for a day is told all of it afterwards, in order, and was asked less and less often meanwhile", async () => {
  const { desk, receiver, stands } = await openShop();
  const phone = stranger();
  receiver.answer = 503;
  await desk.push(phone, [added("A")]);
  await receiver.called(1);
  for (let failures = 1; failures < 10; failures++) {
    await stands({ failures, lastStatus: 503 });
    desk.now += 90 * 60_000;
    await desk.push(phone, [added("A")]);
  }
  await stands({ failures: 10, isOn: true });
  expect(receiver.calls).toBe(10);
  desk.now += 60_000; // an hour at least after so many failures
  await desk.push(phone, [added("A")]);
  await stands({ failures: 10 });
  receiver.answer = 204;
  desk.now += DAY - 10 * 90 * 60_000;
  await receiver.took(11);
  expect([...seqsOf(receiver.taken).values()]).toEqual([[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]]);
  await stands({ failures: 0, isOn: true });
});

test("what one event of a page is refused for holds up its own log's order and nobody else's, and is not told twice to those who took it", async () => {
  const { desk, receiver, stands } = await openShop();
  const [anna, berta] = [stranger(), stranger()];
  const bad = added("BAD");
  const taken: CloudEvent[] = [];
  let isWell = false;
  receiver.answer = (_, answer, event) => {
    const isRefused = !isWell && event.data?.entry.id === bad.id;
    if (!isRefused) taken.push(event);
    answer.writeHead(isRefused ? 500 : 200).end();
  };
  await desk.push(anna, [added("A"), bad, added("C")]);
  await stands({ failures: 1, lastStatus: 500 });
  await desk.push(berta, [added("A")]);
  desk.now += 10_000;
  await stands({ failures: 2 });
  isWell = true;
  desk.now += 20_000;
  await stands({ failures: 0 });
  expect([...seqsOf(taken).values()]).toEqual([[1, 2, 3], [1]]);
});

test("410 turns an endpoint off at once, and days of nothing but failures do; the shop's people turn it on again and it goes on where it was", async () => {
  const { desk, receiver, stands } = await openShop();
  const phone = stranger();
  const { ask } = openOffice(desk);
  receiver.answer = 410;
  await desk.push(phone, [added("A")]);
  await stands({ isOn: false, lastStatus: 410 });
  desk.now += DAY;
  await desk.push(phone, [added("A")]);
  receiver.answer = 500;
  expect((await ask("POST", "/v1/webhooks/stock/resume")).status).toBe(204);
  await stands({ isOn: true, failures: 1 });
  desk.now += 5 * DAY + 1;
  await stands({ isOn: false, failures: 2, lastStatus: 500 });
  receiver.answer = 204;
  expect((await ask("POST", "/v1/webhooks/stock/resume")).status).toBe(204);
  await receiver.took(2);
  expectRefusal(await ask("POST", "/v1/webhooks/other/resume"), "not-found", 404);
  expectRefusal(await ask("GET", "/v1/webhooks", { headers: {} }), "secret-refused", 401);
});

test("no redirect is followed, and an answer that does not come is a failure", async () => {
  const { desk, receiver, stands } = await openShop();
  const elsewhere = await openReceiver(SECRET, () => desk.now);
  receiver.answer = (_, answer) => void answer.writeHead(307, { location: elsewhere.url }).end();
  await desk.push(stranger(), [added("A")]);
  await stands({ failures: 1, lastStatus: 307 });
  receiver.answer = (call) => void call.socket.destroy();
  desk.now += 10_000;
  await stands({ failures: 2, lastStatus: 0 });
  receiver.answer = (_, answer) => void answer.writeHead(503, { "retry-after": "7200" }).end();
  desk.now += 20_000;
  await stands({ failures: 3, lastStatus: 503 });
  const { retryAt = 0 } = ((await openOffice(desk).ask("GET", "/v1/webhooks")).body as WebhooksAnswer).webhooks[0] ?? {};
  expect(retryAt - desk.now).toBeGreaterThan(0.79 * 3_600_000);
  expect(elsewhere.calls).toBe(0);
});

test("only the types that were asked for are told, but everybody is told whom to forget", async () => {
  const { desk, receiver } = await openShop({ types: ["coupon-added"] });
  const phone = stranger();
  await signIn(desk, phone, "anna");
  await desk.push(phone, [added("A"), event("coupon-added", { code: "WEB10" })]);
  await receiver.took(1);
  await openOffice(desk).ask("DELETE", "/v1/customers/anna");
  const taken = await receiver.took(2);
  expect(taken.map(({ type }) => type)).toEqual(["shop.carryover.coupon-added.v1", "shop.carryover.log-erased.v1"]);
  expect(taken[1]?.subject).toBe(taken[0]?.subject);
});

test("while one secret takes the place of another each message bears a signature of both", async () => {
  const { desk, receiver } = await openShop({ secrets: [secret(), SECRET] });
  await desk.push(stranger(), [added("A")]);
  expect(await receiver.took(1)).toHaveLength(1);
});

test("another process takes over where the first has stopped, and tells nothing again", async () => {
  const { desk, receiver, database, stands } = await openShop();
  const phone = stranger();
  await desk.push(phone, [added("A"), added("A")]);
  await receiver.took(2);
  await stands({ failures: 0, lastStatus: 204 });
  await desk.server.close();
  const next = await createDesk({ database, sites: sitesWith(receiver.url) });
  await next.push(phone, [added("A")]);
  expect([...seqsOf(await receiver.took(3)).values()]).toEqual([[1, 2, 3]]);
});

test("a server that stops waits no longer than two seconds for a receiver, holds nothing against it, and leaves the event to the next", async () => {
  const { desk, receiver, database } = await openShop();
  receiver.answer = () => undefined;
  await desk.push(stranger(), [added("A")]);
  await receiver.called(1);
  const stoppedAt = performance.now();
  await desk.server.close();
  expect(performance.now() - stoppedAt).toBeLessThan(10_000); // the receiver had fifteen seconds
  expect(await endpointIn(database)).toMatchObject({ failures: 0 });
  expect(Object.keys((await endpointIn(database)) ?? {})).not.toContain("retryAt");
  receiver.answer = 204;
  await createDesk({ database, sites: sitesWith(receiver.url) });
  expect(await receiver.took(1)).toHaveLength(1);
});

test("what a server cuts off when it stops is no failure of the receiver's, neither behind what was taken nor on top of what it did fail", async () => {
  const { desk, receiver, database, stands } = await openShop();
  receiver.answer = 503;
  await desk.push(stranger(), [added("A")]);
  await stands({ failures: 1, lastStatus: 503 });
  let held = 0;
  receiver.answer = (_, answer, { data }) => void (data?.entry.type === "line-added" && held++ === 0 ? answer.writeHead(204).end() : undefined);
  await desk.push(stranger(), [added("B"), added("C")]);
  desk.now += DAY;
  await receiver.called(3); // the first was taken, the others hang
  await desk.server.close();
  expect(await endpointIn(database)).toMatchObject({ failures: 0, lastStatus: 204 });
  const next = await createDesk({ database, sites: sitesWith(receiver.url) });
  next.now = desk.now;
  await receiver.called(4); // all that is told from here on hangs
  await next.server.close();
  expect(await endpointIn(database)).toMatchObject({ failures: 0, lastStatus: 204 });
});

async function endpointIn(database: string): Promise<EndpointRow | undefined> {
  const store = await openStore(database);
  const row = await store.read((tx) => tx.endpoint("pk_test", "stock"));
  await store.close();
  return row;
}

test("while one process delivers, another on the same database does not", async () => {
  const { desk, receiver, database } = await openShop();
  const phone = stranger();
  let release = (): void => undefined;
  receiver.answer = (_, answer) => void (release = () => answer.writeHead(200).end());
  await desk.push(phone, [added("A")]);
  await receiver.called(1);
  const beside = await createDesk({ database, sites: sitesWith(receiver.url) });
  await beside.push(phone, [added("B")]);
  await beside.server.close(); // it has looked by then whether there is something to deliver
  expect(receiver.calls).toBe(1);
  receiver.answer = 204;
  release();
  await receiver.took(1);
  expect(receiver.calls).toBe(2);
});

test.each([
  ["http://erp.example/hook", {}], ["https://127.0.0.1/hook", {}], ["https://[::1]/hook", {}], ["https://169.254.169.254/latest", {}], ["https://[::ffff:10.0.0.1]/hook", {}], ["https://0x7f.1/hook", {}], ["ftp://erp.example/", {}],
  ["https://erp.example/", { secrets: ["whsec_c2hvcnQ="] }], ["https://erp.example/", { secrets: [] }], ["https://erp.example/", { name: "Stock!" }],
])("a webhook to %s %j is refused at the start, in a sentence", async (url, more) => {
  await expect(createDesk({ sites: sitesWith(url, { isInside: false, ...more }) })).rejects.toThrow(/^carryover: the configuration cannot be used\. sites\[0\]\.webhooks/);
});

test("a name that leads into one's own network is not called, whatever the configuration looked like", async () => {
  const receiver = await openReceiver(SECRET, () => 0);
  const desk = await createDesk({ sites: sitesWith(`https://localhost:${new URL(receiver.url).port}/hook`, { isInside: false }) });
  await desk.push(stranger(), [added("A")]);
  const state = async () => ((await openOffice(desk).ask("GET", "/v1/webhooks")).body as WebhooksAnswer).webhooks[0];
  await expect.poll(state, { timeout: 10_000 }).toMatchObject({ failures: 1, lastStatus: 0 });
  expect(receiver.connections).toBe(0);
});

test.each([["8.8.8.8", true], ["2606:4700::1111", true], ["10.1.2.3", false], ["100.64.0.1", false], ["172.31.255.255", false], ["172.32.0.1", true], ["192.168.1.1", false], ["169.254.169.254", false], ["0.0.0.0", false], ["255.255.255.255", false],
  ["::1", false], ["::", false], ["fe80::1", false], ["fd00::1", false], ["::ffff:127.0.0.1", false], ["64:ff9b::7f00:1", false], ["2002:7f00:1::", false], ["2001:0:1::", false], ["2001:db8::1", false], ["ff02::1", false], ["localhost", false]])("%s is an address of the open internet: %s", (address, is) => {
  expect(isPublic(address)).toBe(is);
});

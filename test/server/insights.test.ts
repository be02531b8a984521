/** What the shop reads off observations: percentiles as a plain sort would find them, by channel and by how the visit began. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Insights } from "../../src/server/insights.js";
import { openStore } from "../../src/server/store/open.js";
import type { ObservationRow, VitalCrowd } from "../../src/server/store/observations.js";
import { INSIGHTS, PATHS } from "../../src/wire/version.js";
import { run } from "./command.js";
import "./described.js";
import { type Answer, answerOf, createDesk, decided, type Desk, emptyDatabase, expectRefusal, observed, site, stranger } from "./desk.js";

const PAGE = "https://shop.example/schoenen";

function ask(desk: Desk, query = "", headers: Record<string, string> = { authorization: "Bearer sk_test" }, method = "GET"): Promise<Answer> {
  return desk.server.fetch(new Request(`https://sync.example${INSIGHTS}${query}`, { method, headers })).then(answerOf);
}

const vital = (name: string, value: number, of: string, more: object = {}): Record<string, unknown> => observed("vital-measured", { name, value, of, page: PAGE }, more);

test("the shop's back end reads vitals by channel, of each measurement the last value, and how much was observed", async () => {
  const desk = await createDesk();
  const [phone, kiosk] = [stranger(), stranger({ channel: "kiosk" })];
  for (const who of [phone, kiosk]) await desk.push(who, [decided({ analytics: true })]);
  const tell = (who: object, observations: unknown[]): Promise<Answer> => desk.post(PATHS.observe, { ...who, visitAt: desk.now, observations });
  desk.now += 1_000;
  await tell(phone, [vital("CLS", 0.01, "a"), vital("CLS", 0.3, "a", { at: desk.now }), vital("CLS", 0.02, "a", { at: desk.now - 500 }), vital("LCP", 900, "b"), observed("page-viewed", { page: PAGE })]);
  await tell(kiosk, [vital("LCP", 2_000.5, "a"), vital("LCP", 1_000, "c"), vital("LCP", 3_000, "d"), vital("LCP", 4_000, "e")]);
  const { status, body } = await ask(desk, "?site=pk_test");
  const { from, to, vitals, counts } = body as Insights;
  expect([status, to - from, to]).toEqual([200, 28 * 86_400_000, desk.now + 1]);
  const fresh = { isResumed: false };
  expect(vitals).toEqual([
    { name: "LCP", channel: "kiosk", ...fresh, count: 4, p50: 2_000.5, p75: 3_000, p95: 4_000 },
    { name: "LCP", channel: "web", ...fresh, count: 1, p50: 900, p75: 900, p95: 900 },
    { name: "CLS", channel: "web", ...fresh, count: 1, p50: 0.3, p75: 0.3, p95: 0.3 },
  ]);
  expect(counts).toEqual([
    { type: "page-viewed", channel: "web", ...fresh, count: 1 },
    { type: "vital-measured", channel: "kiosk", ...fresh, count: 4 },
    { type: "vital-measured", channel: "web", ...fresh, count: 2 },
  ]);
  expect((await ask(desk, "?from=2026-10-01&to=2026-11-01T00:00:00Z")).body).toMatchObject({ vitals: [], counts: [] }); // `to` is not part of it
});

test("no page, no other site and no odd question gets an answer", async () => {
  const desk = await createDesk({ sites: [site, { ...site, key: "pk_other", secretKey: "sk_other" }] });
  expectRefusal(await ask(desk, "", {}), "secret-refused", 401);
  expectRefusal(await ask(desk, "", { authorization: "Bearer sk_test", origin: "https://shop.example" }), "secret-refused", 401);
  expectRefusal(await ask(desk, "?site=pk_test", { authorization: "Bearer sk_other" }), "site-unknown", 403);
  for (const query of ["?from=yesterday", "?to=1e99", "?from=2026-11-02&to=2026-11-01", "?from=2020-01-01", "?from=", "?from=%00"]) expectRefusal(await ask(desk, query), "request-malformed", 400);
  for (const method of ["POST", "PUT", "DELETE"]) {
    const answer = await ask(desk, "", undefined, method);
    expectRefusal(answer, "method-refused", 405);
    expect(answer.headers.get("allow")).toBe("GET");
  }
  expect(desk.faults).toEqual([]);
});

/** Nearest rank: the smallest value that at least so many of a hundred do not exceed. */
function plainly(values: readonly number[], percent: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.find((_, i) => (i + 1) * 100 >= percent * sorted.length);
}

const values = fc.array(fc.oneof(fc.nat({ max: 10_000 }), fc.double({ min: 0, max: 5, noNaN: true })), { minLength: 1, maxLength: 130 });

/** SQLite may read a number out of JSON wrong in its last bit; no vital is measured so finely. */
const rounded = ({ p50, p75, p95, ...crowd }: { [K in keyof VitalCrowd]: VitalCrowd[K] | undefined }): object => ({ ...crowd, ranks: [p50, p75, p95].map((value) => value?.toPrecision(12)) });

test("percentiles are those that a plain sort finds, resumed visits and fresh ones apart", async () => {
  const store = await openStore(":memory:");
  let site = 0;
  await fc.assert(fc.asyncProperty(values, values, async (fresh, resumed) => {
    site += 1;
    const row = (isResumed: boolean) => (value: number, i: number): ObservationRow => ({
      device: `${site} ${isResumed}`, id: String(i), log: "log", site: String(site), purpose: "analytics", type: "vital-measured",
      channel: "web", isResumed, at: 5, expiresAt: 9, data: { name: "INP", value, of: String(i), page: PAGE },
    });
    await store.transact((tx) => tx.putObservations([...fresh.map(row(false)), ...resumed.map(row(true))]));
    const found = await store.read((tx) => tx.vitals({ site: String(site), from: 5, to: 6 }, "INP"));
    const expected = ([[false, fresh], [true, resumed]] as const).map(([isResumed, all]) =>
      ({ name: "INP", channel: "web", isResumed, count: all.length, p50: plainly(all, 50), p75: plainly(all, 75), p95: plainly(all, 95) }));
    expect(found.map(rounded)).toEqual(expected.map(rounded));
  }), { numRuns: 200 });
  await store.close();
});

test("carryover vitals prints the same as a table, and says in a sentence what it lacks", async () => {
  const database = emptyDatabase();
  const store = await openStore(database);
  const [at, day] = [Date.now(), 86_400_000];
  const row = { device: "d", log: "l", site: "pk_demo", purpose: "analytics", type: "vital-measured", channel: "web", at, expiresAt: at + day };
  await store.transact((tx) => tx.putObservations([
    { ...row, id: "1", isResumed: false, data: { name: "LCP", value: 1_234.5, of: "1", page: PAGE } },
    { ...row, id: "2", isResumed: true, data: { name: "CLS", value: 0.0625, of: "2", page: PAGE } },
  ]));
  await store.close();
  const good = run(["vitals", "--database", database, "--site", "pk_demo"]);
  expect(await good.ended, good.said()).toBe(0);
  expect(good.said().split("\n").slice(1, 4)).toEqual([
    "vital  channel  visit    pages      p50      p75      p95",
    "LCP    web      fresh        1  1235 ms  1235 ms  1235 ms",
    "CLS    web      resumed      1    0.063    0.063    0.063",
  ]);
  const none = run(["vitals", "--database", database, "--from", "2020-01-01", "--to", "2020-02-01"]);
  expect([await none.ended, none.said()]).toEqual([0, "2020-01-01 to 2020-01-31\nnothing was measured\n"]);
  for (const [args, sentence] of [[[], /takes --database/], [["--database", "nowhere.db"], /not there/], [["--database", database, "--site", "pk"], /one of pk_demo/], [["--database", database, "--from", "x"], /days such as/]] as const) {
    const bad = run(["vitals", ...args]);
    expect([await bad.ended, bad.said()]).toEqual([1, expect.stringMatching(sentence)]);
  }
});

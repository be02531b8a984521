/** What whoever runs the server can read off it: how much, how fast, how well, and nothing about anybody. */
import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { createMeasures } from "../../src/server/operator/measures.js";
import { observedStore } from "../../src/server/operator/store.js";
import { noTrace } from "../../src/server/operator/trace.js";
import type { Store } from "../../src/server/store/store.js";
import { PATHS } from "../../src/wire/version.js";
import { added, createDesk, type Desk, event, stranger } from "./desk.js";
import { type Sample, samplesOf, valueOf } from "./exposition.js";
import { readStream } from "./stream.js";

const samples = (desk: Desk): readonly Sample[] => samplesOf(desk.server.metrics());

test("events are counted by their type and by what came of them, and those of an unknown type together", async () => {
  const desk = await createDesk();
  const [who, twice] = [stranger(), added("A")];
  await desk.push(who, [twice, added("B"), event("wish-made", {}), event("line-added", { line: "C", n: -1 }), { id: "none" }, null]);
  await desk.push(who, [twice]);
  const counts = (type: string, verdict: string): number => valueOf(samples(desk), "carryover_events_total", { type, verdict });
  expect([counts("line-added", "applied"), counts("line-added", "duplicate"), counts("line-added", "refused")]).toEqual([2, 1, 1]);
  expect([counts("other", "applied"), counts("other", "refused"), counts("wish-made", "applied")]).toEqual([1, 2, 0]);
  expect(valueOf(samples(desk), "carryover_refusals_total", { of: "event", code: "event-malformed" })).toBe(3);
});

test("requests are counted by address and status, and refusals by their code", async () => {
  const desk = await createDesk();
  await desk.push(stranger(), []);
  await desk.post(PATHS.push, "no JSON");
  await desk.post(PATHS.push, { ...stranger({ site: "pk_nobody" }), events: [] });
  await desk.get("/v1/customers/anna/export", { authorization: "Bearer sk_test" });
  const all = samples(desk);
  expect([200, 400, 403].map((status) => valueOf(all, "carryover_requests_total", { route: PATHS.push, status: String(status) }))).toEqual([1, 1, 1]);
  expect(valueOf(all, "carryover_requests_total", { route: "/v1/customers/:customer/export", status: "404" })
    + valueOf(all, "carryover_requests_total", { route: "/v1/customers/:customer/export", status: "200" })).toBe(1);
  expect(valueOf(all, "carryover_refusals_total", { of: "request", code: "site-unknown" })).toBe(1);
  expect(valueOf(all, "carryover_request_seconds_count", { route: PATHS.push })).toBe(3);
});

test("a change that reaches a second screen is timed from its commit, and streams are counted while they are open", async () => {
  const desk = await createDesk();
  const who = stranger();
  await desk.push(who, [added("A")]);
  const streams = [readStream(await desk.pull(who)), readStream(await desk.pull(who))];
  await Promise.all(streams.map((stream) => stream.wait("snapshot")));
  expect(valueOf(samples(desk), "carryover_streams")).toBe(2);
  await desk.push(who, [added("B")]);
  await Promise.all(streams.map((stream) => stream.wait("")));
  const all = samples(desk);
  expect(valueOf(all, "carryover_delivery_seconds_count")).toBe(2);
  expect(valueOf(all, "carryover_delivery_seconds_sum")).toBeGreaterThan(0);
  expect(valueOf(all, "carryover_delivery_seconds_bucket", { le: "1" })).toBe(2);
  await Promise.all(streams.map((stream) => stream.leave()));
  expect(valueOf(samples(desk), "carryover_streams")).toBe(0);
});

test("what a reader does not take is told in bytes, and so is who was cut off for it", async () => {
  const desk = await createDesk();
  const [who, heavy] = [stranger(), "x".repeat(7_900)];
  await desk.push(who, [added("A")]);
  await desk.pull(who); // and nobody reads
  await desk.push(who, Array.from({ length: 10 }, () => event("wish-made", { heavy })));
  expect(valueOf(samples(desk), "carryover_stream_buffered_bytes")).toBeGreaterThan(79_000);
  expect(valueOf(samples(desk), "carryover_slow_readers_total")).toBe(0);
  for (let i = 0; i < 2; i++) await desk.push(who, Array.from({ length: 25 }, () => event("wish-made", { heavy })));
  expect(valueOf(samples(desk), "carryover_slow_readers_total")).toBe(1);
  expect(valueOf(samples(desk), "carryover_stream_buffered_bytes")).toBe(0);
});

test("jobs of the database are timed and none is said to wait when all are done, also one that failed", async () => {
  const desk = await createDesk();
  await Promise.all([desk.push(stranger(), [added("A")]), desk.push(stranger(), [added("B")]), desk.pull(stranger())]); // who was never told of a log is refused within its job
  const all = samples(desk);
  expect(valueOf(all, "carryover_store_seconds_count", { job: "write" })).toBeGreaterThanOrEqual(2);
  expect(valueOf(all, "carryover_store_seconds_count", { job: "read" })).toBeGreaterThanOrEqual(1);
  await vi.waitFor(() => expect(valueOf(samples(desk), "carryover_store_waiting")).toBe(0)); // the server's own are done as well
});

test("a job waits until the database takes it up, once even where it has to begin again", async () => {
  const measures = createMeasures();
  let take = (): void => {};
  const transact = async (job: (tx: never) => Promise<unknown>): Promise<unknown> => {
    await new Promise<void>((resolve) => (take = resolve));
    await job(undefined as never);
    return job(undefined as never); // it met another
  };
  const store = observedStore({ transact } as unknown as Store, measures, noTrace);
  const waiting = (): number => valueOf(samplesOf(measures.meter.text()), "carryover_store_waiting");
  const job = store.transact(async () => waiting());
  expect(waiting()).toBe(1);
  take();
  expect([await job, waiting()]).toEqual([0, 0]);
});

test("wrong codes are counted", async () => {
  const desk = await createDesk();
  await desk.post(PATHS.preview, { v: 1, site: "pk_test", key: "BCDFGHJK" });
  expect(valueOf(samples(desk), "carryover_wrong_codes_total")).toBe(1);
});

test("bounds of a histogram hold each other, and the last holds all", async () => {
  const desk = await createDesk();
  await desk.push(stranger(), [added("A")]);
  const all = samples(desk);
  const buckets = all.filter(({ name, labels }) => name === "carryover_request_seconds_bucket" && labels.route === PATHS.push);
  expect(buckets.map(({ value }) => value)).toEqual(buckets.map(({ value }) => value).sort((a, b) => a - b));
  expect(buckets.at(-1)).toMatchObject({ labels: { le: "+Inf" }, value: valueOf(all, "carryover_request_seconds_count", { route: PATHS.push }) });
});

test("the process tells of its memory, its time, its files and its lateness", async () => {
  const all = samples(await createDesk());
  expect(valueOf(all, "process_resident_memory_bytes")).toBeGreaterThan(10_000_000);
  expect(valueOf(all, "process_cpu_seconds_total")).toBeGreaterThan(0);
  expect(valueOf(all, "process_open_fds")).toBeGreaterThan(3);
  expect(valueOf(all, "process_start_time_seconds")).toBeCloseTo(Date.now() / 1_000, -5);
  expect(all.map(({ name }) => name)).toContain("nodejs_eventloop_lag_p99_seconds");
});

test("however many come, and whatever they call things, the metrics get no longer and name nobody", async () => {
  const desk = await createDesk();
  const come = async (n: number): Promise<void> => {
    for (let i = 0; i < n; i++) {
      const who = stranger();
      await desk.push(who, [added(`SCHOEN-${who.credential.slice(0, 8)}`), event(`wish-${i}-${n}`, {})]);
      await desk.post(PATHS.signIn, { ...who, token: await desk.token(`anna-${i}`), merge: "union", consent: "newest" });
      await desk.post(`/v1/${who.credential}`, {});
      await desk.get(`/v1/customers/anna-${i}/export`, { authorization: "Bearer sk_test" });
      await desk.get(`/nowhere/${i}`);
    }
  };
  await come(3);
  const before = samples(desk).length;
  await come(40);
  const text = desk.server.metrics();
  expect(samplesOf(text).length).toBe(before);
  expect(text).not.toMatch(/anna|SCHOEN|wish|nowhere|pk_test|sk_test|credential/);
});

test("on the public port they are given to whoever brings their secret, and to nobody where there is none", async () => {
  const open = await createDesk({ metricsSecret: "hush-hush" });
  const { status, headers, body } = await open.get("/metrics", { authorization: "Bearer hush-hush" });
  expect([status, headers.get("content-type")]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8"]);
  expect(valueOf(samplesOf(String(body)), "carryover_part_well", { part: "database" })).toBe(1);
  expect((await open.get("/metrics")).status).toBe(401);
  expect((await open.get("/metrics", { authorization: "Bearer hush" })).status).toBe(401);
  expect((await (await createDesk()).get("/metrics", { authorization: "Bearer " })).status).toBe(404);
});

test("the door for whoever runs the server is on a port of its own, and no shopper's address is behind it", async () => {
  const desk = await createDesk();
  const { url } = await desk.server.listenForMetrics({ port: 0 });
  const answer = await fetch(`${url}/metrics`);
  expect(answer.status).toBe(200);
  expect(samplesOf(await answer.text()).length).toBeGreaterThan(20);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  expect((await fetch(`${url}${PATHS.push}`, { method: "POST", body: "{}" })).status).toBe(404);
});

/** The first column of the table in docs/operations.md that has this head. */
function documented(head: string): string[] {
  const [, table = ""] = readFileSync("docs/operations.md", "utf8").split(`\n| ${head} |`);
  const [rows = ""] = table.split("\n\n");
  return [...rows.matchAll(/^\| (.+?) \|/gm)].flatMap(([, cell = ""]) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name));
}

test("docs/operations.md has a row for each measure with its labels, and for none that there is not", async () => {
  const desk = await createDesk();
  const who = stranger();
  await desk.push(who, [added("A"), { id: "x" }]);
  await desk.get("/v1/nowhere");
  await desk.get("/readyz");
  const text = desk.server.metrics();
  const found = [...text.matchAll(/^# TYPE (\S+) (\w+)$/gm)].map(([, name = "", type]) => {
    const labels = new Set([...text.matchAll(new RegExp(`^${name}(?:_bucket)?\\{(.+)\\} `, "gm"))].flatMap(([, said = ""]) => [...said.matchAll(/(\w+)="/g)].map(([, label]) => label)));
    if (type === "histogram") labels.delete("le");
    return labels.size === 0 ? name : `${name}{${[...labels].join(",")}}`;
  });
  const own = found.filter((name) => name.startsWith("carryover_"));
  expect(own.length).toBeGreaterThan(10);
  expect(documented("measure").filter((name) => name.startsWith("carryover_")).sort()).toEqual(own.sort());
  const families = documented("measure").filter((name) => name.endsWith("*")).map((name) => name.slice(0, -1));
  expect(found.filter((name) => !name.startsWith("carryover_") && !families.some((family) => name.startsWith(family)))).toEqual([]);
});

test("docs/operations.md has a row for each part of /readyz", async () => {
  const { body } = await (await createDesk()).get("/readyz");
  expect(documented("part").sort()).toEqual((body as { parts: { name: string }[] }).parts.map(({ name }) => name).sort());
});

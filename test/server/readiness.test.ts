/** What a balancer asks before it sends shoppers here. */
import { expect, test, vi } from "vitest";
import { createReadiness } from "../../src/server/operator/readiness.js";
import { added, atEnd, createDesk, stranger } from "./desk.js";
import { readStream } from "./stream.js";

test("a server that runs says of each part that it is well, and since when", async () => {
  const desk = await createDesk();
  const { status, body, headers } = await desk.get("/readyz");
  expect([status, headers.get("cache-control")]).toEqual([200, "no-store"]);
  expect(body).toEqual({ isReady: true, parts: [{ name: "database", isWell: true, since: desk.now }, { name: "accepting", isWell: true, since: desk.now }, { name: "bus", isWell: true, since: desk.now }] });
});

test("a server that drains lives, and is not ready", async () => {
  const desk = await createDesk();
  desk.now += 5_000;
  await desk.server.drain(0);
  expect((await desk.get("/healthz")).status).toBe(200);
  const { status, body } = await desk.get("/readyz");
  expect(status).toBe(503);
  expect(body).toMatchObject({ isReady: false, parts: [{ name: "database", isWell: true }, { name: "accepting", isWell: false, since: desk.now }, { name: "bus", isWell: true }] });
});

test("while it drains, pushes are answered, and whoever keeps a connection is told to make another", async () => {
  const desk = await createDesk();
  await desk.server.drain(0);
  const { status, headers } = await desk.post("/v1/push", { ...stranger(), events: [added("A")] });
  expect([status, headers.get("connection")]).toEqual([200, "close"]);
});

test("while it drains no stream begins, and a device is told to try again", async () => {
  const desk = await createDesk();
  const who = stranger();
  await desk.push(who, [added("A")]);
  await desk.server.drain(0);
  const refused = await desk.pull(who);
  expect([refused.status, await refused.json()]).toEqual([503, expect.objectContaining({ code: "unavailable", retryable: true })]);
});

test("streams are sent elsewhere one after the other, not all at once", async () => {
  const desk = await createDesk();
  const who = stranger();
  await desk.push(who, [added("A")]);
  const streams = await Promise.all(Array.from({ length: 10 }, async () => readStream(await desk.pull(who))));
  await Promise.all(streams.map((stream) => stream.wait("snapshot")));
  const startedAt = performance.now();
  const endedAfter: number[] = [];
  const ended = Promise.all(streams.map(async (stream) => {
    await stream.over();
    endedAfter.push(performance.now() - startedAt);
  }));
  await Promise.all([desk.server.drain(10_000), ended]);
  for (const stream of streams) expect(stream.frames.at(-1)).toMatchObject({ event: "bye", data: { withinMs: 1_000 } });
  expect(endedAfter.at(-1)).toBeGreaterThan(80); // ten of them, a hundred a second
  expect(new Set(endedAfter.map((ms) => Math.floor(ms / 10))).size).toBeGreaterThan(3);
});

test("a database that does not answer within a second is not well, until it answers again; it is not asked twice meanwhile", async () => {
  vi.useFakeTimers();
  atEnd(() => void vi.useRealTimers());
  let [asked, answer, now] = [0, (): void => {}, 1_000];
  const readiness = createReadiness({ now: () => now, database: () => new Promise<void>((resolve) => {
    asked += 1;
    answer = resolve;
  }) });
  const [first, second] = [readiness.check(), readiness.check()];
  now = 2_000;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await first).toEqual([{ name: "database", isWell: false, since: 2_000 }, { name: "accepting", isWell: true, since: 1_000 }]);
  expect(await second).toEqual(await first);
  now = 3_000;
  const third = readiness.check();
  answer();
  expect((await third)[0]).toEqual({ name: "database", isWell: true, since: 3_000 });
  expect(asked).toBe(1);
});

test("a database that refuses is not well, and other parts are asked how they are", async () => {
  const bus = { name: "bus", isWell: false, since: 7 };
  const readiness = createReadiness({ now: () => 9, database: () => Promise.reject(new Error("gone")), others: () => [bus] });
  expect(await readiness.check()).toEqual([{ name: "database", isWell: false, since: 9 }, { name: "accepting", isWell: true, since: 9 }, bus]);
});

test("a bus that is away makes no server unready: it would be away for all of them at once, and devices are served without", async () => {
  const readiness = createReadiness({ now: () => 9, database: async () => undefined, others: () => [{ name: "bus", isWell: false, since: 7 }] });
  await readiness.check();
  expect(readiness.isReady).toBe(true);
});

/** One device, or one site, that asks for too much waits; nobody else notices, and nothing is lost. */
import { expect, test } from "vitest";
import { PATHS } from "../../src/wire/version.js";
import { added, createDesk, type Desk, expectRefusal, site, stranger, type Voice } from "./desk.js";
import { samplesOf, valueOf } from "./exposition.js";
import { readStream } from "./stream.js";

const other = { ...site, key: "pk_other", secretKey: "sk_other" };

const pushOf = (desk: Desk, who: Voice) => desk.post(PATHS.push, { ...who, events: [added("A")] });

async function statuses(desk: Desk, who: Voice, count: number): Promise<number[]> {
  const found: number[] = [];
  for (let i = 0; i < count; i++) found.push((await pushOf(desk, who)).status);
  return found;
}

test("a device that asks too often is told how long to wait, and is served again then; the one beside it is served all the time", async () => {
  const desk = await createDesk({ sites: [{ ...site, limits: { device: { requestsPerSecond: 2, burst: 3 } } }] });
  const [hasty, calm] = [stranger(), stranger()];
  expect(await statuses(desk, hasty, 3)).toEqual([200, 200, 200]);
  const refused = await pushOf(desk, hasty);
  expectRefusal(refused, "too-many-requests", 429);
  expect([refused.headers.get("retry-after"), (refused.body as { retryable: boolean }).retryable]).toEqual(["1", true]);
  expect(await statuses(desk, calm, 1)).toEqual([200]);
  desk.now += 500;
  expect(await statuses(desk, hasty, 2)).toEqual([200, 429]);
  desk.now += 60_000;
  expect(await statuses(desk, hasty, 4)).toEqual([200, 200, 200, 429]); // rested, and no more than that
  expect(valueOf(samplesOf(desk.server.metrics()), "carryover_refusals_total", { of: "request", code: "too-many-requests" })).toBe(3);
});

test("a device is known by its credential, in the message or in the header", async () => {
  const desk = await createDesk({ sites: [{ ...site, limits: { device: { requestsPerSecond: 1, burst: 2 } } }] });
  const who = stranger();
  await desk.push(who, [added("A")]);
  await readStream(await desk.pull(who)).wait("snapshot");
  expect((await desk.pull(who)).status).toBe(429);
  expect((await desk.get("/v1/receipts?site=pk_test", { authorization: `Bearer ${who.credential}` })).status).toBe(429);
});

test("a site that asks too much waits as a whole, whoever its devices say they are, and another site does not", async () => {
  const desk = await createDesk({ sites: [{ ...site, limits: { site: { requestsPerSecond: 10, burst: 5 } } }, other] });
  for (let i = 0; i < 5; i++) expect(await statuses(desk, stranger(), 1)).toEqual([200]);
  expect(await statuses(desk, stranger(), 1)).toEqual([429]);
  expect(await statuses(desk, stranger({ site: "pk_other" }), 1)).toEqual([200]);
  desk.now += 100;
  expect(await statuses(desk, stranger(), 2)).toEqual([200, 429]);
});

test("a device with too many streams keeps the newest: what it has left behind is dead more often than not", async () => {
  const desk = await createDesk({ sites: [{ ...site, limits: { device: { streams: 2 } } }] });
  const who = stranger();
  await desk.push(who, [added("A")]);
  const streams = [];
  for (let i = 0; i < 3; i++) {
    streams.push(readStream(await desk.pull(who)));
    await streams.at(-1)?.wait("snapshot");
  }
  await streams[0]?.over();
  expect(streams[0]?.frames.at(-1)).toMatchObject({ event: "bye", data: { withinMs: 30_000 } });
  await desk.push(who, [added("B")]);
  for (const stream of streams.slice(1)) expect(await stream.wait("")).toHaveLength(1);
});

test("a site with too many streams gets no more of them until one ends", async () => {
  const desk = await createDesk({ sites: [{ ...site, limits: { site: { streams: 2 } } }, other] });
  const open = async (who: Voice): Promise<Response> => {
    await desk.push(who, [added("A")]);
    return desk.pull(who);
  };
  const [first, second] = [readStream(await open(stranger())), await open(stranger())];
  expect((await open(stranger())).status).toBe(429);
  expect((await open(stranger({ site: "pk_other" }))).status).toBe(200);
  await first.leave();
  expect((await open(stranger())).status).toBe(200);
  await second.body?.cancel();
});

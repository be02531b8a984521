/** The command is told to stop while shoppers are at it: nobody loses anything, and everybody is sent elsewhere. */
import { expect, test } from "vitest";
import type { PushAnswer } from "../../src/wire/push.js";
import { run } from "./command.js";
import { added, stranger, tempFile, type Voice } from "./desk.js";
import { readLedger } from "./ledger.js";
import { readStream } from "./stream.js";

const demo = (): Voice => stranger({ site: "pk_demo" });

const push = (url: string, who: Voice, events: readonly unknown[]): Promise<Response> =>
  fetch(`${url}/v1/push`, { method: "POST", body: JSON.stringify({ ...who, events }) });

const pull = (url: string, { credential, ...who }: Voice): Promise<Response> =>
  fetch(`${url}/v1/pull`, { method: "POST", headers: { authorization: `Bearer ${credential}` }, body: JSON.stringify(who) });

test("told to stop, it is ready no more, sends streams elsewhere, answers pushes until the end, and has lost none that it acknowledged", async () => {
  const database = tempFile();
  const server = run(["serve", "--port", "0", "--database", database]);
  const url = await server.listening();
  const devices = Array.from({ length: 60 }, demo);
  const streams = await Promise.all(devices.map(async (who) => {
    await push(url, who, [added("A")]);
    return readStream(await pull(url, who));
  }));
  await Promise.all(streams.map((stream) => stream.wait("snapshot")));

  const acknowledged: string[] = [];
  let [isTold, isOver, afterSignal] = [false, false, 0];
  const hand = async (who: Voice): Promise<void> => {
    while (!isOver) {
      const event = added("B");
      const answer = await push(url, who, [event]).catch(() => undefined);
      if (answer === undefined) return;
      expect(answer.status).toBe(200);
      acknowledged.push(...((await answer.json()) as PushAnswer).answers.map(([id]) => id));
      if (isTold) afterSignal += 1;
    }
  };
  const hands = devices.slice(0, 4).map(hand);
  server.child.kill("SIGTERM");
  isTold = true;
  await Promise.all(streams.map((stream) => stream.over()));
  expect(await server.ended).toBe(0);
  isOver = true;
  await Promise.all(hands);

  for (const stream of streams) expect(stream.frames.at(-1)).toMatchObject({ event: "bye", data: { withinMs: expect.any(Number) } });
  expect(afterSignal).toBeGreaterThan(0);
  const kept = readLedger(database).rows().entries.map(({ id }) => id);
  expect(acknowledged.filter((id) => !kept.includes(id))).toEqual([]);
  expect(new Set(kept).size).toBe(kept.length);
});

test("while it drains a balancer is told so, and a second signal ends it at once", async () => {
  const server = run(["serve", "--port", "0", "--database", tempFile(), "--drain-ms", "60000"]);
  const url = await server.listening();
  const devices = Array.from({ length: 300 }, demo); // three seconds' worth, at a hundred a second
  const streams = await Promise.all(devices.map(async (who) => {
    await push(url, who, [added("A")]);
    return readStream(await pull(url, who));
  }));
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  server.child.kill("SIGTERM");
  await Promise.race(streams.map((stream) => stream.over()));
  const ready = await fetch(`${url}/readyz`);
  expect([ready.status, ready.headers.get("connection")]).toEqual([503, "close"]);
  expect(await ready.json()).toMatchObject({ isReady: false, parts: [{ name: "database", isWell: true }, { name: "accepting", isWell: false }, { name: "bus", isWell: true }] });
  expect((await pull(url, devices.at(-1) as Voice)).status).toBe(503);
  server.child.kill("SIGINT");
  expect(await server.ended).toBe(130);
  expect(streams.filter((stream) => stream.frames.at(-1)?.event !== "bye").length).toBeGreaterThan(0);
});

test("with nobody on the line it stops without waiting", async () => {
  const server = run(["serve", "--port", "0", "--database", tempFile(), "--drain-ms", "60000"]);
  await server.listening();
  const startedAt = performance.now();
  server.child.kill("SIGTERM");
  expect(await server.ended).toBe(0);
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});

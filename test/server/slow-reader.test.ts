/** A device that does not read what it is sent: it costs its share and no more, and misses nothing in the end. */
import { expect, test, vi } from "vitest";
import { encodeCursor } from "../../src/wire/pull.js";
import { PATHS } from "../../src/wire/version.js";
import { added, atEnd, createDesk, type Desk, event, stranger, type Voice } from "./desk.js";
import { samplesOf, valueOf } from "./exposition.js";
import { helloOf, readStream, snapshotOf } from "./stream.js";
import { lettersOf, type Tap, tap } from "./wire-tap.js";

test("a device that reads nothing at all is hung up on, and goes on where it stood", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  atEnd(() => void vi.useRealTimers());
  const { desk, who, cursor, slow, measure, speak } = await silentDevice();
  let [sent, most] = [1, 0];
  for (; measure("carryover_slow_readers_total") === 0; sent += 10) {
    most = Math.max(most, measure("carryover_stream_buffered_bytes"));
    await speak();
  }
  expect(most).toBeLessThan(256 * 1024);
  expect(measure("carryover_streams")).toBe(0); // it follows no more
  vi.advanceTimersByTime(10_000); // and is hung up on, though it has taken none of what was still to come
  slow.resume();
  await slow.over;
  const heard = [...slow.heard.matchAll(/^data: \[(\d+),/gm)].map(([, seq]) => Number(seq));
  expect(heard).toEqual(heard.map((_, i) => i + 2)); // what did come was in order and whole
  expect(heard.length).toBeLessThan(sent - 20); // what was still to come did not: nobody keeps it for one who does not read
  const again = readStream(await desk.pull(who, { cursor }));
  const [frame] = await again.wait("snapshot"); // more was missed than is told one by one
  expect(snapshotOf(frame)).toMatchObject({ seq: sent, isVouched: true });
});

test("a server that stops waits two seconds for a device that does not even take its goodbye", async () => {
  const { desk, slow, measure, speak } = await silentDevice();
  while (measure("carryover_stream_buffered_bytes") < 100_000) await speak();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  atEnd(() => void vi.useRealTimers());
  const closed = desk.server.close();
  vi.advanceTimersByTime(2_000);
  slow.resume();
  await Promise.all([slow.over, closed]);
  expect(slow.heard).not.toContain("event: bye"); // it was hung up on before it got so far
  expect(measure("carryover_slow_readers_total")).toBe(0);
});

/** A device that has opened its stream and reads nothing of it. */
interface Silent {
  readonly desk: Desk;
  readonly who: Voice;
  readonly cursor: string;
  readonly slow: Tap;
  /** What the server counts under this name. */
  measure(name: string): number;
  /** Ten large events come its way. */
  speak(): Promise<unknown>;
}

async function silentDevice(): Promise<Silent> {
  const desk = await createDesk();
  const { url } = await desk.server.listen({ port: 0 });
  const { who, cursor } = await startedDevice(desk);
  const { credential, ...rest } = who;
  const slow = tap(url);
  slow.pause();
  slow.say(lettersOf(PATHS.pull, JSON.stringify({ ...rest, cursor }), { authorization: `Bearer ${credential}` }));
  const measure = (name: string): number => valueOf(samplesOf(desk.server.metrics()), name);
  while (measure("carryover_streams") === 0) await new Promise(setImmediate);
  const heavy = "x".repeat(7_900);
  const speak = (): Promise<unknown> => desk.push(who, Array.from({ length: 10 }, () => event("wish-made", { heavy })));
  return { desk, who, cursor, slow, measure, speak };
}

async function startedDevice(desk: Desk): Promise<{ who: Voice; cursor: string }> {
  const who = stranger();
  await desk.push(who, [added("A")]);
  const stream = readStream(await desk.pull(who));
  const { seq, hash } = snapshotOf((await stream.wait("snapshot"))[0]);
  const { epoch } = helloOf(stream.frames[1]);
  await stream.leave();
  return { who, cursor: encodeCursor(epoch, seq, hash) };
}

/** For a device behind a proxy that holds streams back: an answer that ends, at once, with the first news, or after its time. */
import { expect, test } from "vitest";
import { encodeCursor } from "../../src/wire/pull.js";
import { added, createDesk, type Desk, stranger, type Voice } from "./desk.js";
import { entryOf, helloOf, readStream, snapshotOf } from "./stream.js";

/** A visitor with one line, and where their screen stands. */
async function visitor(): Promise<{ desk: Desk; who: Voice; cursor: string }> {
  const desk = await createDesk();
  const who = stranger();
  await desk.push(who, [added("SCHOEN-42")]);
  const first = readStream(await desk.pull(who, { holdMs: 0 }));
  await first.over();
  const { seq, hash } = snapshotOf(first.frames.find(({ event }) => event === "snapshot"));
  return { desk, who, cursor: encodeCursor(helloOf(first.frames[0]).epoch, seq, hash) };
}

test("an answer without patience ends at once, with or without news", async () => {
  const { desk, who, cursor } = await visitor();
  const nothing = readStream(await desk.pull(who, { cursor, holdMs: 0 }));
  await nothing.over();
  expect(nothing.frames.map(({ event }) => event)).toEqual(["hello"]);
});

test("what has happened meanwhile is told at once, however patient the device is", async () => {
  const { desk, who, cursor } = await visitor();
  await desk.push(who, [added("BOEK-1")]);
  const answer = readStream(await desk.pull(who, { cursor, holdMs: 25_000 }));
  await answer.over();
  expect(answer.frames.map(({ event }) => event)).toEqual(["hello", ""]);
  expect(entryOf(answer.frames[1]).data).toEqual({ line: "BOEK-1", n: 1 });
});

test("a patient answer ends with the first thing that happens", async () => {
  const { desk, who, cursor } = await visitor();
  const answer = readStream(await desk.pull(who, { cursor, holdMs: 25_000 }));
  await answer.wait("hello");
  expect(answer.isOver).toBe(false);
  await desk.push(who, [added("BOEK-1"), added("BOEK-2")]);
  await answer.over();
  expect(answer.frames.map(({ event }) => event)).toEqual(["hello", "", ""]);
});

test("a patient answer ends when its time is over, and follows nobody any more", async () => {
  const { desk, who, cursor } = await visitor();
  const answer = readStream(await desk.pull(who, { cursor, holdMs: 50 }));
  await answer.over();
  await desk.push(who, [added("BOEK-1")]);
  expect([answer.frames.map(({ event }) => event), desk.faults]).toEqual([["hello"], []]);
});

test.each([-1, 25_001, "long"])("a patience of %s is refused", async (holdMs) => {
  const { desk, who } = await visitor();
  expect((await desk.pull(who, { holdMs } as never)).status).toBe(400);
});

/** The way down: what a stream says first, what it says of each change, and when it ends. */
import { expect, test, vi } from "vitest";
import { FOLD } from "../../src/model/state.js";
import { createLive } from "../../src/server/live.js";
import { HEARTBEAT_MS } from "../../src/wire/pull.js";
import { encodeCursor } from "../../src/wire/pull.js";
import { PATHS } from "../../src/wire/version.js";
import { signIn } from "./consent.js";
import { added, atEnd, createDesk, event, expectRefusal, id, stranger } from "./desk.js";
import { entryOf, helloOf, readStream, snapshotOf } from "./stream.js";

test("a stream greets with the database, the log and the time, and gives a newcomer the whole cart", async () => {
  const desk = await createDesk();
  const who = stranger();
  const { log } = await desk.push(who, [added("SCHOEN-42", 2)]);
  const response = await desk.pull(who);
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  expect(response.headers.get("cache-control")).toBe("no-store, no-transform");
  expect(response.headers.get("x-accel-buffering")).toBe("no");
  const stream = readStream(response);
  const [frame] = await stream.wait("snapshot");
  expect(stream.frames.map((f) => f.event)).toEqual(["comment", "hello", "snapshot"]);
  expect(stream.frames[0]?.bytes).toBeGreaterThan(2_048); // for proxies that hold back the first kilobytes
  expect(helloOf(stream.frames[1])).toEqual({ epoch: expect.stringMatching(/^[\w-]{8}$/), log, now: desk.now });
  expect(snapshotOf(frame)).toMatchObject({ log, seq: 1, fold: FOLD, state: { cart: { lines: [{ id: "SCHOEN-42" }] } } });
});

test("a device that says where it stands hears only what it missed", async () => {
  const desk = await createDesk();
  const who = stranger();
  await desk.push(who, [added("A"), added("B")]);
  const first = readStream(await desk.pull(who));
  const [frame] = await first.wait("snapshot");
  const { seq, hash } = snapshotOf(frame);
  const { epoch } = helloOf(first.frames[1]);
  await first.leave();

  await desk.push(who, [added("C"), added("D")]);
  const again = readStream(await desk.pull(who, { cursor: encodeCursor(epoch, seq, hash) }));
  const entries = await again.wait("", 2);
  expect(again.frames.map((f) => f.event)).toEqual(["comment", "hello", "", ""]);
  expect(entries.map((f) => [entryOf(f).seq, entryOf(f).data])).toEqual([[3, { line: "C", n: 1 }], [4, { line: "D", n: 1 }]]);
});

test.each([
  ["another database", (epoch: string, seq: number, hash: number) => encodeCursor(`${epoch}x`, seq, hash)],
  ["another history of this number", (epoch: string, seq: number, hash: number) => encodeCursor(epoch, seq, hash ^ 1)],
  ["a number that is not written yet", (epoch: string, seq: number, hash: number) => encodeCursor(epoch, seq + 1, hash)],
  ["nothing that a server ever said", () => "rubbish"],
])("a device that stands in %s gets the whole cart again", async (_, cursorOf) => {
  const desk = await createDesk();
  const who = stranger();
  await desk.push(who, [added("A")]);
  const first = readStream(await desk.pull(who));
  const { seq, hash } = snapshotOf((await first.wait("snapshot"))[0]);
  const again = readStream(await desk.pull(who, { cursor: cursorOf(helloOf(first.frames[1]).epoch, seq, hash) }));
  expect(snapshotOf((await again.wait("snapshot"))[0])).toMatchObject({ seq: 1 });
});

test("the place in another log, kept from before a sign-in, is no place in this one", async () => {
  const desk = await createDesk();
  const who = stranger();
  await desk.push(who, [added("A")]);
  const visitor = readStream(await desk.pull(who));
  const { seq, hash } = snapshotOf((await visitor.wait("snapshot"))[0]);
  await desk.post(PATHS.signIn, { ...who, token: await desk.token("anna"), merge: "union", consent: "newest" });
  await visitor.over();
  expect(visitor.frames.at(-1)?.event).toBe("bye");
  const account = readStream(await desk.pull(who, { cursor: encodeCursor(helloOf(visitor.frames[1]).epoch, seq, hash) }));
  expect(snapshotOf((await account.wait("snapshot"))[0])).toMatchObject({ state: { customer: { isKnown: true } } });
});

test("a stream that is asked for while its device signs in is given all the same, and none stays with the cart that the device has left", async () => {
  const desk = await createDesk();
  await Promise.all(Array.from({ length: 20 }, async (_, i) => {
    const who = stranger();
    await desk.push(who, [added("BEFORE")]);
    const asking: Promise<Response>[] = [];
    const ask = (): void => void asking.push(desk.pull(who));
    const signing = signIn(desk, who, `customer-${i}`);
    for (let turn = 0; turn < 8; turn++) {
      ask();
      await new Promise(setImmediate);
    }
    const { log } = await signing;
    const answers = await Promise.all(asking);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    for (const answer of answers) {
      const stream = readStream(answer);
      const [hello] = await stream.wait("hello");
      if (helloOf(hello).log !== log) await stream.over(); // of the visitor's cart: its device is sent to ask again
    }
  }));
});

test("who missed more than 200 entries gets the fold, told which of the unsure events are in it", async () => {
  const desk = await createDesk();
  const who = stranger();
  const first = added("A");
  await desk.push(who, [first]);
  const stream = readStream(await desk.pull(who));
  const { hash } = snapshotOf((await stream.wait("snapshot"))[0]);
  const cursor = encodeCursor(helloOf(stream.frames[1]).epoch, 1, hash);
  const more = Array.from({ length: 201 }, () => added("A"));
  for (const part of [more.slice(0, 100), more.slice(100, 200)]) await desk.push(who, part);
  expect((await readStream(await desk.pull(who, { cursor })).wait("", 200))).toHaveLength(200);

  await desk.push(who, more.slice(200));
  const unsure = [more[7]?.id, id(), more[200]?.id];
  const [frame] = await readStream(await desk.pull(who, { cursor, unsure })).wait("snapshot");
  expect(snapshotOf(frame)).toMatchObject({ seq: 202 });
  // Besides what it asks about, the device is told of its own latest: they may have overtaken the question.
  const { included } = snapshotOf(frame);
  expect(included).toEqual(expect.arrayContaining([unsure[0], unsure[2], more[199]?.id]));
  expect(included).not.toContain(unsure[1]);
});

test("one line changed among 50 costs each screen at most 150 bytes", async () => {
  const desk = await createDesk();
  const who = stranger();
  await desk.push(who, Array.from({ length: 50 }, (_, i) => added(`SCHOEN-${i}`, 2)));
  const stream = readStream(await desk.pull(who));
  await stream.wait("snapshot");
  const changes = [added("SCHOEN-7", 1, { base: 50 }), event("line-set", { line: "SCHOEN-7", n: 12 }, { base: 50 }), event("line-removed", { line: "SCHOEN-8" }, { base: 50 }), event("field-set", { line: "SCHOEN-9", name: "note", value: "cadeau" }, { base: 50 })];
  for (const change of changes) await desk.push(who, [change]);
  const frames = await stream.wait("", changes.length);
  expect(Math.max(...frames.map(({ bytes }) => bytes))).toBeLessThanOrEqual(150);
  expect(entryOf(frames[1])).toMatchObject({ data: { line: "SCHOEN-7", n: 12 }, base: 50, channel: "web", seq: 52 });
});

test("nothing is said twice and nothing is left out while streams come and go and others write", async () => {
  const desk = await createDesk();
  const who = stranger();
  await desk.push(who, [added("A")]);
  const writing = Promise.all(Array.from({ length: 60 }, () => desk.push(who, [added("A")])));
  const streams = await Promise.all(Array.from({ length: 8 }, async () => readStream(await desk.pull(who))));
  await writing;
  await desk.push(who, [added("LAST")]);
  for (const stream of streams) {
    const [frame] = await stream.wait("snapshot");
    const start = snapshotOf(frame).seq;
    const entries = await stream.wait("", 62 - start);
    expect(entries.map((f) => entryOf(f).seq)).toEqual(Array.from({ length: 62 - start }, (_, i) => start + 1 + i));
  }
});

test("who made a change hears of it last: they show it already, and the others wait for it", () => {
  const live = createLive({ read: async () => [], report: (error) => { throw error; } });
  const told: string[] = [];
  const silent = { handoff: () => undefined, bye: () => undefined, beat: () => undefined, bufferedBytes: () => 0 };
  for (const name of ["phone", "desktop", "kiosk"]) live.follow("log", { ...silent, device: name, name, entries: () => void told.push(name) }).stand(0);
  const change = (seq: number, device: string) => ({ id: id(), type: "cart-kept", data: {}, at: 1, base: 0, seq, device, channel: "web" });
  live.announce([{ log: "log", entries: [change(1, "phone")] }]);
  live.announce([{ log: "log", entries: [change(2, "kiosk"), change(3, "kiosk")] }]);
  expect(told).toEqual(["desktop", "kiosk", "phone", "phone", "desktop", "kiosk"]);
});

test("a quiet stream is kept warm, so that a device can tell quiet from dead", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  atEnd(() => void vi.useRealTimers());
  const desk = await createDesk();
  const who = stranger();
  await desk.push(who, [added("A")]);
  const stream = readStream(await desk.pull(who));
  await stream.wait("snapshot");
  vi.advanceTimersByTime(HEARTBEAT_MS * 2);
  const beats = await stream.wait("comment", 3); // the padding, and two beats
  expect(beats.slice(1).map(({ bytes }) => bytes)).toEqual([3, 3]);
});

test("a reader that takes nothing is cut off before it costs more than its share of memory", async () => {
  const desk = await createDesk();
  const [who, heavy] = [stranger(), "x".repeat(7_900)];
  await desk.push(who, [added("A")]);
  const response = await desk.pull(who);
  for (let i = 0; i < 4; i++) await desk.push(who, Array.from({ length: 30 }, () => event("wish-made", { heavy })));
  const stream = readStream(response); // what was said until the cut still arrives
  await stream.over();
  const bytes = stream.frames.reduce((sum, frame) => sum + frame.bytes, 0);
  expect(bytes).toBeLessThan(600 * 1024);
  const seqs = stream.frames.filter((f) => f.event === "").map((f) => entryOf(f).seq);
  expect(seqs).toEqual(seqs.map((_, i) => i + 2));
});

test("a stream without the credential in the header, or with one that nobody has, is refused", async () => {
  const desk = await createDesk();
  const { credential, ...who } = stranger();
  for (const headers of [{}, { authorization: credential }, { authorization: `Bearer ${credential}` }, { authorization: `Bearer ${"\u00e9".repeat(52)}` }]) {
    expectRefusal(await desk.post(PATHS.pull, who, { headers }), "credential-unknown", 401);
  }
});

test("when the server stops, every stream says goodbye, and whoever comes back asks again", async () => {
  const desk = await createDesk();
  const who = stranger();
  await desk.push(who, [added("A")]);
  const streams = [readStream(await desk.pull(who)), readStream(await desk.pull(who))];
  await Promise.all(streams.map((stream) => stream.wait("snapshot")));
  await desk.server.close();
  for (const stream of streams) {
    await stream.over();
    expect(stream.frames.at(-1)).toMatchObject({ event: "bye", data: { withinMs: 2 } }); // 1 000 a second, and these are two
  }
});

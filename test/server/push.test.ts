/** The way up: each event is judged by itself, once, however often it is sent. */
import { expect, test } from "vitest";
import { encodeCursor } from "../../src/wire/pull.js";
import { PATHS } from "../../src/wire/version.js";
import "./described.js";
import { added, createDesk, emptyDatabase, event, expectRefusal, id, stranger } from "./desk.js";
import { readLedger } from "./ledger.js";
import { entryOf, helloOf, readStream, snapshotOf } from "./stream.js";

test("one bad event never blocks the others", async () => {
  const desk = await createDesk();
  const [first, last] = [added("SCHOEN-42"), added("BOEK-1")];
  const bad = [null, 1, "x", [], {}, { id: "short" }, { ...added("X"), at: -1 }, added("X", 0), event("line-added", null), event("order-placed", { lines: [] })];
  const { answers } = await desk.push(stranger(), [first, ...bad, last]);
  expect(answers).toHaveLength(bad.length + 2);
  expect(answers[0]).toEqual([first.id, "applied", 1]);
  expect(answers.at(-1)).toEqual([last.id, "applied", 2]);
  expect(answers.slice(1, -1).map(([, verdict]) => verdict)).toEqual(bad.map(() => "refused"));
  expect(answers.slice(1, -1).map(([, , code]) => code)).toEqual([...bad.slice(1).map(() => "event-malformed"), "server-only"]);
});

test("an event that comes again is a duplicate with the number it has: in the next push, in the same push, from another tab", async () => {
  const desk = await createDesk();
  const who = stranger();
  const one = added("SCHOEN-42");
  expect((await desk.push(who, [one, one])).answers).toEqual([[one.id, "applied", 1], [one.id, "duplicate", 1]]);
  const again = await Promise.all(Array.from({ length: 20 }, () => desk.push(who, [one])));
  expect(again.flatMap(({ answers }) => answers)).toEqual(again.map(() => [one.id, "duplicate", 1]));
});

test("a stranger whose first push is sent twenty times at once becomes one visitor with one line", async () => {
  const desk = await createDesk();
  const who = stranger();
  const events = [added("SCHOEN-42", 2)];
  const answers = await Promise.all(Array.from({ length: 20 }, () => desk.push(who, events)));
  expect(new Set(answers.map(({ log }) => log)).size).toBe(1);
  expect(answers.filter(({ answers }) => answers[0]?.[1] === "applied")).toHaveLength(1);
});

test("what comes again may carry something else: the first word counts", async () => {
  const desk = await createDesk();
  const who = stranger();
  const one = added("SCHOEN-42");
  await desk.push(who, [one]);
  expect((await desk.push(who, [{ ...one, data: { line: "SCHOEN-42", n: 9_999 } }])).answers[0]?.[1]).toBe("duplicate");
  const [snapshot] = await readStream(await desk.pull(who)).wait("snapshot");
  expect(JSON.stringify(snapshotOf(snapshot).state)).not.toContain("9999");
});

test("a base from the future is brought down to what there was to see, a time from the future to now", async () => {
  const desk = await createDesk();
  const who = stranger();
  await desk.push(who, [added("SCHOEN-42")]);
  const stream = readStream(await desk.pull(who));
  await stream.wait("snapshot");
  await desk.push(who, [added("BOEK-1", 1, { base: 1_000_000, at: desk.now + 86_400_000 })]);
  const [frame] = await stream.wait("");
  expect(entryOf(frame)).toMatchObject({ seq: 2, base: 1, at: desk.now });
});

test("a grant that claims to have seen the future does not outlive the next refusal", async () => {
  const desk = await createDesk();
  const who = stranger();
  await desk.post(PATHS.signIn, { ...who, token: await desk.token("anna"), merge: "union", consent: "newest" });
  const decision = (isGranted: boolean, more = {}) => event("consent-decided", { scope: "account", asked: "account", policy: "1", purposes: { marketing: isGranted } }, more);
  await desk.push(who, [decision(true, { base: 10_000, log: undefined })]);
  await desk.push(who, [decision(false, { base: 2 })]);
  const [frame] = await readStream(await desk.pull(who)).wait("snapshot");
  expect(snapshotOf(frame).state.consent.scopes[0]?.purposes[0]).toMatchObject({ name: "marketing", grants: [] });
});

test("a type that only a newer shop knows is kept and handed on", async () => {
  const desk = await createDesk();
  const who = stranger();
  const wish = event("wish-made", { sku: "JAS-3", __proto__: { x: 1 }, deep: [[[{ "constructor": 1 }]]] });
  expect((await desk.push(who, [wish])).answers).toEqual([[wish.id, "applied", 1]]);
  const reader = readStream(await desk.pull(who, { cursor: "x.0.0" }));
  await reader.wait("snapshot");
  await desk.push(who, [event("wish-made", { sku: "BROEK" })]);
  expect(entryOf((await reader.wait(""))[0])).toMatchObject({ type: "wish-made", data: { sku: "BROEK" } });
});

test("what a newer shop says beside what is known is kept, handed on and passed over", async () => {
  const desk = await createDesk();
  const who = stranger();
  const wrapped = event("line-added", { line: "BOEK-1", n: 1, wrapping: { paper: "red", bows: [1, 2] } });
  expect((await desk.push(who, [added("A"), wrapped])).answers.map(([, verdict]) => verdict)).toEqual(["applied", "applied"]);
  const first = readStream(await desk.pull(who));
  expect(snapshotOf((await first.wait("snapshot"))[0]).state.cart.lines.map(({ id }) => id)).toEqual(["A", "BOEK-1"]);
  const { epoch } = helloOf(first.frames.find((frame) => frame.event === "hello"));
  const entries = await readStream(await desk.pull(who, { cursor: encodeCursor(epoch, 0, 0) })).wait("", 2);
  expect(entryOf(entries[1])).toMatchObject({ type: "line-added", data: wrapped.data });
});

test("an entry that a newer server has written, with more in it than is known here, is handed on and passed over", async () => {
  const database = emptyDatabase();
  const who = stranger();
  const before = await createDesk({ database });
  await before.push(who, [added("A"), added("B")]);
  await before.server.close();
  const ledger = readLedger(database);
  const body = JSON.parse(String(ledger.rows().entries.find(({ seq }) => seq === 1)?.body)) as object;
  await ledger.write(`UPDATE entries SET body = '${JSON.stringify({ ...body, mood: { is: "new" }, pend: [] })}' WHERE seq = 1`);
  await ledger.write("UPDATE snapshots SET fold = 99");
  const desk = await createDesk({ database });
  const [frame] = await readStream(await desk.pull(who)).wait("snapshot");
  expect(snapshotOf(frame).state.cart.lines.map(({ id }) => id)).toEqual(["A", "B"]);
  expect((await desk.push(who, [added("C")])).answers[0]).toMatchObject([expect.any(String), "applied", 3]);
  expect(desk.faults).toEqual([]);
});

test("half a letter in a name is refused, in a note it is kept as it was written", async () => {
  const desk = await createDesk();
  const who = stranger();
  const note = event("field-set", { line: "BOEK-1", name: "note", value: "half \ud83d" });
  const { answers } = await desk.push(who, [added("half-\ud83d"), added("BOEK-1"), note, { ...added("BOEK-1"), id: `${"\ud800".repeat(22)}` }]);
  expect(answers.map(([, verdict, detail]) => [verdict, detail])).toEqual([["refused", "event-malformed"], ["applied", 1], ["applied", 2], ["refused", "event-malformed"]]);
  const [frame] = await readStream(await desk.pull(who)).wait("snapshot");
  expect(JSON.stringify(snapshotOf(frame).state)).toContain("half \\ud83d");
});

test("names of the language are products like others", async () => {
  const desk = await createDesk();
  const who = stranger();
  const names = ["__proto__", "constructor", "toString", "hasOwnProperty"];
  const { answers } = await desk.push(who, names.map((name) => added(name)));
  expect(answers.map(([, verdict]) => verdict)).toEqual(names.map(() => "applied"));
  const [frame] = await readStream(await desk.pull(who)).wait("snapshot");
  expect(snapshotOf(frame).state.cart.lines.map((line) => line.id)).toEqual(names);
});

test("an event as deep as a well is refused, and the one beside it is not", async () => {
  const desk = await createDesk();
  const well = `{"id":"${id()}","type":"wish-made","at":1,"base":0,"data":${"[".repeat(60_000)}${"]".repeat(60_000)}}`;
  const body = JSON.stringify({ ...stranger(), events: ["well", added("BOEK-1")] }).replace('"well"', well);
  const { status, body: answer } = await desk.post(PATHS.push, body);
  expect(status).toBe(200);
  expect((answer as { answers: unknown[][] }).answers.map(([, verdict, detail]) => [verdict, detail])).toEqual([["refused", "event-too-large"], ["applied", 1]]);
  expect(desk.faults).toEqual([]);
});

test("a device that was told a log and is not known is no new visitor", async () => {
  const desk = await createDesk();
  expectRefusal(await desk.post(PATHS.push, { ...stranger(), log: "l".repeat(16), events: [added("BOEK-1")] }), "credential-unknown", 401);
});

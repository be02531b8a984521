/** What one end writes the other reads: entries on the stream, cursors, events on their way up. */
import fc from "fast-check";
import * as v from "valibot";
import { expect, test } from "vitest";
import type { Entry } from "../../src/model/event.js";
import { entryText } from "../../src/server/live.js";
import { Caller } from "../../src/wire/caller.js";
import { decodeCursor, decodeEntry, encodeCursor, encodeEntry, type EntryFrame } from "../../src/wire/pull.js";
import { PushedEvent } from "../../src/wire/push.js";

const letters = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), minLength: length, maxLength: length });
const count = fc.nat({ max: 2 ** 40 });
const origin = fc.oneof(fc.record({ log: letters(16) }), fc.record({ log: letters(16), seq: count }));

const entries: fc.Arbitrary<Entry> = fc.record(
  {
    id: letters(22), type: fc.constantFrom("line-added", "consent-decided", "wish-made"), data: fc.jsonValue(), at: count, base: count,
    seq: count, device: letters(8), channel: fc.constantFrom("web", "kiosk"),
    pend: fc.array(letters(22), { maxLength: 4 }), from: fc.array(origin, { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: ["id", "type", "data", "at", "base", "seq", "device", "channel"] },
);

test("an entry comes off the stream as it went on it", () => {
  fc.assert(fc.property(entries, (entry) => {
    const travelled = JSON.parse(JSON.stringify(encodeEntry(entry))) as EntryFrame;
    expect(decodeEntry(travelled)).toEqual(JSON.parse(JSON.stringify(entry)));
  }), { numRuns: 1_000 });
});

test("an entry is one line of the stream, whatever was typed into it", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (typed) => {
    const entry: Entry = { id: "a".repeat(22), type: "field-set", data: { value: `\n\r\u2028${typed}` }, at: 1, base: 0, seq: 1, device: "device-1", channel: "web" };
    const text = entryText(entry);
    expect(text).toMatch(/^data: [^\n\r]*\n\n$/);
    expect(decodeEntry(JSON.parse(text.slice("data: ".length)) as EntryFrame)).toEqual(entry);
  }), { numRuns: 1_000 });
});

test("a place in the log is understood again by whoever wrote it down", () => {
  fc.assert(fc.property(letters(8), fc.nat(), fc.integer({ min: 0, max: 2 ** 32 - 1 }), (epoch, seq, hash) => {
    expect(decodeCursor(encodeCursor(epoch, seq, hash))).toEqual({ epoch, seq, hash });
    expect(encodeCursor(epoch, seq, hash).length).toBeLessThanOrEqual(64);
  }), { numRuns: 1_000 });
});

test("anything else is no place in the log, and no reason to fail", () => {
  const strange = ["", ".", "..", "a.b.c", "a.1", "a.1.", ".1.a", "a.-1.a", "a.1.A", "a.1e3.a", `a.${"9".repeat(16)}.a`, "a.1.zzzzzzzz", "a.1.a.a", "a.1.a\n", "\0.1.a"];
  expect(strange.map((text) => [text, decodeCursor(text)]).filter(([, found]) => found !== undefined)).toEqual([]);
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    expect(() => decodeCursor(text)).not.toThrow();
  }), { numRuns: 1_000 });
});

test("an event on its way up loses nothing to the check of its envelope", () => {
  const events = fc.record(
    { id: letters(22), type: fc.constantFrom("line-added", "a1-b2"), data: fc.jsonValue(), at: count, base: count, pend: fc.array(letters(22), { maxLength: 300 }), log: letters(16) },
    { requiredKeys: ["id", "type", "at", "base"] },
  );
  fc.assert(fc.property(events, (event) => {
    const travelled: unknown = JSON.parse(JSON.stringify(event));
    expect(v.parse(PushedEvent, travelled)).toEqual(travelled);
  }), { numRuns: 500 });
});

test.each([
  ["an id of another length", { id: "short" }],
  ["a type in capitals", { type: "Line-Added" }],
  ["a type that is a name of the language", { type: "__proto__" }],
  ["a time before 1970", { at: -1 }],
  ["a time that is no number", { at: "1" }],
  ["half a number", { base: 0.5 }],
  ["a number too large to count with", { base: 2 ** 53 }],
  ["301 ids at once", { pend: Array(301).fill("a".repeat(22)) }],
  ["ids that are none", { pend: [{}] }],
  ["a log that is none", { log: "elsewhere" }],
])("an envelope with %s is refused", (_, change) => {
  const event = { id: "a".repeat(22), type: "line-added", data: {}, at: 1, base: 0 };
  expect(v.is(PushedEvent, event)).toBe(true);
  expect(v.is(PushedEvent, { ...event, ...change })).toBe(false);
});

test("a screen may be called anything a person can read, and nothing that breaks a line", () => {
  const caller = { v: 1, site: "pk", credential: `${"a".repeat(8)}.${"b".repeat(43)}`, channel: "kiosk" };
  expect(["Kiosk 3", "Zürich – Eingang", "店"].map((name) => v.is(Caller, { ...caller, name }))).toEqual([true, true, true]);
  expect(["", "a\nb", "\u0000", "half \ud83d", "x".repeat(61)].map((name) => v.is(Caller, { ...caller, name }))).toEqual([false, false, false, false, false]);
});

/** Invariant 1: whatever somebody writes into a log, the fold neither stumbles over it nor reaches outside. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { objection } from "../../src/model/admission.js";
import { viewCart } from "../../src/model/cart-view.js";
import { condense } from "../../src/model/condense.js";
import type { Entry } from "../../src/model/event.js";
import { apply, emptyState, type State } from "../../src/model/state.js";

const TYPES = [
  "line-added", "line-set", "line-decreased", "line-removed", "line-changed", "field-set", "cart-cleared", "cart-kept", "coupon-added",
  "coupon-removed", "coupon-judged", "order-placed", "visitor-adopted", "visitor-released", "customer-identified", "consent-decided",
  "__proto__", "constructor", "toString", "hasOwnProperty", "", "wished",
];
const LINES = ["SHOE", "SHOE?size=L", "__proto__", "constructor", "toString?__proto__=constructor", "\ud800", "a%", "?", "%", ""];
const NAMES = ["note", "", "__proto__", "constructor", "\udfff", "toString"];
const IDS = ["a", "b", "c", "__proto__", "constructor"];

const nonsense = fc.oneof(fc.constantFrom(...LINES, null, undefined, Number.NaN, -0, Infinity, -1, true, 0.5), fc.jsonValue({ maxDepth: 2 }));
const mostly = <T>(usual: fc.Arbitrary<T>) => fc.oneof({ weight: 9, arbitrary: usual as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: nonsense });
const line = mostly(fc.constantFrom(...LINES));
const id = mostly(fc.constantFrom(...IDS));
const bag = mostly(fc.dictionary(fc.oneof(fc.constantFrom(...NAMES), fc.string()), nonsense, { maxKeys: 3 }));

const origin = mostly(fc.record({ log: id, seq: mostly(fc.nat(4)) }, { requiredKeys: ["log"] }));
const mark = mostly(fc.record({
  id, seq: mostly(fc.nat(9)), at: mostly(fc.nat(9)), from: mostly(fc.array(origin, { maxLength: 2 })), n: mostly(fc.nat(4)), set: mostly(fc.boolean()),
  name: mostly(fc.constantFrom(...NAMES)), value: nonsense, line, device: mostly(fc.constant("phone")), channel: mostly(fc.constant("web")),
}, { requiredKeys: ["id", "seq"] }));
const marks = mostly(fc.array(mark, { maxLength: 3 }));
const cart = mostly(fc.record({
  lines: mostly(fc.array(mostly(fc.record({ id: line, marks })), { maxLength: 2 })), gone: mostly(fc.array(mark, { maxLength: 2 })), ordered: marks,
  linked: mostly(fc.array(origin, { maxLength: 2 })), kept: mostly(fc.boolean()),
}));

const data = mostly(fc.record({
  line, to: line, n: mostly(fc.integer({ min: 0, max: 5 })), details: bag, fields: bag, name: mostly(fc.constantFrom(...NAMES)), value: nonsense,
  code: mostly(fc.constantFrom(...NAMES)), valid: mostly(fc.boolean()), units: mostly(fc.array(mostly(fc.tuple(id, mostly(fc.nat(4)))), { maxLength: 3 })),
  lines: mostly(fc.array(mostly(fc.record({ line, n: mostly(fc.nat(4)) })), { maxLength: 2 })), log: id, merge: mostly(fc.constantFrom("union", "keep-visitor", "keep-customer")),
  consent: mostly(fc.constantFrom("newest", "account", "none")), scope: mostly(fc.constantFrom("device", "account")), asked: mostly(fc.constantFrom("device", "account")),
  policy: mostly(fc.constantFrom(...NAMES)), purposes: mostly(fc.dictionary(fc.constantFrom(...NAMES), mostly(fc.boolean()) as fc.Arbitrary<boolean>)), cart,
}, { requiredKeys: [] }));

const entry = mostly(fc.record({
  id, type: mostly(fc.constantFrom(...TYPES)), data, at: mostly(fc.integer({ min: 0, max: 9 })), base: mostly(fc.nat(4)), seq: mostly(fc.nat(9)),
  device: mostly(fc.constantFrom("phone", "__proto__")), channel: mostly(fc.constant("web")), pend: mostly(fc.array(id, { maxLength: 3 })),
  from: mostly(fc.array(origin, { maxLength: 2 })),
}, { requiredKeys: ["id", "type", "data", "at", "base", "seq", "device", "channel"] })) as fc.Arbitrary<Entry>;

/** Nobody may change what they were given. */
function frozen<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const key of Reflect.ownKeys(value)) frozen((value as Record<PropertyKey, unknown>)[key]);
  return value;
}

test("invariant 1: no entry, however mangled, in whatever order, makes the fold throw or change what it was given", () => {
  fc.assert(fc.property(fc.array(entry, { maxLength: 8, size: "max" }), (entries) => {
    const before = Object.getOwnPropertyNames(Object.prototype).join();
    const folded = (): State => entries.reduce((state, one) => frozen(apply(state, frozen(one))), frozen(emptyState));
    expect(folded()).toEqual(folded());
    expect(condense(folded()).length).toBeGreaterThanOrEqual(viewCart(folded().cart).lines.length);
    expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(before);
  }), { numRuns: 10_000 });
});

test("whatever a device asks to write gets an answer, not an exception", () => {
  fc.assert(fc.property(fc.array(entry, { maxLength: 4 }), entry.filter((e) => typeof e?.type === "string"), (entries, asked) => {
    const state = entries.reduce(apply, emptyState);
    expect(["string", "undefined"]).toContain(typeof objection(state, asked));
  }), { numRuns: 5_000 });
});

test("an event nested deeper than a text can be written is refused, not thrown out", () => {
  let deep: unknown = 1;
  for (let i = 0; i < 100_000; i++) deep = [deep];
  const add = { type: "line-added", data: { line: "SHOE", n: 1, details: { deep } } };
  expect(objection(emptyState, add)).toBe("event-too-large");
});

test("a product called __proto__ is a product like any other", () => {
  const add = { id: "a", type: "line-added", data: { line: "__proto__", n: 2 }, at: 1, base: 0, seq: 1, device: "phone", channel: "web" };
  expect(apply(emptyState, add).cart.lines).toMatchObject([{ id: "__proto__", marks: [{ n: 2 }] }]);
});

test("an event of a type this device does not know is passed over, and the state is the same object", () => {
  const wish = { id: "a", type: "wish-made", data: { line: "SHOE" }, at: 1, base: 0, seq: 1, device: "phone", channel: "web" };
  expect(apply(emptyState, wish)).toBe(emptyState);
});

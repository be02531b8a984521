/** Beyond a limit there is a clear refusal, and nothing is lost below it. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { objection } from "../../src/model/admission.js";
import { burden } from "../../src/model/burden.js";
import type { Unit } from "../../src/model/cart.js";
import { bytesOf, isCount, isText } from "../../src/model/limits.js";
import { emptyState, type State } from "../../src/model/state.js";
import { createDevice, type SimulatedDevice } from "./device-simulator.js";
import { createServer } from "./log-simulator.js";

const createPhone = (): SimulatedDevice => createDevice(createServer(), "phone", "customer");
const state = (act: (phone: SimulatedDevice) => void): State => {
  const phone = createPhone();
  act(phone);
  return phone.replica.view;
};
const add = (line: string, n = 1, details?: unknown) => ({ type: "line-added", data: { line, n, ...(details !== undefined && { details }) } });
const choice = { scope: "account", asked: "account", policy: "1", purposes: { analytics: true } };

test("what only the server may write is refused from a device", () => {
  for (const type of ["order-placed", "coupon-judged", "visitor-adopted", "customer-identified"]) {
    expect(objection(emptyState, { type, data: {} })).toBe("server-only");
  }
});

test("an event of a type that is not known yet is let in, unless it is too large", () => {
  expect(objection(emptyState, { type: "wish-made", data: { line: "SHOE" } })).toBeUndefined();
  expect(objection(emptyState, { type: "wish-made", data: "x".repeat(8_192) })).toBe("event-too-large");
});

test("a malformed event is refused, so that the shop hears of it", () => {
  for (const data of [null, {}, { line: "SHOE" }, { line: "SHOE", n: 0 }, { line: "a b", n: 1 }, { line: "SHOE", n: 1.5 }, { line: "SHOE", n: "1" }]) {
    expect(objection(emptyState, { type: "line-added", data })).toBe("event-malformed");
  }
  expect(objection(emptyState, { type: "consent-decided", data: { ...choice, scope: "shop" } })).toBe("event-malformed");
  expect(objection(emptyState, { type: "consent-decided", data: { ...choice, purposes: { analytics: 1 } } })).toBe("event-malformed");
  expect(objection(emptyState, { type: "consent-decided", data: choice })).toBeUndefined();
});

test("200 lines fit in a cart; a further product is refused, more of those in it are not", () => {
  const full = state((phone) => { for (let i = 0; i < 200; i++) phone.cart.add(`SKU${i}`); });
  expect(objection(full, add("ONE-MORE"))).toBe("cart-full");
  expect(objection(full, { type: "line-set", data: { line: "ONE-MORE", n: 1 } })).toBe("cart-full");
  expect(objection(full, add("SKU7"))).toBeUndefined();
  const almost = state((phone) => { for (let i = 0; i < 199; i++) phone.cart.add(`SKU${i}`); });
  expect(objection(almost, add("ONE-MORE"))).toBeUndefined();
});

test("9 999 of a product fit in a line, and not one more", () => {
  const many = state((phone) => phone.cart.add("SHOE", 9_000));
  expect(objection(many, add("SHOE", 999))).toBeUndefined();
  expect(objection(many, add("SHOE", 1_000))).toBe("quantity-too-high");
  expect(objection(many, { type: "line-set", data: { line: "SHOE", n: 9_999 } })).toBeUndefined();
});

test("details of 2 048 bytes go with a line, and not one byte more, whatever letters they are written in", () => {
  const details = (bytes: number) => ({ t: "é".repeat((bytes - 8) / 2) });
  expect(objection(emptyState, add("SHOE", 1, details(2_048)))).toBeUndefined();
  expect(objection(emptyState, add("SHOE", 1, details(2_050)))).toBe("details-too-large");
  expect(objection(emptyState, { type: "field-set", data: { line: "SHOE", name: "note", value: "x".repeat(2_047) } })).toBe("details-too-large");
});

test("bytes are counted as UTF-8 counts them", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    expect(bytesOf(text)).toBe(new TextEncoder().encode(text).length);
  }), { numRuns: 1_000 });
});

test("texts are without control characters and half letters, quantities are whole", () => {
  expect([isText("maat 42", 10), isText("", 10), isText("x".repeat(11), 10), isText("a\u0000", 10), isText("\ud800", 10), isText(1, 10)])
    .toEqual([true, false, false, false, false, false]);
  expect([isCount(1), isCount(9_999), isCount(0), isCount(0, 0), isCount(10_000), isCount(1.5), isCount("1"), isCount(Number.NaN)])
    .toEqual([true, true, false, true, false, false, false, false]);
});

test("a cart of ten thousand single additions takes no more of them, but a removal", () => {
  const units = (n: number): Unit[] => Array.from({ length: n }, (_, i) => ({ id: `u${i}`, seq: i, at: i, n: 1, device: "d", channel: "web" }));
  const holding = (n: number): State => ({ ...emptyState, cart: { ...emptyState.cart, lines: [{ id: "A", marks: units(n / 2) }, { id: "B", marks: units(n / 2) }] } });
  expect([burden(holding(9_998), add("C")), burden(holding(10_000), add("C"))]).toEqual([undefined, "cart-full"]);
  expect(burden(holding(10_000), { type: "line-removed", data: { line: "A" } })).toBeUndefined();
});

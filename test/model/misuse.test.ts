/** A developer's wrong call is answered with one sentence: where, what is allowed, what was found; nothing is recorded. */
import { expect, test } from "vitest";
import type { CartCommands } from "../../src/model/cart-commands.js";
import { createDevice } from "./device-simulator.js";
import { createServer } from "./log-simulator.js";

const circle: Record<string, unknown> = {};
circle.self = circle;

const calls: readonly (readonly [call: string, act: (cart: any) => void, sentence: string])[] = [
  ["adding nothing", (c) => c.add(""), 'carryover: cart.add(sku) takes a text of 1 to 200 characters; found "".'],
  ["adding undefined", (c) => c.add(undefined), "carryover: cart.add(sku) takes a text of 1 to 200 characters; found undefined."],
  ["adding half a letter", (c) => c.add("\ud800"), "cart.add(sku) takes a text of 1 to 200 characters"],
  ["adding half a shoe", (c) => c.add("SHOE", 0.5), "cart.add(sku, quantity) takes a whole number from 1 to 9999; found 0.5."],
  ["adding none", (c) => c.add("SHOE", 0), "cart.add(sku, quantity) takes a whole number from 1 to 9999; found 0."],
  ["adding a text", (c) => c.add("SHOE", "2"), 'found "2".'],
  ["options that are no texts", (c) => c.add("SHOE", 1, { options: { size: 42 } }), "cart.add(…, { options }) takes texts by name; found an object."],
  ["details in a circle", (c) => c.add("SHOE", 1, { details: circle }), "cart.add(…, { details }) takes JSON of at most 2048 bytes; found an object."],
  ["too many details", (c) => c.add("SHOE", 1, { details: { t: "x".repeat(2_048) } }), "takes JSON of at most 2048 bytes"],
  ["a line that is none", (c) => c.increase("SHOE?size"), 'cart.increase(line) takes a line\'s id as `add` returned it; found "SHOE?size".'],
  ["a line that is a number", (c) => c.remove(42), "cart.remove(line) takes a line's id as `add` returned it; found 42."],
  ["decreasing by less than one", (c) => c.decrease("SHOE", -1), "cart.decrease(line, n) takes a whole number from 1 to 9999; found -1."],
  ["a quantity below none", (c) => c.setQuantity("SHOE", -1), "cart.setQuantity(line, n) takes a whole number from 0 to 9999; found -1."],
  ["a quantity too high", (c) => c.setQuantity("SHOE", 10_000), "found 10000."],
  ["options without a name", (c) => c.setOptions("SHOE", { "": "L" }), "cart.setOptions(line, options) takes texts by name"],
  ["a field without a name", (c) => c.setField("SHOE", "", 1), "cart.setField(line, name) takes a text of 1 to 100 characters"],
  ["a field without a value", (c) => c.setField("SHOE", "note", undefined), "cart.setField(…, value) takes JSON of at most 2048 bytes; found undefined."],
  ["a field that JSON has no word for", (c) => c.setField("SHOE", "note", 1n), "cart.setField(…, value) takes JSON of at most 2048 bytes; found 1."],
  ["a coupon that is none", (c) => c.addCoupon(""), "cart.addCoupon(code) takes a text of 1 to 100 characters"],
  ["a product whose id grows too long", (c) => c.add("鞋".repeat(200)), "takes a product whose id has at most 800 characters; found a text of 1800 characters."],
];

test.each(calls)("%s is answered with a sentence, and nothing is recorded", (_, act, sentence) => {
  const phone = createDevice(createServer(), "phone", "customer");
  expect(() => act(phone.cart)).toThrow(sentence);
  expect(() => act(phone.cart)).toThrow(TypeError);
  expect(phone.replica.pending).toEqual([]);
});

test("no sentence repeats a long text, which may be a customer's", () => {
  const phone = createDevice(createServer(), "phone", "customer");
  expect(() => phone.cart.addCoupon("s".repeat(101))).toThrow("found a text of 101 characters.");
});

test("what means nothing here is no misuse: a line that is not in the cart, a coupon nobody entered", () => {
  const phone = createDevice(createServer(), "phone", "customer");
  const calm: ((cart: CartCommands) => unknown)[] = [
    (c) => c.remove("SHOE"), (c) => c.decrease("SHOE"), (c) => c.setQuantity("SHOE", 0), (c) => c.setOptions("SHOE", { size: "L" }),
    (c) => c.clear(), (c) => c.removeCoupon("SUMMER"),
  ];
  for (const act of calm) act(phone.cart);
  expect(phone.replica.pending).toEqual([]);
});

/** One sku with one set of options is one line, on every device, in whatever order the options were given. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { areOptions, isLine, lineId, productOf } from "../../src/model/line.js";

const text = (maxLength: number) => fc.oneof(
  fc.string({ minLength: 1, maxLength }),
  fc.string({ unit: "binary", minLength: 1, maxLength }),
  fc.constantFrom("__proto__", "constructor", "a?b=c&d", "100%", "maat 42", "é", "日本", "👟", "=", "&"),
).filter((value) => !/[\p{Cc}\p{Cs}]/u.test(value));
const options = fc.uniqueArray(fc.tuple(text(10), text(10)), { selector: ([name]) => name, maxLength: 4 });

test("the same product with the same options has the same id, in whatever order they were chosen", () => {
  expect(lineId("SHOE", { size: "42", colour: "red" })).toBe("SHOE?colour=red&size=42");
  fc.assert(fc.property(text(20), options, (sku, pairs) => {
    expect(lineId(sku, Object.fromEntries(pairs))).toBe(lineId(sku, Object.fromEntries([...pairs].reverse())));
  }));
});

test("from a line's id the product can be told again, whatever letters its sku and options are made of", () => {
  fc.assert(fc.property(text(20), options, (sku, pairs) => {
    const chosen = Object.fromEntries(pairs);
    expect(productOf(lineId(sku, chosen))).toEqual({ sku, options: chosen });
    expect(isLine(lineId(sku, chosen))).toBe(true);
  }), { numRuns: 1_000 });
});

test("two different products never have the same id", () => {
  fc.assert(fc.property(text(6), options, text(6), options, (sku, pairs, otherSku, others) => {
    const isSame = sku === otherSku && JSON.stringify([...pairs].sort()) === JSON.stringify([...others].sort());
    expect(lineId(sku, Object.fromEntries(pairs)) === lineId(otherSku, Object.fromEntries(others))).toBe(isSame);
  }), { numRuns: 1_000 });
});

test.each(["", "?", "SHOE?", "SHOE?size", "SHOE?size=", "SHOE?b=1&a=1", "SHOE?a=1&a=1", "SHOE?a=1?b=2", "a b", "%", "%zz", "\ud800", "x".repeat(801)])(
  "%j is no line's id", (id) => expect(isLine(id)).toBe(false));

test("whatever is asked, the answer is yes or no", () => {
  fc.assert(fc.property(fc.anything(), (value) => {
    expect(typeof isLine(value)).toBe("boolean");
    expect(typeof areOptions(value)).toBe("boolean");
  }), { numRuns: 1_000 });
});

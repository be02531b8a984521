/** The limits of SEMANTICS.md: a clear refusal beyond them, nothing lost below them. */
import { expect, test } from "vitest";
import type { Line } from "../../src/model/cart.js";
import { PATHS } from "../../src/wire/version.js";
import { added, createDesk, type Desk, event, expectRefusal, id, stranger, type Voice } from "./desk.js";
import { readStream, snapshotOf } from "./stream.js";

async function verdicts(desk: Desk, who: Voice, events: readonly unknown[]): Promise<unknown[]> {
  return (await desk.push(who, events)).answers.map(([, verdict, detail]) => (verdict === "refused" ? detail : verdict));
}

async function linesOf(desk: Desk, who: Voice): Promise<readonly Line[]> {
  const [frame] = await readStream(await desk.pull(who)).wait("snapshot");
  return snapshotOf(frame).state.cart.lines;
}

test("a cart holds 200 lines; the next is refused, more of a line that is there is not, and room that is made can be filled", async () => {
  const desk = await createDesk();
  const who = stranger();
  const products = Array.from({ length: 200 }, (_, i) => `P-${i}`);
  expect(new Set([...await verdicts(desk, who, products.slice(0, 100).map((p) => added(p))), ...await verdicts(desk, who, products.slice(100).map((p) => added(p)))])).toEqual(new Set(["applied"]));
  expect(await verdicts(desk, who, [added("P-200"), added("P-7"), event("line-set", { line: "P-201", n: 1 })])).toEqual(["cart-full", "applied", "cart-full"]);
  expect(await verdicts(desk, who, [event("line-removed", { line: "P-7" }, { base: 201 }), added("P-200")])).toEqual(["applied", "applied"]);
  expect((await linesOf(desk, who)).filter(({ marks }) => marks.length > 0)).toHaveLength(200);
});

test("a line holds 9 999 units, added or typed in", async () => {
  const desk = await createDesk();
  const who = stranger();
  expect(await verdicts(desk, who, [added("A", 9_999), added("A", 1), added("B", 10_000), event("line-set", { line: "C", n: 10_000 }), event("line-set", { line: "C", n: 9_999 }), added("C", 1)]))
    .toEqual(["applied", "quantity-too-high", "event-malformed", "event-malformed", "applied", "quantity-too-high"]);
});

test.each([[0], [-1], [0.5], [NaN], ["1"], [null], [1e309], [[1]]])("%s is no number of units", async (n) => {
  const desk = await createDesk();
  expect(await verdicts(desk, stranger(), [event("line-added", { line: "A", n }), event("line-set", { line: "A", n })])).toEqual(["event-malformed", "event-malformed"]);
});

test("details and notes take 2 KiB, counted as they travel", async () => {
  const desk = await createDesk();
  const fits = { text: "x".repeat(2_048 - '{"text":""}'.length) };
  const euro = { text: "€".repeat(700) }; // 3 bytes each
  expect(await verdicts(desk, stranger(), [
    event("line-added", { line: "A", n: 1, details: fits }), event("line-added", { line: "A", n: 1, details: { text: `${fits.text}x` } }),
    event("line-added", { line: "A", n: 1, details: euro }),
    event("field-set", { line: "A", name: "note", value: "x".repeat(2_046) }), event("field-set", { line: "A", name: "note", value: "x".repeat(2_047) }),
  ])).toEqual(["applied", "details-too-large", "details-too-large", "applied", "details-too-large"]);
});

test("an event takes 8 KiB", async () => {
  const desk = await createDesk();
  const size = (bytes: number): object => {
    const bare = JSON.stringify(event("wish-made", { text: "" })).length;
    return event("wish-made", { text: "x".repeat(bytes - bare) });
  };
  expect(await verdicts(desk, stranger(), [size(8_192), size(8_193)])).toEqual(["applied", "event-too-large"]);
});

test("a push takes 100 events and 256 KiB, and is refused whole beyond them", async () => {
  const desk = await createDesk();
  const who = stranger();
  const hundred = Array.from({ length: 100 }, () => added("A"));
  expectRefusal(await desk.post(PATHS.push, { ...who, events: [...hundred, added("A")] }), "request-malformed", 400);
  expect(new Set(await verdicts(desk, who, hundred))).toEqual(new Set(["applied"]));

  const heavy = Array.from({ length: 32 }, () => event("wish-made", { text: "x".repeat(7_900) }));
  expect(JSON.stringify(heavy).length).toBeGreaterThan(250_000);
  expect(new Set(await verdicts(desk, who, heavy))).toEqual(new Set(["applied"]));
  expectRefusal(await desk.post(PATHS.push, { ...who, events: [...heavy, ...heavy.slice(0, 2)] }), "request-too-large", 413);
});

test("the id of a product takes 200 letters", async () => {
  const desk = await createDesk();
  expect(await verdicts(desk, stranger(), [added("x".repeat(200)), event("coupon-added", { code: "y".repeat(101) }), added("")])).toEqual(["applied", "event-malformed", "event-malformed"]);
});

/** Pushes the same kind of event until it is refused; how many were written, and why no more. */
async function until(desk: Desk, who: Voice, make: () => object): Promise<[number, unknown]> {
  for (let written = 0; written < 12_000; written += 20) {
    const said = await verdicts(desk, who, Array.from({ length: 20 }, make));
    const refused = said.findIndex((verdict) => verdict !== "applied");
    if (refused >= 0) return [written + refused, said[refused]];
  }
  return [Infinity, undefined];
}

test.each<[string, () => object, number, string]>([
  ["notes on products that are not in the cart", () => event("field-set", { line: id(), name: "note", value: "x" }), 1_000, "cart-full"],
  ["coupons", () => event("coupon-added", { code: id() }), 1_000, "cart-full"],
  ["units that never come, named by a removal", () => event("line-removed", { line: "A" }, { pend: Array.from({ length: 100 }, id) }), 20, "cart-full"],
  ["units that never come, named by a decrease", () => event("line-decreased", { line: "A", units: Array.from({ length: 100 }, () => [id(), 1]) }), 20, "cart-full"],
  ["purposes nobody has heard of", () => event("consent-decided", { scope: "device", asked: "device", policy: "1", purposes: { [id()]: true } }), 100, "event-malformed"],
])("no visitor can make a log a burden with %s", async (_, make, most, code) => {
  const desk = await createDesk();
  expect(await until(desk, stranger(), make)).toEqual([most, code]);
});

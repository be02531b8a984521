/** What a borrower of a cart sees and may do, and what an undo takes away by name. */
import { expect, test } from "vitest";
import type { Entry } from "../../src/model/event.js";
import { lentEntry, lentState, mayBorrower } from "../../src/model/loan.js";
import { showing } from "../../src/model/showing.js";
import { apply, emptyState, type State } from "../../src/model/state.js";
import { takeBack } from "../../src/model/take-back.js";

let count = 0;
const entry = (type: string, data: unknown, more: Partial<Entry> = {}): Entry => ({ id: `e${(count += 1)}`, type, data, at: count, base: 0, seq: count, device: "phone", channel: "web", ...more });
const fold = (entries: readonly Entry[]): State => entries.reduce(apply, emptyState);
const quantities = (state: State): Record<string, number> => Object.fromEntries(showing(state).lines.map(({ line, quantity }) => [line, quantity]));

/** A customer's log with a past. */
function past(): Entry[] {
  const gone = entry("line-added", { line: "GEHEIM-1", n: 1 });
  return [
    entry("customer-identified", {}), gone, entry("field-set", { line: "GEHEIM-1", name: "note", value: "voor Bo" }),
    entry("line-decreased", { line: "GEHEIM-1", units: [[gone.id, 1]] }),
    entry("consent-decided", { scope: "account", asked: "account", policy: "1", purposes: { marketing: true } }),
    entry("order-placed", { order: "o", lines: [{ line: "GEHEIM-2", n: 1 }] }),
    entry("line-added", { line: "SCHOEN-42", n: 2, details: { title: "Veldschoen" } }), entry("coupon-added", { code: "WEB10" }),
  ];
}

test("a borrower sees the cart as it is, and neither the account, nor choices, nor what was ordered or taken out", () => {
  const state = fold(past());
  const lent = lentState(state);
  expect(showing(lent)).toEqual(showing(state));
  expect(JSON.stringify(state)).toMatch(/GEHEIM|marketing|"isKnown":true/);
  expect(JSON.stringify(lent)).not.toMatch(/GEHEIM|marketing|"isKnown":true/);
});

test("of what happens meanwhile a borrower hears the cart's part; the rest leaves its number and no more", () => {
  for (const said of past()) {
    const heard = lentEntry(said);
    expect([heard.id, heard.seq]).toEqual([said.id, said.seq]);
    if (!mayBorrower(said.type)) expect(heard).toEqual({ ...heard, type: "withheld", data: undefined, at: 0, base: 0, device: "server", channel: "server" });
    else expect(heard).toBe(said);
  }
});

test("of a sign-in that is taken back a borrower hears the cart that is left, and neither who did it nor why", () => {
  const cart = fold(past()).cart;
  const said = entry("visitor-released", { log: "log-1", by: "phone", reason: "GEHEIM: het was de laptop van mijn zus", cart });
  const heard = lentEntry(said);
  expect(JSON.stringify(heard)).not.toMatch(/GEHEIM|phone","data/);
  expect(showing(apply(emptyState, heard))).toEqual(showing(apply(emptyState, said)));
  expect(showing(apply(emptyState, heard)).quantity).toBe(2);
});

test("a borrower may change the cart, and nothing else, whatever a later version calls it", () => {
  expect(["line-added", "line-set", "coupon-added"].map(mayBorrower)).toEqual([true, true, true]);
  expect(["consent-decided", "customer-identified", "wish-added", "", undefined, 7].map(mayBorrower)).toEqual(Array(6).fill(false));
});

test("an undo takes away what was copied, with its coupon, and leaves what was there before and what came since", () => {
  const own = entry("line-added", { line: "SCHOEN-42", n: 1, details: { title: "Mijn schoen" } });
  const copied = [entry("line-added", { line: "SCHOEN-42", n: 2, details: { title: "Veldschoen" } }), entry("line-added", { line: "SOK-1", n: 1 }), entry("field-set", { line: "SOK-1", name: "note", value: "rood" }), entry("coupon-added", { code: "WEB10" })];
  const since = entry("line-added", { line: "SOK-1", n: 3 });
  const before = fold([own, ...copied, since]);
  expect(quantities(before)).toEqual({ "SCHOEN-42": 3, "SOK-1": 4 });
  const after = takeBack(copied).map(({ type, data, pend = [] }) => entry(type, data, { pend })).reduce(apply, before);
  expect(quantities(after)).toEqual({ "SCHOEN-42": 1, "SOK-1": 3 });
  expect(showing(after).lines.map(({ details, fields }) => [details, fields])).toEqual([[{ title: "Mijn schoen" }, {}], [{}, {}]]);
  expect(showing(after).coupons).toEqual([]);
});

/** The gate: what a device may do without asking is nothing; what it keeps of a refusal tells nobody apart. */
import { expect, test } from "vitest";
import { createGate, type Gate } from "../../src/browser/gate.js";
import { type ClientOptions, readOptions } from "../../src/browser/options.js";
import { createMemoryShelf, type Shelf } from "../../src/browser/shelf.js";
import { emptyState } from "../../src/model/state.js";

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 21, 14, 33, 7);
const ALL = ["analytics", "personalisation", "marketing"];
const answer = (isGranted: boolean, purposes = ALL): Record<string, boolean> => Object.fromEntries(purposes.map((purpose) => [purpose, isGranted]));

const gateOn = (shelf: Shelf, consent: ClientOptions["consent"] = {}, now = NOW): Gate => createGate(readOptions({ site: "pk", consent, now: () => now }), shelf);
const granted = (gate: Gate): string[] => Object.entries(gate.view(emptyState, false).purposes).filter(([, yes]) => yes).map(([purpose]) => purpose);
const decide = (gate: Gate, decision: Record<string, boolean>) => gate.decide(decision, emptyState, false);

test("before a choice only what is necessary is allowed, and nothing is kept", () => {
  const shelf = createMemoryShelf();
  const gate = gateOn(shelf);
  expect([granted(gate), gate.view(emptyState, false).isDecided, gate.standing(), shelf.names("")]).toEqual([["necessary"], false, [], []]);
});

test("everybody who refuses keeps the same bytes, whatever the hour, the order and the device", () => {
  const bytes = [0, 60_000, 5 * 3_600_000].map((later, i) => {
    const shelf = createMemoryShelf();
    const purposes = i === 1 ? [...ALL].reverse() : ALL;
    decide(gateOn(shelf, {}, NOW + later), answer(false, purposes));
    return shelf.read("choice");
  });
  expect(new Set(bytes).size).toBe(1);
  expect(bytes[0]).not.toMatch(/[0-9a-f]{8}/);
});

test("a choice holds 182 days, and is then asked again", () => {
  const shelf = createMemoryShelf();
  decide(gateOn(shelf), { ...answer(false), analytics: true });
  const [before, after] = [gateOn(shelf, {}, NOW + 181 * DAY), gateOn(shelf, {}, NOW + 183 * DAY)];
  expect([granted(before), before.view(emptyState, false).isDecided]).toEqual([["necessary", "analytics"], true]);
  expect([granted(after), after.view(emptyState, false).isDecided]).toEqual([["necessary"], false]);
});

test("a material change of one purpose voids its grants only, lets refusals stand, and asks for that purpose again", () => {
  const shelf = createMemoryShelf();
  decide(gateOn(shelf, { policy: "2026-01" }), { analytics: true, personalisation: true, marketing: false });
  const material = { analytics: "2026-06", marketing: "2026-06" };
  const gate = gateOn(shelf, { policy: "2026-06", material });
  expect([granted(gate), gate.view(emptyState, false).isDecided]).toEqual([["necessary", "personalisation"], false]);
  decide(gate, { analytics: true });
  expect([granted(gate), gate.view(emptyState, false).isDecided]).toEqual([["necessary", "analytics", "personalisation"], true]);
});

test("a grant clicked in a tab that had not yet seen the refusal of another tab does not undo it", () => {
  const shelf = createMemoryShelf();
  const [here, there] = [gateOn(shelf), gateOn(shelf)];
  here.view(emptyState, false);
  decide(there, answer(false));
  decide(here, { analytics: true });
  expect(granted(gateOn(shelf))).toEqual(["necessary"]);
  here.view(emptyState, false); // now it shows the refusal
  decide(here, { analytics: true });
  expect(granted(gateOn(shelf))).toEqual(["necessary", "analytics"]);
});

test("a refusal always counts, also from a tab that lags behind", () => {
  const shelf = createMemoryShelf();
  const [here, there] = [gateOn(shelf), gateOn(shelf)];
  decide(there, answer(true));
  decide(here, { marketing: false });
  expect(granted(gateOn(shelf))).toEqual(["necessary", "analytics", "personalisation"]);
});

test.each(["{", "[]", "null", "7", `"x"`, `{"analytics":1}`, `{"analytics":null}`, ""])("bytes that are no choice (%s) count as none", (bytes) => {
  const shelf = createMemoryShelf();
  shelf.write("choice", bytes);
  expect([granted(gateOn(shelf)), gateOn(shelf).view(emptyState, false).isDecided]).toEqual([["necessary"], false]);
});

test("a log that comes to be is told what was chosen before, for this device, in the words that were shown", () => {
  const shelf = createMemoryShelf();
  decide(gateOn(shelf, { policy: "2026-01" }), { analytics: true, marketing: false });
  const told = gateOn(shelf, { policy: "2026-06" }).standing();
  expect(told.map(({ type, data }) => [type, data])).toEqual([
    ["consent-decided", { scope: "device", asked: "device", policy: "2026-01", purposes: { analytics: true } }],
    ["consent-decided", { scope: "device", asked: "device", policy: "2026-01", purposes: { marketing: false } }],
  ]);
});

test("signed in, a choice is the account's, and the device keeps none of it", () => {
  const shelf = createMemoryShelf();
  const gesture = gateOn(shelf).decide({ analytics: true }, emptyState, true);
  expect(gesture.data).toMatchObject({ scope: "account", asked: "account", purposes: { analytics: true } });
  expect(shelf.names("")).toEqual([]);
});

test.each([
  [{ sales: true }, /takes true or false for some of analytics, personalisation, marketing; found "sales"/],
  [{ analytics: "yes" }, /consent\.decide\(\{ analytics \}\) takes true or false; found "yes"/],
  [{ necessary: false }, /found "necessary"/],
  [undefined, /found undefined/],
])("a decision that cannot be meant (%j) is answered by a sentence, and nothing is kept", (wrong, sentence) => {
  const shelf = createMemoryShelf();
  expect(() => decide(gateOn(shelf), wrong as never)).toThrow(sentence);
  expect(shelf.names("")).toEqual([]);
});

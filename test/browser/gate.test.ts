/** The gate: what a device may do without asking is nothing; what it keeps of a refusal tells nobody apart. */
import { afterEach, expect, test, vi } from "vitest";
import { type ConsentState, createGate, type Gate, type Who } from "../../src/browser/gate.js";
import { type ClientOptions, readOptions } from "../../src/browser/options.js";
import { createMemoryShelf, type Shelf } from "../../src/browser/shelf.js";
import type { Entry } from "../../src/model/event.js";
import { apply, emptyState, type State } from "../../src/model/state.js";

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 21, 14, 33, 7);
const ALL = ["analytics", "personalisation", "marketing"];
const answer = (isGranted: boolean, purposes = ALL): Record<string, boolean> => Object.fromEntries(purposes.map((purpose) => [purpose, isGranted]));

const known: State = { ...emptyState, customer: { isKnown: true } };
const nobody: Who = { device: "", isCustomer: false, isSure: true };
const customer: Who = { device: "phone", isCustomer: true, isSure: true };
const gateOn = (shelf: Shelf, consent: ClientOptions["consent"] = {}, now = NOW): Gate => createGate(readOptions({ site: "pk", consent }).consent, () => now, shelf);
const shown = (gate: Gate, state: State, who: Who): ConsentState => gate.view(gate.answers(state, who), who);
const granted = (gate: Gate): string[] => Object.entries(shown(gate, emptyState, nobody).purposes).filter(([, yes]) => yes).map(([purpose]) => purpose);
const decide = (gate: Gate, decision: Record<string, boolean>) => gate.decide(decision, emptyState, nobody);

test("before a choice only what is necessary is allowed, and nothing is kept", () => {
  const shelf = createMemoryShelf();
  const gate = gateOn(shelf);
  expect([granted(gate), shown(gate, emptyState, nobody).isDecided, gate.standing(), shelf.names("")]).toEqual([["necessary"], false, [], []]);
});

test("a thousand who refuse keep the same bytes, whatever the hour, the order and the device", () => {
  const bytes = Array.from({ length: 1_000 }, (_, i) => {
    const later = i * 34_000 - 14 * 3_600_000; // from one midnight to the next
    const shelf = createMemoryShelf();
    const purposes = i % 2 === 1 ? [...ALL].reverse() : ALL;
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
  expect([granted(before), shown(before, emptyState, nobody).isDecided]).toEqual([["necessary", "analytics"], true]);
  expect([granted(after), shown(after, emptyState, nobody).isDecided]).toEqual([["necessary"], false]);
});

test("a material change of one purpose voids its grants only, lets refusals stand, and asks for that purpose again", () => {
  const shelf = createMemoryShelf();
  decide(gateOn(shelf, { policy: "2026-01" }), { analytics: true, personalisation: true, marketing: false });
  const material = { analytics: "2026-06", marketing: "2026-06" };
  const gate = gateOn(shelf, { policy: "2026-06", material });
  expect([granted(gate), shown(gate, emptyState, nobody).isDecided]).toEqual([["necessary", "personalisation"], false]);
  decide(gate, { analytics: true });
  expect([granted(gate), shown(gate, emptyState, nobody).isDecided]).toEqual([["necessary", "analytics", "personalisation"], true]);
});

test("a grant clicked in a tab that had not yet seen the refusal of another tab does not undo it", () => {
  const shelf = createMemoryShelf();
  const [here, there] = [gateOn(shelf), gateOn(shelf)];
  shown(here, emptyState, nobody);
  decide(there, answer(false));
  decide(here, { analytics: true });
  expect(granted(gateOn(shelf))).toEqual(["necessary"]);
  shown(here, emptyState, nobody); // now it shows the refusal
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
  expect([granted(gateOn(shelf)), shown(gateOn(shelf), emptyState, nobody).isDecided]).toEqual([["necessary"], false]);
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
  const gesture = gateOn(shelf).decide({ analytics: true }, emptyState, customer);
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

afterEach(() => {
  vi.unstubAllGlobals();
});

const signal = (): void => {
  vi.stubGlobal("navigator", { globalPrivacyControl: true });
};

test("Global Privacy Control: marketing allowed before it was switched on is refused from then on, until it is allowed knowing it", () => {
  const shelf = createMemoryShelf();
  decide(gateOn(shelf), answer(true));
  signal();
  const gate = gateOn(shelf);
  expect([granted(gate), shown(gate, emptyState, nobody)]).toMatchObject([["necessary", "analytics", "personalisation"], { isDecided: false, isSignalled: true }]);
  expect(decide(gate, { marketing: true }).data).toMatchObject({ isSignalled: true });
  expect(granted(gateOn(shelf))).toEqual(["necessary", ...ALL]);
});

test("whoever refuses keeps the same bytes, with the signal and without", () => {
  const shelves = [createMemoryShelf(), createMemoryShelf()] as const;
  decide(gateOn(shelves[0]), answer(false));
  signal();
  decide(gateOn(shelves[1]), answer(false));
  expect(shelves[0].read("choice")).toBe(shelves[1].read("choice"));
});

test("Global Privacy Control holds for a customer too: what the account allowed elsewhere, not knowing it, stays refused here", () => {
  const entry = (isSignalled: boolean): Entry => ({
    id: "a", seq: 1, type: "consent-decided", at: NOW, base: 0, device: "desktop", channel: "web",
    data: { scope: "account", asked: "account", policy: "1", purposes: answer(true), ...(isSignalled && { isSignalled }) },
  });
  const allowed = (isSignalled: boolean): boolean | undefined => shown(gateOn(createMemoryShelf()), apply(known, entry(isSignalled)), customer).purposes.marketing;
  expect([allowed(false), allowed(true)]).toEqual([true, true]);
  signal();
  expect([allowed(false), allowed(true)]).toEqual([false, true]);
});

test("a customer's device may be stricter than the account, never looser", () => {
  const shelf = createMemoryShelf();
  const account = (purposes: Record<string, boolean>, seq: number): Entry => ({
    id: `account${seq}`, seq, type: "consent-decided", at: NOW, base: seq - 1, device: "desktop", channel: "web", data: { scope: "account", asked: "account", policy: "1", purposes },
  });
  const here = (purposes: Record<string, boolean>, state: State, seq: number): Entry => {
    const { data } = gateOn(shelf).decide(purposes, state, customer, { scope: "device" });
    return { id: `here${seq}`, seq, type: "consent-decided", at: NOW, base: seq - 1, device: "phone", channel: "web", data };
  };
  const may = (state: State): boolean | undefined => shown(gateOn(shelf), state, customer).purposes.marketing;
  const allowed = apply(known, account({ marketing: true }, 1));
  const stricter = apply(allowed, here({ marketing: false }, allowed, 2));
  const lifted = apply(stricter, here({ marketing: true }, stricter, 3));
  const withdrawn = apply(lifted, account({ marketing: false }, 4));
  const looser = apply(withdrawn, here({ marketing: true }, withdrawn, 5));
  expect([allowed, stricter, lifted, withdrawn, looser].map(may)).toEqual([true, false, true, false, false]);
  expect(shelf.names("")).toEqual([]);
});

test("on a shared screen nobody is asked, and of what an account allows only what strangers may see", () => {
  const settings = readOptions({ site: "pk", kiosk: {} }).consent;
  const gate = createGate(settings, () => NOW, createMemoryShelf());
  const entry: Entry = { id: "a", seq: 1, type: "consent-decided", at: NOW, base: 0, device: "desktop", channel: "web", data: { scope: "account", asked: "account", policy: "1", purposes: answer(true) } };
  expect(shown(gate, emptyState, nobody)).toMatchObject({ isDecided: true, purposes: { analytics: false, marketing: false } });
  expect(shown(gate, apply(known, entry), customer).purposes).toEqual({ necessary: true, analytics: true, personalisation: false, marketing: false });
  expect(readOptions({ site: "pk", kiosk: {}, consent: { asked: "account", rule: "newest" } }).consent).toMatchObject({ asked: "device", rule: "account" });
});

test("before the account was heard nothing of it is allowed, and it is not asked again either", () => {
  const entry: Entry = { id: "a", seq: 1, type: "consent-decided", at: NOW, base: 0, device: "desktop", channel: "web", data: { scope: "account", asked: "account", policy: "1", purposes: answer(true) } };
  const view = shown(gateOn(createMemoryShelf()), apply(known, entry), { ...customer, isSure: false });
  expect(view).toMatchObject({ isDecided: true, purposes: { analytics: false, personalisation: false, marketing: false } });
});

test("a decision says what was shown; words that are no hash are refused by a sentence", () => {
  const gate = gateOn(createMemoryShelf());
  const text = "x".repeat(43);
  expect(gate.decide({ analytics: true }, emptyState, nobody, { text, lang: "nl", layer: "banner" }).data).toMatchObject({ text, lang: "nl", layer: "banner" });
  expect(() => gate.decide({ analytics: true }, emptyState, nobody, { text: "Koekjes?" })).toThrow(/SHA-256 in base64url, 43 characters; found "Koekjes\?"/);
});

test("only a choice of today may meet the account's as the newest", () => {
  const shelf = createMemoryShelf();
  decide(gateOn(shelf), answer(false));
  expect([gateOn(shelf).isOfToday(), gateOn(shelf, {}, NOW + DAY).isOfToday()]).toEqual([true, false]);
});

/** Invariant 8 and what belongs to it: a visitor's cart meets the customer's once, and nothing doubles or is lost. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { createDevice, type SimulatedDevice } from "./device-simulator.js";
import { gestures, histories, take } from "./history.js";
import { createServer, type SimulatedServer } from "./log-simulator.js";
import { quantities } from "./shown.js";
import { link, signIn, signOut } from "./signing-in.js";

interface Visit {
  readonly server: SimulatedServer;
  /** Signed in already. */
  readonly phone: SimulatedDevice;
  readonly laptop: SimulatedDevice;
  readonly otherTab: SimulatedDevice;
}

function createVisit(): Visit {
  const server = createServer();
  const phone = createDevice(server, "phone", "customer");
  const [laptop, otherTab] = [createDevice(server, "laptop", "visitor"), createDevice(server, "otherTab", "visitor")];
  return { server, phone, laptop, otherTab };
}

const how = (merge: "union" | "keep-visitor" | "keep-customer") => ({ merge, consent: "newest" }) as const;
const cartOf = ({ server }: Visit) => quantities(server.state("customer"));

test.each([["union", { SHOE: 3, SOCK: 1 }], ["keep-visitor", { SHOE: 1, SOCK: 1 }], ["keep-customer", { SHOE: 2 }]] as const)(
  "the two carts meet as the shop wants it: %s", (merge, expected) => {
    const visit = createVisit();
    visit.phone.cart.add("SHOE", 2);
    visit.phone.sync();
    visit.laptop.cart.add("SHOE");
    visit.laptop.cart.add("SOCK");
    visit.laptop.sync();
    signIn(visit.server, visit.laptop, "customer", how(merge));
    expect(cartOf(visit)).toEqual(expected);
    expect(quantities(visit.laptop.replica.view)).toEqual(expected);
  });

test("ten devices that sign in with the same visitor's cart, twice each, add it once", () => {
  const visit = createVisit();
  visit.laptop.cart.add("SHOE", 2);
  visit.laptop.sync();
  const tabs = Array.from({ length: 10 }, (_, i) => createDevice(visit.server, `tab${i}`, "visitor"));
  for (const tab of [...tabs, ...tabs]) link(visit.server, tab, "customer");
  for (const tab of tabs) signIn(visit.server, tab, "customer");
  expect(cartOf(visit)).toEqual({ SHOE: 2 });
});

test("what was removed before signing in stays removed after it, and what was added offline comes along", () => {
  const visit = createVisit();
  visit.laptop.cart.add("SHOE");
  visit.laptop.sync();
  visit.laptop.cart.remove("SHOE");
  visit.laptop.cart.add("SOCK");
  signIn(visit.server, visit.laptop, "customer");
  expect(quantities(visit.laptop.replica.view)).toEqual({ SOCK: 1 });
  visit.laptop.sync();
  expect(cartOf(visit)).toEqual({ SOCK: 1 });
});

test("a tab that was offline while another signed in still means what it had seen", () => {
  const visit = createVisit();
  visit.laptop.cart.add("SHOE", 2);
  visit.laptop.sync();
  visit.otherTab.pull();
  visit.phone.cart.add("SHOE", 5);
  visit.phone.sync();
  visit.otherTab.cart.remove("SHOE");
  signIn(visit.server, visit.laptop, "customer");
  visit.otherTab.push();
  expect(cartOf(visit)).toEqual({ SHOE: 5 });
});

test("a cart that went from visitor to visitor before the sign-in still means what each had seen", () => {
  const { server, laptop, otherTab, phone } = createVisit();
  laptop.cart.add("SHOE", 2);
  laptop.sync();
  otherTab.pull();
  server.link("visitor", "visitor-kiosk", how("union"));
  server.link("visitor-kiosk", "customer", how("union"));
  otherTab.cart.remove("SHOE");
  otherTab.push();
  phone.pull();
  expect(quantities(phone.replica.view)).toEqual({});
});

test("a number typed by a visitor is not less by what the account ordered before the sign-in", () => {
  const visit = createVisit();
  visit.phone.cart.add("SHOE", 2);
  visit.phone.sync();
  visit.server.order("customer");
  visit.laptop.cart.setQuantity("SHOE", 3);
  visit.laptop.sync();
  signIn(visit.server, visit.laptop, "customer");
  expect(cartOf(visit)).toEqual({ SHOE: 3 });
});

test("a number typed on the phone is not less by what the visitor ordered before the sign-in", () => {
  const visit = createVisit();
  visit.laptop.cart.add("SHOE", 2);
  visit.laptop.sync();
  visit.server.order("visitor");
  visit.phone.cart.setQuantity("SHOE", 3);
  visit.phone.sync();
  signIn(visit.server, visit.laptop, "customer");
  expect(cartOf(visit)).toEqual({ SHOE: 3 });
});

test("a number typed in a forgotten tab is less by what was ordered after the sign-in", () => {
  const visit = createVisit();
  visit.laptop.cart.add("SHOE", 2);
  visit.laptop.sync();
  visit.otherTab.pull();
  visit.otherTab.cart.setQuantity("SHOE", 3);
  signIn(visit.server, visit.laptop, "customer");
  visit.server.order("customer");
  visit.otherTab.push();
  expect(cartOf(visit)).toEqual({ SHOE: 1 });
});

test("after sign-out the device's cart is empty, and nothing of it is sent as somebody else", () => {
  const visit = createVisit();
  signIn(visit.server, visit.laptop, "customer");
  visit.laptop.cart.add("SHOE");
  signOut(visit.server, visit.laptop);
  expect(quantities(visit.laptop.replica.view)).toEqual({});
  expect(visit.laptop.replica.log).toBeUndefined();
  expect(cartOf(visit)).toEqual({ SHOE: 1 });
});

test("invariant 8: after whatever was done in a cart, signing in, out and in again any number of times changes no quantity", () => {
  fc.assert(fc.property(histories([gestures], 20), fc.integer({ min: 1, max: 4 }), ({ steps }, times) => {
    const visit = createVisit();
    const world = { server: visit.server, devices: [visit.laptop], waiting: { pushes: [], deliveries: [], snapshots: [] } };
    for (const step of steps) take(world, step);
    const before = JSON.stringify(Object.entries(quantities(visit.laptop.replica.view)).sort());
    const now = () => JSON.stringify(Object.entries(quantities(visit.laptop.replica.view)).sort());
    for (let i = 0; i < times; i++) {
      signIn(visit.server, visit.laptop, "customer");
      expect(now()).toBe(before);
      visit.laptop.sync();
      expect(now()).toBe(before);
      signOut(visit.server, visit.laptop);
    }
  }), { numRuns: 500 });
});

test("invariant 8: two carts made by adding have all their units after the sign-in, and no more", () => {
  const units = fc.array(fc.tuple(fc.constantFrom("SHOE", "SOCK", "HAT"), fc.integer({ min: 1, max: 9 })), { maxLength: 8 });
  fc.assert(fc.property(units, units, fc.boolean(), (theirs, mine, isSentBefore) => {
    const visit = createVisit();
    for (const [sku, n] of theirs) visit.phone.cart.add(sku, n);
    for (const [sku, n] of mine) visit.laptop.cart.add(sku, n);
    visit.phone.sync();
    if (isSentBefore) visit.laptop.sync();
    signIn(visit.server, visit.laptop, "customer");
    visit.laptop.sync();
    const expected: Record<string, number> = {};
    for (const [sku, n] of [...theirs, ...mine]) expected[sku] = (expected[sku] ?? 0) + n;
    expect(cartOf(visit)).toEqual(expected);
  }), { numRuns: 500 });
});

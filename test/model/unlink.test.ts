/** A10: a sign-in is taken back, and both carts are as if it had never been; whatever was done before, meanwhile and after. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { answerOf } from "../../src/model/standing.js";
import { specifiedCart } from "./cart-spec.js";
import { createDevice, type SimulatedDevice } from "./device-simulator.js";
import { gestures, stepOf, type Step, take, type World } from "./history.js";
import { createServer } from "./log-simulator.js";
import { RUNS, SEED, TIMEOUT_MS } from "./runs.js";
import { isGranted, quantities, shownCart } from "./shown.js";
import { signIn, unlink } from "./signing-in.js";

const MERGES = ["union", "keep-visitor", "keep-customer"] as const;

/** Two screens of the customer and two tabs of the sister's laptop. */
function createHousehold(): World & { readonly laptop: SimulatedDevice; readonly phone: SimulatedDevice } {
  const server = createServer();
  const [phone, desktop] = [createDevice(server, "phone", "customer"), createDevice(server, "desktop", "customer")];
  const [laptop, otherTab] = [createDevice(server, "laptop", "visitor"), createDevice(server, "otherTab", "visitor")];
  return { server, devices: [phone, desktop, laptop, otherTab], waiting: { pushes: [], deliveries: [], snapshots: [] }, laptop, phone };
}

const acts = [...Object.keys(gestures), "add", "add", "set", "remove", "push", "pull", "sync", "sync", "order", "clockIsWrong"];
const some = (least: number): fc.Arbitrary<Step[]> => fc.array(stepOf(acts), { minLength: least, maxLength: 14, size: "max" });

test("unlinking gives both carts back exactly, however they met and whatever was done in between", () => {
  let restored = 0;
  fc.assert(fc.property(some(1), fc.constantFrom(...MERGES), some(0), some(0), fc.boolean(), (before, merge, between, after, isAgain) => {
    const world = createHousehold();
    const { server, laptop, devices } = world;
    for (const step of before) take(world, step);
    for (const device of devices) device.push();
    const [cart, count] = [JSON.stringify(server.state("visitor").cart), server.head("visitor")];
    signIn(server, laptop, "customer", { merge, consent: "newest" });
    for (const step of between) take(world, step);
    unlink(server, devices, "visitor");
    if (server.head("visitor") === count) expect(JSON.stringify(server.state("visitor").cart)).toBe(cart);
    for (const step of after) take(world, step);
    if (isAgain) signIn(server, laptop, "customer", { merge, consent: "newest" });
    for (const device of devices) device.sync();
    if (isAgain) unlink(server, devices, "visitor");

    const theirs = server.deeds("customer").filter(({ type, through }) => !through.includes("visitor") && !["visitor-adopted", "visitor-released"].includes(type));
    expect(shownCart(server.state("customer"))).toEqual(specifiedCart(theirs));
    expect(shownCart(server.state("visitor"))).toEqual(specifiedCart(server.deeds("visitor")));
    restored += Object.keys(quantities(server.state("visitor"))).length > 0 ? 1 : 0;
  }), { numRuns: RUNS, seed: SEED });
  expect(restored).toBeGreaterThan(RUNS / 3);
}, TIMEOUT_MS);

test("the sister's laptop gets its lines back, the customer keeps theirs, and the customer's + on a shared product stays", () => {
  const { server, phone, laptop, devices } = createHousehold();
  phone.cart.add("SHOE");
  laptop.cart.add("SHOE", 2);
  laptop.cart.add("BOOK");
  for (const device of devices) device.sync();
  signIn(server, laptop, "customer");
  phone.sync();
  phone.cart.increase("SHOE");
  phone.cart.remove("BOOK");
  phone.sync();
  unlink(server, devices, "visitor");
  expect([quantities(server.state("customer")), quantities(server.state("visitor"))]).toEqual([{ SHOE: 2 }, { SHOE: 2, BOOK: 1 }]);
});

test("what keep-visitor had thrown out of the customer's cart is back in it", () => {
  const { server, phone, laptop, devices } = createHousehold();
  phone.cart.add("SHOE");
  phone.cart.setField("SHOE", "note", "for Piet");
  laptop.cart.add("BOOK");
  for (const device of devices) device.sync();
  signIn(server, laptop, "customer", { merge: "keep-visitor", consent: "newest" });
  unlink(server, devices, "visitor");
  expect(shownCart(server.state("customer")).lines).toEqual([{ line: "SHOE", quantity: 1, details: {}, fields: { note: "for Piet" } }]);
});

test("the same visitor signs in a second time: every line counts once, and is taken back once more", () => {
  const { server, laptop, devices } = createHousehold();
  laptop.cart.add("SHOE", 3);
  laptop.cart.decrease("SHOE");
  laptop.push();
  signIn(server, laptop, "customer");
  unlink(server, devices, "visitor");
  signIn(server, laptop, "customer");
  expect(quantities(server.state("customer"))).toEqual({ SHOE: 2 });
  unlink(server, devices, "visitor");
  expect([quantities(server.state("customer")), quantities(server.state("visitor"))]).toEqual([{}, { SHOE: 2 }]);
});

test("what the visitor allowed is the account's no longer; what they refused stays refused", () => {
  const { server, phone, laptop, devices } = createHousehold();
  laptop.decide({ analytics: true, marketing: false }, "account");
  Object.assign(laptop, { replica: { ...laptop.replica, pending: laptop.replica.pending.map((event) => ({ ...event, data: { ...(event.data as object), asked: "account" } })) } });
  laptop.push();
  signIn(server, laptop, "customer");
  expect(isGranted(server.state("customer"), "account", "analytics")).toBe(true);
  unlink(server, devices, "visitor");
  phone.sync();
  const answers = ["analytics", "marketing"].map((purpose) => answerOf(phone.replica.view.consent, "account", purpose, { now: server.now }));
  expect(answers).toEqual([undefined, false]);
});

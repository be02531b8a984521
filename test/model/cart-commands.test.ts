/** What a tap becomes: events that name what the shopper had in front of them, none larger than may be sent. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { objection } from "../../src/model/admission.js";
import { viewCart } from "../../src/model/cart-view.js";
import { createDevice, type SimulatedDevice } from "./device-simulator.js";
import { gestures, histories, take } from "./history.js";
import { createServer } from "./log-simulator.js";
import { quantities } from "./shown.js";

const createPhone = (): SimulatedDevice => createDevice(createServer(), "phone", "customer");
const shown = ({ replica }: SimulatedDevice) => viewCart(replica.view.cart).lines;
const tapped = (times: number): SimulatedDevice => {
  const phone = createPhone();
  for (let i = 0; i < times; i++) phone.cart.add("SHOE");
  return phone;
};

test("every call shows its effect when it returns", () => {
  const { cart } = createPhone();
  const line = cart.add("SHOE", 2);
  cart.increase(line);
  cart.decrease(line, 2);
  expect(cart.lines.map((l) => l.quantity)).toEqual([1]);
  cart.setQuantity(line, 7);
  expect(cart.lines.map((l) => l.quantity)).toEqual([7]);
  expect(cart.setOptions(line, { size: "L" })).toBe("SHOE?size=L");
  expect(cart.lines.map((l) => [l.line, l.quantity])).toEqual([["SHOE?size=L", 7]]);
  cart.clear();
  expect(cart.lines).toEqual([]);
});

test("one phone alone counts like a calculator", () => {
  const taps = fc.array(fc.tuple(fc.constantFrom("add", "increase", "decrease", "set", "remove"), fc.integer({ min: 1, max: 5 }), fc.boolean()), { maxLength: 30, size: "max" });
  fc.assert(fc.property(taps, (all) => {
    const phone = createPhone();
    let count = 0;
    for (const [what, n, isSynced] of all) {
      if (what === "add") count += (phone.cart.add("SHOE", n), n);
      if (what === "increase") count += (phone.cart.increase("SHOE", n), n);
      if (what === "decrease") count = (phone.cart.decrease("SHOE", n), Math.max(0, count - n));
      if (what === "set") count = (phone.cart.setQuantity("SHOE", n), n);
      if (what === "remove") count = (phone.cart.remove("SHOE"), 0);
      if (isSynced) phone.sync();
      expect(quantities(phone.replica.view).SHOE ?? 0).toBe(count);
    }
  }), { numRuns: 1_000 });
});

test("what the shop changes in its own objects afterwards changes nothing in the cart", () => {
  const phone = createPhone();
  const details = { title: "Shoe" };
  phone.cart.add("SHOE", 1, { details });
  details.title = "Sock";
  expect(shown(phone)[0]?.details).toEqual({ title: "Shoe" });
});

test("other options take note and details along", () => {
  const phone = createPhone();
  phone.cart.add("SHOE", 2, { details: { title: "Shoe" } });
  phone.cart.setField("SHOE", "note", "for Anna");
  phone.cart.setOptions("SHOE", { size: "L" });
  expect(shown(phone)).toMatchObject([{ line: "SHOE?size=L", quantity: 2, details: { title: "Shoe" }, fields: { note: "for Anna" } }]);
});

test("the \"–\" takes the newest addition first", () => {
  const phone = createPhone();
  for (const n of [1, 2, 3]) phone.cart.add("SHOE", n);
  phone.cart.decrease("SHOE", 4);
  expect(shown(phone)[0]?.added.map((a) => a.quantity)).toEqual([1, 1]);
});

test("the \"–\" takes of the number that counts, when two were typed unseen", () => {
  for (const isLaterFirst of [false, true]) {
    const server = createServer();
    const [phone, kiosk] = [createDevice(server, "phone", "customer"), createDevice(server, "kiosk", "customer")];
    phone.cart.setQuantity("SHOE", 3);
    server.now += 60_000;
    kiosk.cart.setQuantity("SHOE", 5);
    for (const device of isLaterFirst ? [kiosk, phone] : [phone, kiosk, phone]) device.sync();
    phone.cart.decrease("SHOE");
    expect(quantities(phone.replica.view)).toEqual({ SHOE: 4 });
  }
});

test("other options leave no note behind for whoever adds the old ones again", () => {
  const phone = createPhone();
  phone.cart.add("SHOE");
  phone.cart.setField("SHOE", "note", "for Anna");
  phone.cart.setOptions("SHOE", { size: "L" });
  phone.cart.add("SHOE");
  expect(shown(phone).map(({ line, fields }) => [line, fields])).toEqual([["SHOE?size=L", { note: "for Anna" }], ["SHOE", {}]]);
});

test("asking twice to keep the cart is asking once", () => {
  const phone = createPhone();
  phone.cart.keep();
  phone.cart.keep();
  expect(phone.replica.pending).toHaveLength(1);
});

test.each<[string, (phone: SimulatedDevice) => unknown, number | undefined]>([
  ["a typed number", (p) => p.cart.setQuantity("SHOE", 3), 3],
  ["a removal", (p) => p.cart.remove("SHOE"), undefined],
  ["a clearing", (p) => p.cart.clear(), undefined],
  ["a decrease", (p) => p.cart.decrease("SHOE", 390), 10],
])("after 400 taps offline %s still means all of them, on every device", (_, act, left) => {
  const server = createServer();
  const [phone, kiosk] = [createDevice(server, "phone", "customer"), createDevice(server, "kiosk", "customer")];
  for (let i = 0; i < 400; i++) phone.cart.add("SHOE");
  act(phone);
  expect(quantities(phone.replica.view).SHOE).toBe(left);
  server.push("customer", "phone", "web", [...phone.replica.pending].reverse());
  kiosk.sync();
  expect(quantities(kiosk.replica.view).SHOE).toBe(left);
});

test("a number typed after 400 taps offline leaves note and details where they are", () => {
  const phone = createPhone();
  phone.cart.add("SHOE", 1, { details: { title: "Shoe" } });
  phone.cart.setField("SHOE", "note", "for Anna");
  phone.sync();
  for (let i = 0; i < 400; i++) phone.cart.increase("SHOE");
  phone.cart.setQuantity("SHOE", 3);
  expect(shown(phone)).toMatchObject([{ quantity: 3, details: { title: "Shoe" }, fields: { note: "for Anna" } }]);
});

test("other options after 400 taps offline take all of them along", () => {
  const phone = tapped(400);
  phone.cart.setOptions("SHOE", { size: "L" });
  expect(quantities(phone.replica.view)).toEqual({ "SHOE?size=L": 400 });
});

test("with real ids, the longest line and full details no event is larger than may be sent", () => {
  const phone = createPhone();
  let made = 0;
  const newId = (): string => String(++made).padStart(22, "i");
  const long = phone.cart.add("x".repeat(200), 9_999, { options: { a: "y".repeat(200), b: "z".repeat(200) }, details: { t: "d".repeat(2_000) } });
  for (let i = 0; i < 400; i++) phone.cart.increase(long, 1);
  phone.cart.decrease(long, 9_999);
  phone.cart.setOptions(long, { a: "w".repeat(200), b: "v".repeat(200) });
  for (const event of phone.replica.pending) {
    const { units } = event.data as { units?: [string, number][] };
    const data = units === undefined ? event.data : { ...(event.data as object), units: units.map(([, n]) => [newId(), n]) };
    const sized = { ...event, id: newId(), log: newId(), data, ...(event.pend && { pend: event.pend.map(newId) }) };
    expect(objection(phone.replica.confirmed, sized)).toBeUndefined();
  }
});

test("where concurrent additions made more than 9 999, other options take along as many as a line may hold", () => {
  const server = createServer();
  const [phone, kiosk] = [createDevice(server, "phone", "customer"), createDevice(server, "kiosk", "customer")];
  for (const device of [phone, kiosk]) device.cart.add("SHOE", 9_000);
  for (const device of [phone, kiosk, phone]) device.sync();
  phone.cart.setOptions("SHOE", { size: "L" });
  expect(quantities(phone.replica.view)).toEqual({ "SHOE?size=L": 9_999 });
});

test("no gesture on a small cart is one that the server would refuse", () => {
  fc.assert(fc.property(histories([gestures], 25), ({ steps }) => {
    const world = { server: createServer(), devices: [createPhone()], waiting: { pushes: [], deliveries: [], snapshots: [] } };
    for (const step of steps) {
      const [phone] = world.devices as [SimulatedDevice];
      const { view, pending } = phone.replica;
      take(world, step);
      for (const event of phone.replica.pending.slice(pending.length)) expect(objection(view, event)).toBeUndefined();
    }
  }), { numRuns: 300 });
});

/** What a shop is given to show: the lines in the order they came, each with what belongs to it. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { viewCart } from "../../src/model/cart-view.js";
import { createDevice, type SimulatedDevice } from "./device-simulator.js";
import { createFamily, gestures, histories, network, settle, take } from "./history.js";
import { createServer } from "./log-simulator.js";

const skus = ({ replica }: SimulatedDevice): string[] => viewCart(replica.view.cart).lines.map((line) => line.line);
const createPhone = (): SimulatedDevice => createDevice(createServer(), "phone", "customer");

test("lines stand in the order in which they were first added", () => {
  const phone = createPhone();
  for (const sku of ["SHOE", "SOCK", "HAT", "SHOE"]) phone.cart.add(sku);
  expect(skus(phone)).toEqual(["SHOE", "SOCK", "HAT"]);
  phone.sync();
  expect(skus(phone)).toEqual(["SHOE", "SOCK", "HAT"]);
});

test("a line that was removed and added again stands last, confirmed or not", () => {
  const phone = createPhone();
  for (const sku of ["SHOE", "SOCK"]) phone.cart.add(sku);
  phone.sync();
  phone.cart.remove("SHOE");
  phone.cart.add("SHOE");
  expect(skus(phone)).toEqual(["SOCK", "SHOE"]);
  phone.sync();
  expect(skus(phone)).toEqual(["SOCK", "SHOE"]);
});

test("a line that a note was written to before it was added does not jump when it is confirmed", () => {
  const phone = createPhone();
  phone.cart.setField("SHOE", "note", "in a box");
  phone.cart.add("SOCK");
  phone.cart.add("SHOE");
  expect(skus(phone)).toEqual(["SOCK", "SHOE"]);
  phone.sync();
  expect(skus(phone)).toEqual(["SOCK", "SHOE"]);
});

test("what the server confirms of one device's own doing moves no line, whatever was done", () => {
  fc.assert(fc.property(histories([gestures]), ({ steps }) => {
    const world = createFamily(1);
    for (const step of steps) take(world, step);
    const [phone] = world.devices as [SimulatedDevice];
    const before = skus(phone);
    settle(world);
    expect(skus(phone)).toEqual(before);
  }), { numRuns: 500 });
});

test("a line carries its product, its options, its quantity, and where its units came from", () => {
  const phone = createPhone();
  phone.cart.add("SHOE", 2, { options: { size: "42", colour: "red" }, details: { title: "Shoe" } });
  const [line] = phone.cart.lines;
  expect(line).toMatchObject({ line: "SHOE?colour=red&size=42", sku: "SHOE", options: { size: "42", colour: "red" }, quantity: 2, details: { title: "Shoe" } });
  expect(line?.added).toMatchObject([{ quantity: 2, device: "phone", channel: "web" }]);
});

test("the details are those of the last addition that gave any", () => {
  const phone = createPhone();
  phone.cart.add("SHOE", 1, { details: { price: 10 } });
  phone.cart.add("SHOE", 1, { details: { price: 12 } });
  phone.cart.increase("SHOE");
  expect(phone.cart.lines[0]?.details).toEqual({ price: 12 });
});

test("a line that was not touched is the same object, and no screen can change it", () => {
  const phone = createPhone();
  for (const sku of ["SHOE", "SOCK"]) phone.cart.add(sku);
  const [shoe] = phone.cart.lines;
  phone.cart.increase("SOCK");
  expect(phone.cart.lines[0]).toBe(shoe);
  expect(() => (phone.cart.lines as unknown[]).push(1)).toThrow(TypeError);
  expect(() => Object.assign(shoe as object, { quantity: 9 })).toThrow(TypeError);
});

test("the total is the sum of the lines, and no line shows none or more than 9 999", () => {
  fc.assert(fc.property(histories([gestures, network], 20), ({ devices, steps }) => {
    const world = createFamily(devices);
    for (const step of steps) {
      const { lines, quantity } = viewCart(take(world, step).replica.view.cart);
      expect(quantity).toBe(lines.reduce((sum, line) => sum + line.quantity, 0));
      for (const line of lines) expect(line.quantity > 0 && line.quantity <= 9_999).toBe(true);
    }
  }), { numRuns: 300 });
});

test("a coupon shows once, with the server's verdict as soon as there is one", () => {
  const server = createServer();
  const phone = createDevice(server, "phone", "customer");
  phone.cart.addCoupon("SUMMER");
  phone.cart.addCoupon("SUMMER");
  phone.sync();
  expect(viewCart(phone.replica.view.cart).coupons).toEqual([{ code: "SUMMER" }]);
  server.write("customer", "coupon-judged", { code: "SUMMER", valid: true });
  phone.pull();
  expect(viewCart(phone.replica.view.cart).coupons).toEqual([{ code: "SUMMER", valid: true }]);
});

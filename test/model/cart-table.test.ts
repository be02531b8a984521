/** The table "Cart" of the design, row by row: what one device does, what another does unseen, what comes of it. */
import { expect, test } from "vitest";
import { viewCart } from "../../src/model/cart-view.js";
import { createDevice, type SimulatedDevice } from "./device-simulator.js";
import { createServer, type SimulatedServer } from "./log-simulator.js";
import { quantities } from "./shown.js";

interface Shop {
  readonly server: SimulatedServer;
  readonly phone: SimulatedDevice;
  readonly kiosk: SimulatedDevice;
  readonly tablet: SimulatedDevice;
}

/** Three devices of one customer, all of which have seen `seen` units of SHOE. */
function createShop(seen: number): Shop {
  const server = createServer();
  const [phone, kiosk, tablet] = ["phone", "kiosk", "tablet"].map((name) => createDevice(server, name, "customer")) as
    [SimulatedDevice, SimulatedDevice, SimulatedDevice];
  const shop = { server, phone, kiosk, tablet };
  if (seen > 0) phone.cart.add("SHOE", seen);
  meet(shop);
  return shop;
}

/** All come online, send and receive; they must agree on what is in the cart. */
function meet({ phone, kiosk, tablet }: Shop): Record<string, number> {
  const devices = [phone, kiosk, tablet];
  for (const device of devices) device.sync();
  for (const device of devices) device.pull();
  const [first, ...others] = devices.map((device) => quantities(device.replica.view));
  for (const other of others) expect(other).toEqual(first);
  return first as Record<string, number>;
}

const fields = ({ phone }: Shop) => viewCart(phone.replica.view.cart).lines[0]?.fields;

test("one added on the phone and one on the kiosk are two", () => {
  const shop = createShop(0);
  shop.phone.cart.add("SHOE");
  shop.kiosk.cart.add("SHOE");
  expect(meet(shop)).toEqual({ SHOE: 2 });
});

test("an addition that is sent again and again counts once", () => {
  const shop = createShop(0);
  shop.phone.cart.add("SHOE");
  for (let i = 0; i < 3; i++) shop.phone.push();
  shop.server.push("customer", "phone", "web", [...shop.phone.replica.pending, ...shop.phone.replica.pending]);
  expect(meet(shop)).toEqual({ SHOE: 1 });
});

test("set to 3 here while 1 is added there: 4", () => {
  const shop = createShop(5);
  shop.phone.cart.setQuantity("SHOE", 3);
  shop.kiosk.cart.increase("SHOE");
  expect(meet(shop)).toEqual({ SHOE: 4 });
});

test("set to 3 here and to 5 there: the later by corrected time, though it arrives first", () => {
  const shop = createShop(1);
  shop.phone.cart.setQuantity("SHOE", 3);
  shop.server.now += 60_000;
  shop.kiosk.cart.setQuantity("SHOE", 5);
  shop.kiosk.sync();
  expect(meet(shop)).toEqual({ SHOE: 5 });
});

test("removed here while 1 is added there: 1 remains", () => {
  const shop = createShop(2);
  shop.phone.cart.remove("SHOE");
  shop.kiosk.cart.increase("SHOE");
  expect(meet(shop)).toEqual({ SHOE: 1 });
});

test("removed twice: gone once, and what a third device added unseen still stands", () => {
  const shop = createShop(2);
  shop.phone.cart.remove("SHOE");
  shop.kiosk.cart.remove("SHOE");
  shop.tablet.cart.add("SHOE", 4);
  expect(meet(shop)).toEqual({ SHOE: 4 });
});

test("removed here while set to 3 there: 3", () => {
  const shop = createShop(2);
  shop.phone.cart.remove("SHOE");
  shop.kiosk.cart.setQuantity("SHOE", 3);
  expect(meet(shop)).toEqual({ SHOE: 3 });
});

test("decreased by 1 on both sides, of 1: none, never less", () => {
  const shop = createShop(1);
  shop.phone.cart.decrease("SHOE");
  shop.kiosk.cart.decrease("SHOE");
  expect(meet(shop)).toEqual({});
  shop.tablet.cart.add("SHOE");
  expect(meet(shop)).toEqual({ SHOE: 1 });
});

test("decreased here while set there: the set stands", () => {
  const shop = createShop(4);
  shop.phone.cart.decrease("SHOE", 2);
  shop.kiosk.cart.setQuantity("SHOE", 3);
  expect(meet(shop)).toEqual({ SHOE: 3 });
});

test("cleared here while something is added there: the unseen line stays", () => {
  const shop = createShop(2);
  shop.phone.cart.clear();
  shop.kiosk.cart.add("SOCK");
  expect(meet(shop)).toEqual({ SOCK: 1 });
});

test("the same note written on two devices: the later one; different fields both stand", () => {
  const shop = createShop(1);
  shop.kiosk.cart.setField("SHOE", "note", "for Anna");
  shop.kiosk.cart.setField("SHOE", "gift", true);
  shop.server.now += 60_000;
  shop.phone.cart.setField("SHOE", "note", "for Bob");
  shop.phone.sync();
  meet(shop);
  expect(fields(shop)).toEqual({ note: "for Bob", gift: true });
});

test("a note never brings a removed line back", () => {
  const shop = createShop(1);
  shop.phone.cart.remove("SHOE");
  shop.kiosk.cart.setField("SHOE", "note", "in a box");
  expect(meet(shop)).toEqual({});
});

test("size M changed to L while another M is added: the unseen M stays", () => {
  const shop = createShop(0);
  const medium = shop.phone.cart.add("SHIRT", 2, { options: { size: "M" } });
  meet(shop);
  shop.phone.cart.setOptions(medium, { size: "L" });
  shop.kiosk.cart.add("SHIRT", 1, { options: { size: "M" } });
  expect(meet(shop)).toEqual({ "SHIRT?size=L": 2, "SHIRT?size=M": 1 });
});

test("a coupon added here while the same coupon is removed there stays, and the server says whether it is valid", () => {
  const shop = createShop(1);
  shop.phone.cart.addCoupon("SUMMER");
  meet(shop);
  shop.phone.cart.removeCoupon("SUMMER");
  shop.kiosk.cart.addCoupon("SUMMER");
  meet(shop);
  shop.server.write("customer", "coupon-judged", { code: "SUMMER", valid: false });
  meet(shop);
  expect(viewCart(shop.phone.replica.view.cart).coupons).toEqual([{ code: "SUMMER", valid: false }]);
});

test("an order takes exactly what was in the cart at checkout; an addition it had not seen stays", () => {
  const shop = createShop(2);
  shop.kiosk.cart.increase("SHOE");
  shop.server.order("customer");
  expect(meet(shop)).toEqual({ SHOE: 1 });
});

test("a number the order had not seen is less by what was ordered, and never less than none", () => {
  for (const [typed, left] of [[5, { SHOE: 3 }], [1, {}]] as const) {
    const shop = createShop(2);
    shop.kiosk.cart.setQuantity("SHOE", typed);
    shop.server.order("customer");
    expect(meet(shop)).toEqual(left);
  }
});

test("an event that arrives days late means what it meant when it was made", () => {
  const shop = createShop(2);
  shop.phone.cart.remove("SHOE");
  shop.server.now += 5 * 86_400_000;
  shop.kiosk.cart.increase("SHOE", 3);
  shop.kiosk.sync();
  expect(meet(shop)).toEqual({ SHOE: 3 });
});

test("a removal that arrives before the addition it names: the line never appears", () => {
  const shop = createShop(0);
  shop.phone.cart.add("SHOE");
  shop.phone.cart.remove("SHOE");
  const [addition, removal] = shop.phone.replica.pending;
  shop.server.push("customer", "phone", "web", [removal as never]);
  expect(quantities(shop.server.state("customer"))).toEqual({});
  shop.server.push("customer", "phone", "web", [addition as never]);
  expect(meet(shop)).toEqual({});
});

test("a typed number that arrives before the addition it replaces keeps what the shop gave along", () => {
  const shop = createShop(0);
  shop.phone.cart.add("SHOE", 2, { details: { title: "Shoe" } });
  shop.phone.cart.setQuantity("SHOE", 1);
  shop.server.push("customer", "phone", "web", [...shop.phone.replica.pending].reverse());
  expect(meet(shop)).toEqual({ SHOE: 1 });
  expect(viewCart(shop.phone.replica.view.cart).lines[0]?.details).toEqual({ title: "Shoe" });
});

test("the note written last on one phone is the one shown, though its clock ran a day ahead", () => {
  for (let i = 0; i < 20; i++) {
    const shop = createShop(1);
    shop.phone.skewMs = 86_400_000;
    for (let j = 0; j <= i; j++) shop.phone.cart.setField("SHOE", "note", j);
    meet(shop);
    expect(fields(shop)).toEqual({ note: i });
  }
});

test("a number that arrives after the one that replaced it hides nobody else's number", () => {
  const shop = createShop(0);
  shop.tablet.cart.setQuantity("SHOE", 5);
  shop.server.now += 60_000;
  shop.phone.cart.setQuantity("SHOE", 3);
  shop.phone.cart.setQuantity("SHOE", 4);
  const [first, second] = shop.phone.replica.pending;
  shop.server.push("customer", "phone", "web", [second as never]);
  shop.kiosk.pull();
  shop.kiosk.cart.remove("SHOE");
  shop.kiosk.push();
  shop.server.push("customer", "phone", "web", [first as never]);
  expect(meet(shop)).toEqual({ SHOE: 5 });
});

test("a note that arrives after the one written over it does not come back, though its clock ran a day ahead", () => {
  const shop = createShop(1);
  shop.phone.skewMs = 86_400_000;
  shop.phone.cart.setField("SHOE", "note", "first");
  shop.phone.cart.setField("SHOE", "note", "second");
  for (const event of [...shop.phone.replica.pending].reverse()) {
    shop.server.push("customer", "phone", "web", [event]);
    shop.server.now += 60_000;
  }
  meet(shop);
  expect(fields(shop)).toEqual({ note: "second" });
});

test("what was emptied with the minus is remembered for 90 days for whoever has not seen it, and weighs on the log no longer", () => {
  const shop = createShop(0);
  const ids = (): string[] => shop.phone.replica.confirmed.cart.lines.map(({ id }) => id);
  shop.phone.cart.add("SHOE", 1, { details: { price: 4999 } });
  shop.phone.cart.addCoupon("WEB10");
  shop.phone.cart.decrease("SHOE");
  meet(shop);
  shop.server.now += 89 * 86_400_000;
  shop.phone.cart.add("SOCK");
  meet(shop);
  expect(ids()).toEqual(["SHOE", "", "SOCK"]);
  shop.server.now += 2 * 86_400_000;
  shop.phone.cart.add("HAT");
  expect(meet(shop)).toEqual({ SOCK: 1, HAT: 1 });
  expect(ids()).toEqual(["", "SOCK", "HAT"]);
});

/** A cart that no server has ever seen may be told again in fewer events: it is the same cart. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { viewCart } from "../../src/model/cart-view.js";
import { condense } from "../../src/model/condense.js";
import { createDevice, type SimulatedDevice } from "./device-simulator.js";
import { createFamily, gestures, histories, network, take } from "./history.js";
import { createServer } from "./log-simulator.js";
import { shownCart } from "./shown.js";

/** What a new device shows after making these gestures. */
function retold({ replica }: SimulatedDevice): SimulatedDevice {
  const fresh = createDevice(createServer(), "fresh", "customer");
  for (const gesture of condense(replica.view)) fresh.record(gesture);
  return fresh;
}

test("a cart told again shows the same, in the same order, and telling it once more makes it no shorter", () => {
  fc.assert(fc.property(histories([gestures, network], 25), ({ devices, steps }) => {
    const world = createFamily(devices);
    for (const step of steps) take(world, step);
    for (const device of world.devices) {
      const again = retold(device);
      expect(shownCart(again.replica.view)).toEqual(shownCart(device.replica.view));
      expect(viewCart(again.replica.view.cart).lines.map((l) => l.line)).toEqual(viewCart(device.replica.view.cart).lines.map((l) => l.line));
      expect(condense(again.replica.view)).toEqual(condense(device.replica.view));
    }
  }), { numRuns: 500 });
});

test("a thousand taps are told again as one addition", () => {
  const phone = createDevice(createServer(), "phone", "customer");
  for (let i = 0; i < 1_000; i++) phone.cart.add("SHOE");
  expect(condense(phone.replica.view)).toEqual([{ type: "line-added", data: { line: "SHOE", n: 1_000 } }]);
});

test("an empty cart needs no words", () => {
  expect(condense(createDevice(createServer(), "phone", "customer").replica.view)).toEqual([]);
});

/** What holds in every history of a shop, whatever people and networks do: the invariants, over random histories. */
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { createProgress } from "../progress.js";
import { specifiedCart } from "./cart-spec.js";
import type { SimulatedDevice } from "./device-simulator.js";
import { accounts, createFamily, createWorld, gestures, histories, network, settle, take, type World } from "./history.js";
import { keepResult, RUNS, SEED, TIMEOUT_MS } from "./runs.js";
import { shownCart } from "./shown.js";

const progress = createProgress("histories of the model", RUNS);

afterAll(() => keepResult("model-histories", progress, RUNS));

/** What a device shows is what the rules say of all it has been told and has done, each once. */
function expectWhatTheRulesSay(device: SimulatedDevice): void {
  expect(shownCart(device.replica.view)).toEqual(specifiedCart(device.deeds()));
}

function expectTheSameEverywhere({ server, devices }: World): void {
  for (const device of devices) {
    expect(device.replica.pending).toEqual([]);
    expectWhatTheRulesSay(device);
    expect(JSON.stringify(device.replica.view)).toBe(JSON.stringify(server.state(device.session)));
  }
}

test("invariants 2, 4, 5: on one customer's devices every gesture counts once, and all end with the same cart", () => {
  fc.assert(fc.property(histories([gestures, network]), ({ devices, steps }) => {
    const world = createFamily(devices);
    for (const step of steps) expectWhatTheRulesSay(take(world, step));
    settle(world);
    expectTheSameEverywhere(world);
    progress.step();
  }), { numRuns: Math.ceil(RUNS / 2), seed: SEED });
}, TIMEOUT_MS);

test("invariants 2, 4, 5, 8: with sign-ins and sign-outs in between every gesture counts once, and all end with the same cart", () => {
  fc.assert(fc.property(histories([gestures, network, accounts]), ({ devices, steps }) => {
    const world = createWorld(devices);
    for (const step of steps) expectWhatTheRulesSay(take(world, step));
    settle(world);
    expectTheSameEverywhere(world);
    progress.step();
  }), { numRuns: Math.ceil(RUNS / 2), seed: SEED });
}, TIMEOUT_MS);

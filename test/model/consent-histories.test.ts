/** Invariant 6 over random histories: no refusal is undone by somebody who had not seen it. */
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { times } from "../long.js";
import { createProgress } from "../progress.js";
import { isEveryRefusalAnswered, isSpecifiedGranted } from "./consent-spec.js";
import type { SimulatedDevice } from "./device-simulator.js";
import { accounts, createFamily, createWorld, decisions, histories, network, PURPOSES, settle, take } from "./history.js";
import { keepResult, RUNS, SEED, TIMEOUT_MS } from "./runs.js";
import { isGranted } from "./shown.js";

/** Of each kind; in the long run a million of both. */
const EACH = Math.ceil(RUNS / times(4, 2));
const progress = createProgress("histories of consent", 2 * EACH);

afterAll(() => keepResult("consent-histories", progress, 2 * EACH));

function expectTheRule({ replica, deeds, name }: SimulatedDevice): void {
  const told = deeds();
  for (const scope of ["account", name]) for (const purpose of PURPOSES) {
    expect(isGranted(replica.view, scope, purpose)).toBe(isSpecifiedGranted(told, scope, purpose));
  }
}

test("invariant 6: a purpose is granted exactly if some grant had seen every refusal of it, on every device at every moment", () => {
  fc.assert(fc.property(histories([decisions, network]), ({ devices, steps }) => {
    const world = createFamily(devices);
    for (const step of steps) expectTheRule(take(world, step));
    settle(world);
    for (const device of world.devices) {
      expectTheRule(device);
      expect(JSON.stringify(device.replica.view)).toBe(JSON.stringify(world.server.state("customer")));
    }
    progress.step();
  }), { numRuns: EACH, seed: SEED });
}, TIMEOUT_MS);

test("invariant 6: with sign-ins and forgotten tabs, an account's refusal is undone only by who saw it, or by the rule at a sign-in", () => {
  fc.assert(fc.property(histories([decisions, network, accounts]), ({ devices, steps }) => {
    const world = createWorld(devices);
    for (const step of steps) take(world, step);
    settle(world);
    for (const { session, replica } of world.devices) for (const purpose of PURPOSES) {
      const { server } = world;
      expect(JSON.stringify(replica.view)).toBe(JSON.stringify(server.state(session)));
      if (isGranted(replica.view, "account", purpose)) expect(isEveryRefusalAnswered(server.deeds(session), session, purpose)).toBe(true);
    }
    progress.step();
  }), { numRuns: EACH, seed: SEED });
}, TIMEOUT_MS);

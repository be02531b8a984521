/** Every short history of choices there is: not one of them may end otherwise than the rule says. */
import { expect, test } from "vitest";
import { pendingDecisions } from "../../src/model/consent.js";
import type { Replica } from "../../src/model/replica.js";
import { isSpecifiedGranted } from "./consent-spec.js";
import { isGranted } from "./shown.js";
import { createSmallWorld, deedsIn, forEachHistory, type Move, recorded, settled, sync } from "./small-world.js";

const decided = (isAllowed: boolean): Move => (world, device) => {
  const pend = pendingDecisions((world.replicas[device] as Replica).view.consent, "account");
  const data = { scope: "account", asked: "account", policy: "1", purposes: { analytics: isAllowed } };
  return recorded(world, device, { type: "consent-decided", data, ...(pend.length > 0 && { pend }) });
};

/** Tries all histories and says how many there were; in each, all devices must end with the choice of the rule. */
function tryChoices(devices: number, steps: number): number {
  const moves = [decided(true), decided(false), sync];
  return forEachHistory(createSmallWorld(devices), { moves, steps, isTimeless: true }, (world) => {
    const end = settled(world);
    const specified = isSpecifiedGranted(deedsIn(end), "account", "analytics");
    const other = end.replicas.find(({ view }) => isGranted(view, "account", "analytics") !== specified);
    if (other !== undefined) expect(isGranted(other.view, "account", "analytics"), JSON.stringify(end.entries)).toBe(specified);
  });
}

test("every choice of two devices in eight steps", () => {
  expect(tryChoices(2, 8)).toBeGreaterThan(30_000);
}, 120_000);

test("every choice of three devices in eight steps", () => {
  expect(tryChoices(3, 8)).toBeGreaterThan(130_000);
}, 120_000);

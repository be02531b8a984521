/** The table of the consent rules, row by row, and what becomes of a visitor's choice at sign-in. */
import { expect, test } from "vitest";
import type { ConsentRule } from "../../src/model/consent.js";
import { DECISION_MS, grantOf } from "../../src/model/standing.js";
import { createDevice, type SimulatedDevice } from "./device-simulator.js";
import { createServer, type SimulatedServer } from "./log-simulator.js";
import { isGranted } from "./shown.js";
import { link, signIn, signOut } from "./signing-in.js";

interface Home {
  readonly server: SimulatedServer;
  readonly desktop: SimulatedDevice;
  readonly phone: SimulatedDevice;
}

/** Two devices of one account. */
function createHome(): Home {
  const server = createServer();
  return { server, desktop: createDevice(server, "desktop", "customer"), phone: createDevice(server, "phone", "customer") };
}

/** A visitor's browser with two tabs, and a desktop that is signed in already. */
function createVisit(): Home & { readonly tab: SimulatedDevice; readonly otherTab: SimulatedDevice } {
  const home = createHome();
  return { ...home, tab: createDevice(home.server, "tab", "visitor"), otherTab: createDevice(home.server, "otherTab", "visitor") };
}

const isAllowed = (server: SimulatedServer): boolean => isGranted(server.state("customer"), "account", "analytics");
const allow = (device: SimulatedDevice): void => device.decide({ analytics: true });
const refuse = (device: SimulatedDevice): void => device.decide({ analytics: false });
const how = (consent: ConsentRule) => ({ merge: "union", consent }) as const;

test("refused on the desktop: the phone's gate is closed once it hears of it", () => {
  const { desktop, phone } = createHome();
  allow(phone);
  phone.sync();
  desktop.pull();
  refuse(desktop);
  desktop.sync();
  phone.pull();
  expect(isGranted(phone.replica.view, "account", "analytics")).toBe(false);
});

test("an offline phone that grants, not having seen a withdrawal, does not undo it, though its clock is later", () => {
  const { server, desktop, phone } = createHome();
  refuse(desktop);
  desktop.sync();
  phone.skewMs = 86_400_000;
  allow(phone);
  phone.sync();
  expect(isAllowed(server)).toBe(false);
});

test("a grant by somebody who had seen the withdrawal counts", () => {
  const { server, desktop, phone } = createHome();
  refuse(desktop);
  desktop.sync();
  phone.pull();
  allow(phone);
  phone.sync();
  expect(isAllowed(server)).toBe(true);
});

test("who changes their mind offline is taken at their last word", () => {
  const { server, phone } = createHome();
  for (const decide of [refuse, allow, refuse, allow]) decide(phone);
  expect(isGranted(phone.replica.view, "account", "analytics")).toBe(true);
  phone.sync();
  expect(isAllowed(server)).toBe(true);
});

test("a refusal stays one however long the log grows", () => {
  const { server, desktop, phone } = createHome();
  phone.pull();
  refuse(desktop);
  desktop.sync();
  for (let i = 0; i < 60; i++) refuse(desktop);
  desktop.sync();
  allow(phone);
  phone.sync();
  expect(isAllowed(server)).toBe(false);
  allow(phone);
  phone.sync();
  expect(isAllowed(server)).toBe(true);
});

test("a choice of this device says nothing of another device", () => {
  const { server, desktop, phone } = createHome();
  phone.decide({ analytics: true }, "device");
  phone.sync();
  desktop.pull();
  expect(isGranted(desktop.replica.view, "phone", "analytics")).toBe(true);
  expect(isGranted(desktop.replica.view, "desktop", "analytics")).toBe(false);
  expect(isAllowed(server)).toBe(false);
});

test("a grant lasts 182 days, and ends for one purpose when the policy for it is materially changed", () => {
  const { server, phone } = createHome();
  phone.decide({ analytics: true, marketing: true });
  phone.sync();
  const { consent } = server.state("customer");
  const at = (now: number, material = {}) => ["analytics", "marketing"].map((p) => grantOf(consent, "account", p, { now, material }) !== undefined);
  expect(at(server.now + DECISION_MS - 1)).toEqual([true, true]);
  expect(at(server.now + DECISION_MS)).toEqual([false, false]);
  expect(at(server.now, { marketing: "2" })).toEqual([true, false]);
});

test("at sign-in an undecided account takes a choice that was asked for all devices, and no other", () => {
  for (const scope of ["account", "device"] as const) {
    const { server, tab } = createVisit();
    tab.decide({ analytics: true }, scope);
    tab.sync();
    signIn(server, tab, "customer");
    expect(isAllowed(server)).toBe(scope === "account");
  }
});

test("at sign-in an earlier choice of the account gives way under the rule \"newest\", and stands under \"account\"", () => {
  for (const rule of ["newest", "account"] as const) {
    const { server, tab, desktop } = createVisit();
    refuse(desktop);
    desktop.sync();
    server.now += 1000;
    allow(tab);
    tab.sync();
    signIn(server, tab, "customer", how(rule));
    expect(isAllowed(server)).toBe(rule === "newest");
  }
});

test("at sign-in a visitor's earlier choice gives way to the account's later one", () => {
  const { server, tab, desktop } = createVisit();
  allow(tab);
  tab.sync();
  server.now += 1000;
  refuse(desktop);
  desktop.sync();
  signIn(server, tab, "customer");
  expect(isAllowed(server)).toBe(false);
});

test("with a handoff no consent moves, ever", () => {
  const { server, tab } = createVisit();
  allow(tab);
  tab.sync();
  signIn(server, tab, "customer", how("none"));
  expect(isAllowed(server)).toBe(false);
});

test("after sign-out the account's choice is not the device's", () => {
  const { server, tab } = createVisit();
  signIn(server, tab, "customer");
  allow(tab);
  tab.sync();
  signOut(server, tab);
  expect(isGranted(tab.replica.view, "account", "analytics")).toBe(false);
});

test("invariant 6: a forgotten tab of the visitor, offline since before the sign-in, does not undo the account's later refusal", () => {
  const { server, tab, otherTab, desktop } = createVisit();
  allow(tab);
  tab.sync();
  otherTab.pull();
  signIn(server, tab, "customer");
  desktop.pull();
  refuse(desktop);
  desktop.sync();
  server.now += 1000;
  allow(otherTab);
  otherTab.push();
  expect(isAllowed(server)).toBe(false);
});

test("invariant 6: what one tab of the visitor refused and another granted unseen is not granted by signing in", () => {
  for (const isGrantFirst of [false, true]) {
    const { server, tab, otherTab, desktop } = createVisit();
    allow(desktop);
    desktop.sync();
    server.now += 1000;
    for (const [device, decide] of [[tab, refuse], [otherTab, allow]] as const) decide(device);
    for (const device of isGrantFirst ? [otherTab, tab] : [tab, otherTab]) device.push();
    expect(isGranted(server.state("visitor"), "account", "analytics")).toBe(false);
    link(server, tab, "customer");
    expect(isAllowed(server)).toBe(false);
  }
});

test("signing in again, or the answer lost, changes no choice", () => {
  const { server, tab, desktop } = createVisit();
  allow(tab);
  tab.sync();
  link(server, tab, "customer");
  desktop.pull();
  refuse(desktop);
  desktop.sync();
  for (let i = 0; i < 3; i++) signIn(server, tab, "customer");
  tab.sync();
  expect(isAllowed(server)).toBe(false);
  expect(isGranted(tab.replica.view, "account", "analytics")).toBe(false);
});

/** Cookiebot and OneTrust have no package: they are played here by the globals and events that their manuals describe. */
// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from "vitest";
import { cookiebotSource } from "../../src/sources/cookiebot.js";
import { oneTrustSource } from "../../src/sources/one-trust.js";
import { errors, scriptLoads } from "./page.js";

interface Globals {
  Cookiebot?: unknown;
  OneTrust?: unknown;
  OnetrustActiveGroups?: string;
  OptanonWrapper?: (() => void) | undefined;
}

const page = globalThis as Globals;
const heard = vi.fn();
let stop = (): void => {};

afterEach(() => {
  stop();
  vi.restoreAllMocks();
  heard.mockReset();
  for (const name of ["Cookiebot", "OneTrust", "OnetrustActiveGroups", "OptanonWrapper"] as const) delete page[name];
  document.cookie = "OptanonAlertBoxClosed=; expires=Thu, 01 Jan 1970 00:00:00 GMT; path=/";
});

/** Cookiebot's object after this answer. */
function cookiebot(hasResponse: boolean, granted: readonly string[], method: string | null = hasResponse ? "explicit" : null): void {
  const consent = Object.fromEntries(["preferences", "statistics", "marketing"].map((name) => [name, granted.includes(name)]));
  page.Cookiebot = { hasResponse, consent: { necessary: true, method, ...consent } };
}

const says = (type: string, detail?: unknown): boolean => dispatchEvent(new CustomEvent(type, { detail }));

test("Cookiebot: an answer of the last visit is heard at once, by our names for what it covers", () => {
  cookiebot(true, ["statistics", "preferences"]);
  stop = cookiebotSource().follow(heard);
  expect(heard.mock.calls).toEqual([[{ analytics: true, personalisation: true, marketing: false }]]);
});

test("Cookiebot: it comes late, asks, is answered, and is answered differently; each is heard once", () => {
  stop = cookiebotSource().follow(heard);
  cookiebot(false, []);
  says("CookiebotOnConsentReady");
  expect(heard).not.toHaveBeenCalled();
  cookiebot(true, ["statistics", "preferences", "marketing"]);
  says("CookiebotOnAccept");
  says("CookiebotOnConsentReady");
  cookiebot(true, []);
  says("CookiebotOnDecline");
  expect(heard.mock.calls).toEqual([[{ analytics: true, personalisation: true, marketing: true }], [{ analytics: false, personalisation: false, marketing: false }]]);
});

test("Cookiebot: a consent that it only takes as implied is nobody's answer", () => {
  cookiebot(true, ["statistics"], "implied");
  stop = cookiebotSource().follow(heard);
  says("CookiebotOnAccept");
  expect(heard).not.toHaveBeenCalled();
});

test("Cookiebot: whoever stops following hears no more; a broken object is told to the console only", () => {
  const said = errors();
  page.Cookiebot = { hasResponse: true };
  stop = cookiebotSource().follow(heard);
  expect(said).toHaveBeenCalledTimes(1);
  stop();
  cookiebot(true, ["statistics"]);
  says("CookiebotOnAccept");
  expect(heard).not.toHaveBeenCalled();
});

const groups = { analytics: ["C0002"], marketing: ["C0004", "C0005"] };

/** OneTrust as it stands in the page; returns what its visitor's change of mind does. */
function oneTrust(active: string, isClosed: boolean): (active: string) => void {
  const changed: (() => void)[] = [];
  page.OnetrustActiveGroups = active;
  page.OneTrust = { IsAlertBoxClosed: () => isClosed, OnConsentChanged: (listener: () => void) => changed.push(listener) };
  return (next) => {
    page.OnetrustActiveGroups = next;
    for (const listener of changed) listener();
  };
}

test("OneTrust: groups that are active before anybody answered, as in countries without a question, are no answer", () => {
  oneTrust(",C0001,C0002,C0004,C0005,", false);
  stop = oneTrustSource({ groups }).follow(heard);
  says("OneTrustGroupsUpdated", ["C0001", "C0002"]);
  page.OptanonWrapper?.();
  expect(heard).not.toHaveBeenCalled();
});

test("OneTrust: an answer of the last visit is heard at once, a changed mind with the change", () => {
  const change = oneTrust(",C0001,C0002,C0004,", true);
  stop = oneTrustSource({ groups }).follow(heard);
  change(",C0001,C0004,C0005,");
  says("OneTrustGroupsUpdated", ["C0001", "C0004", "C0005"]);
  expect(heard.mock.calls).toEqual([[{ analytics: true, marketing: false }], [{ analytics: false, marketing: true }]]);
});

test("OneTrust: a first answer is heard even if the banner is not noted as closed yet", () => {
  const change = oneTrust(",C0001,", false);
  stop = oneTrustSource({ groups }).follow(heard);
  change(",C0001,C0002,");
  expect(heard.mock.calls).toEqual([[{ analytics: true, marketing: false }]]);
});

test("OneTrust: it comes late by a script, and an older one tells by its cookie that it was answered", () => {
  stop = oneTrustSource({ groups }).follow(heard);
  page.OnetrustActiveGroups = ",C0001,";
  document.cookie = "OptanonAlertBoxClosed=2026-11-20T10:00:00.000Z; path=/";
  scriptLoads();
  expect(heard.mock.calls).toEqual([[{ analytics: false, marketing: false }]]);
});

test("OneTrust: the shop's own function goes on being called, and stands alone again once we stop", () => {
  const own = vi.fn();
  page.OptanonWrapper = own;
  oneTrust(",C0001,C0002,", true);
  stop = oneTrustSource({ groups }).follow(heard);
  page.OnetrustActiveGroups = ",C0001,";
  page.OptanonWrapper?.();
  expect([own.mock.calls.length, heard.mock.calls.length]).toEqual([1, 2]);
  stop();
  expect(page.OptanonWrapper).toBe(own);
});

test("OneTrust: whoever stops following hears no more", () => {
  const change = oneTrust(",C0001,", true);
  oneTrustSource({ groups }).follow(heard)();
  change(",C0001,C0002,");
  says("OneTrustGroupsUpdated", []);
  expect(heard).toHaveBeenCalledTimes(1);
});

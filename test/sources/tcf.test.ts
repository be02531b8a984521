/** A shop that has a platform of the advertisers' association keeps it: carryover follows the real library of such platforms. */
// @vitest-environment happy-dom
import type { CmpApi } from "@iabtcf/cmpapi";
import { afterEach, expect, test, vi } from "vitest";
import { tcfSource } from "../../src/sources/tcf.js";
import { freshly, scriptLoads } from "./page.js";
import { tcString } from "./tc-strings.js";

type Call = readonly [command: string, version: number, callback: (...answer: unknown[]) => void, parameter?: number];
const page = globalThis as { __tcfapi?: (...call: unknown[]) => unknown };
const source = tcfSource({ purposes: { analytics: [1, 8], marketing: [1, 3, 4] }, vendors: { marketing: [755] } });
const heard = vi.fn();

afterEach(() => {
  delete page.__tcfapi;
  vi.clearAllMocks();
});

/** The platform as it comes into the page. */
function comes(): CmpApi {
  const library = freshly<typeof import("@iabtcf/cmpapi")>("@iabtcf/cmpapi");
  return new library.CmpApi(10, 1, true);
}

/** What platforms put into the head, to keep calls until they have loaded. */
function putStub(): Call[] {
  const kept: Call[] = [];
  page.__tcfapi = (...call) => (call.length === 0 ? kept : kept.push(call as unknown as Call));
  return kept;
}

test("an answer that the platform kept from the last visit is heard at once", async () => {
  comes().update(await tcString([1, 8]));
  source.follow(heard);
  expect(heard.mock.calls).toEqual([[{ analytics: true, marketing: false }]]);
});

test("while the question is on the screen there is no answer, and after it there is one", async () => {
  const platform = comes();
  source.follow(heard);
  platform.update("", true);
  expect(heard).not.toHaveBeenCalled();
  platform.update(await tcString([1, 3, 4, 8]));
  expect(heard.mock.calls).toEqual([[{ analytics: true, marketing: true }]]);
});

test("a changed mind is heard once, and what is asked again meanwhile changes nothing", async () => {
  const platform = comes();
  platform.update(await tcString([1, 8]));
  source.follow(heard);
  platform.update(await tcString([1, 8]), true);
  platform.update(await tcString([1, 8]));
  expect(heard).toHaveBeenCalledTimes(1);
  platform.update(await tcString([]));
  expect(heard).toHaveBeenLastCalledWith({ analytics: false, marketing: false });
});

test("a purpose that needs several of the platform's is granted only with all of them, and with its vendor", async () => {
  const platform = comes();
  source.follow(heard);
  platform.update(await tcString([8]));
  expect(heard).toHaveBeenLastCalledWith({ analytics: false, marketing: false });
  platform.update(await tcString([1, 3, 4], false));
  expect(heard).toHaveBeenCalledTimes(1);
  platform.update(await tcString([1, 3, 4]));
  expect(heard).toHaveBeenLastCalledWith({ analytics: false, marketing: true });
});

test("where the law of consent does not apply nobody was asked, so there is no answer", async () => {
  const platform = comes();
  source.follow(heard);
  platform.update(null);
  expect(heard).not.toHaveBeenCalled();
});

test.each<[string, object]>([
  ["does not say whether the law applies", { gdprApplies: undefined }],
  ["says that it does not", { gdprApplies: false }],
  ["has loaded, but kept nothing", { tcString: "" }],
  ["shows the question, with what was answered before", { eventStatus: "cmpuishown" }],
  ["has no event", { eventStatus: undefined }],
])("a platform that %s has no answer, whatever else it says", (_, said) => {
  const answer = { eventStatus: "tcloaded", gdprApplies: true, tcString: "C", purpose: { consents: { 1: true, 8: true } }, listenerId: 1 };
  page.__tcfapi = (...[, , callback]) => (callback as Call[2])({ ...answer, ...said }, true);
  source.follow(heard);
  expect(heard).not.toHaveBeenCalled();
  page.__tcfapi = (...[, , callback]) => (callback as Call[2])(answer, false);
  source.follow(heard);
  expect(heard).not.toHaveBeenCalled();
  page.__tcfapi = (...[, , callback]) => (callback as Call[2])(answer, true);
  source.follow(heard);
  expect(heard).toHaveBeenCalledTimes(1);
});

test("a call that a stub has kept is answered when the platform comes", async () => {
  putStub();
  source.follow(heard);
  comes().update(await tcString([1, 8]));
  expect(heard.mock.calls).toEqual([[{ analytics: true, marketing: false }]]);
});

test("a platform that a tag manager brings long after us is found", async () => {
  source.follow(heard);
  comes().update(await tcString([1, 8]));
  expect(heard).not.toHaveBeenCalled();
  scriptLoads();
  expect(heard).toHaveBeenCalledTimes(1);
});

test("whoever stops following hears no more, and the platform is told to forget them", async () => {
  const platform = comes();
  platform.update(await tcString([1, 8]));
  const calls = vi.spyOn(page, "__tcfapi");
  source.follow(heard)();
  platform.update(await tcString([]));
  expect(heard).toHaveBeenCalledTimes(1);
  expect(calls.mock.calls.map(([command]) => command)).toEqual(["addEventListener", "removeEventListener"]);
});

test("whoever stops before the platform has come is forgotten as soon as it comes", async () => {
  putStub();
  source.follow(heard)();
  const platform = comes();
  const calls = vi.spyOn(page, "__tcfapi");
  platform.update(await tcString([1, 8]));
  expect(heard).not.toHaveBeenCalled();
  expect(calls.mock.calls.map(([command]) => command)).toContain("removeEventListener");
});

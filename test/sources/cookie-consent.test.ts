/** A shop that has vanilla-cookieconsent keeps it: carryover follows the real package. */
// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from "vitest";
import { cookieConsentSource } from "../../src/sources/cookie-consent.js";
import { errors, freshly } from "./page.js";

const categories = { analytics: ["statistics"], marketing: ["ads", "social"] };
const heard = vi.fn();
let stop = (): void => {};

afterEach(() => {
  stop();
  vi.restoreAllMocks();
  heard.mockReset();
  delete (globalThis as { CookieConsent?: unknown }).CookieConsent;
  document.cookie = "cc_cookie=; expires=Thu, 01 Jan 1970 00:00:00 GMT; path=/";
  document.body.replaceChildren();
});

/** The page is opened: `_ccRun` is the package's own note in the window that it runs already. */
async function runs() {
  delete (globalThis as { _ccRun?: unknown })._ccRun;
  const platform = freshly<typeof import("vanilla-cookieconsent")>("vanilla-cookieconsent");
  await platform.run({
    categories: { necessary: { enabled: true, readOnly: true }, statistics: {}, ads: {}, social: {} },
    cookie: { secure: false }, hideFromBots: false,
    language: { default: "nl", translations: { nl: { consentModal: { title: "Cookies" }, preferencesModal: { sections: [] } } } },
  });
  return platform;
}

test("nobody has answered yet: that is no refusal", async () => {
  const platform = await runs();
  stop = cookieConsentSource({ categories, platform }).follow(heard);
  expect(heard).not.toHaveBeenCalled();
});

test("the visitor answers, changes their mind, and each is heard once", async () => {
  stop = cookieConsentSource({ categories }).follow(heard);
  const platform = await runs();
  platform.acceptCategory(["statistics", "ads"]);
  expect(heard).toHaveBeenLastCalledWith({ analytics: true, marketing: false });
  platform.acceptCategory("all");
  expect(heard).toHaveBeenLastCalledWith({ analytics: true, marketing: true });
  platform.acceptCategory([]);
  expect(heard).toHaveBeenLastCalledWith({ analytics: false, marketing: false });
  expect(heard).toHaveBeenCalledTimes(3);
});

test.each(["imported", "left at the window by its script"])("an answer given before we came is heard at once (%s)", async (way) => {
  const platform = await runs();
  platform.acceptCategory("all");
  if (way !== "imported") Object.assign(globalThis, { CookieConsent: platform });
  stop = cookieConsentSource({ categories, ...(way === "imported" && { platform }) }).follow(heard);
  expect(heard.mock.calls).toEqual([[{ analytics: true, marketing: true }]]);
});

test("an answer of the last visit is heard when the platform reads it", async () => {
  (await runs()).acceptCategory(["statistics"]);
  stop = cookieConsentSource({ categories }).follow(heard);
  await runs();
  expect(heard.mock.calls).toEqual([[{ analytics: true, marketing: false }]]);
});

test("whoever stops following hears no more", async () => {
  const platform = await runs();
  cookieConsentSource({ categories, platform }).follow(heard)();
  platform.acceptCategory("all");
  expect(heard).not.toHaveBeenCalled();
});

test("somebody else's object of the same name, or a listener that fails, does not disturb the page", async () => {
  Object.assign(globalThis, { CookieConsent: { consent: {} } });
  const said = errors();
  heard.mockImplementation(() => {
    throw new Error("the shop's own mistake");
  });
  stop = cookieConsentSource({ categories }).follow(heard);
  const platform = await runs();
  expect(() => platform.acceptCategory("all")).not.toThrow();
  expect(heard).toHaveBeenCalledTimes(1);
  expect(said.mock.calls.map(([error]) => String(error))).toEqual(["Error: the shop's own mistake"]);
});

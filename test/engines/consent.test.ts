/** Consent in real pages: what is loaded and kept before and after a choice, and what is left of it after a withdrawal. */
import { expect, test } from "vitest";
import { isLong } from "../long.js";
import type { Page } from "./engine.js";
import { inEveryEngine, kept, ready, type ScreenOptions } from "./town.js";
import { until } from "./wait.js";

const FRAME = `<iframe data-consent="marketing" data-src="/film" title="Film" width="320" height="180"></iframe>`;
/** A tracker as they are: it goes on writing, whatever the page has decided. */
const TRACKER = `
  setInterval(() => {
    document.cookie = "_ga_1=GA1.2.3;path=/;max-age=63072000";
    document.cookie = "_gid=GA1.2.3;path=/";
    localStorage.setItem("_ga_stored", "GA1.2.3");
    sessionStorage.setItem("_ga_session", "1");
  }, 50);
  seen.runs.push("tracker");`;
const CLEARS = `data-clears='{"analytics":["_ga*","_gid"],"marketing":["_fbp"]}'`;

const decide = (page: Page, decision: Record<string, boolean>): Promise<void> => page.evaluate((made) => window.shop.consent.decide(made), decision);
const traces = (page: Page): Promise<string[]> =>
  page.evaluate(() => [document.cookie, ...Object.keys(localStorage), ...Object.keys(sessionStorage)].filter((name) => name.startsWith("_g")));
const commands = (page: Page): Promise<unknown[][]> =>
  page.evaluate(() => (window as unknown as { dataLayer: ArrayLike<unknown>[] }).dataLayer.map((command) => Array.from(command)));

inEveryEngine((build) => {
  test("a frame is not asked for before its purpose is allowed, nothing moves when it comes, and it is unloaded by a withdrawal, also when it came late", async () => {
    const { screen } = await build();
    const home = await screen({ body: `${FRAME}<p id="below">Eronder</p>` });
    home.origin.show("/film", { body: "Film" });
    const page = await home.open();
    const below = (): Promise<number> => page.evaluate(() => document.getElementById("below")?.getBoundingClientRect().top ?? 0);
    expect(home.origin.requests).not.toContain("/film");
    expect(await page.evaluate(() => document.querySelector("[data-consent-placeholder]")?.textContent)).toContain("127.0.0.1");
    const before = await below();
    await decide(page, { marketing: true });
    await until(() => home.origin.requests.includes("/film"), "the frame loads");
    expect(Math.abs((await below()) - before)).toBeLessThan(8); // a frame stands on the line, its placeholder is a block
    await page.evaluate(() => window.shop.consent.withdraw());
    expect(await page.evaluate(() => [...document.querySelectorAll("iframe")].map((frame) => frame.getAttribute("src")))).toEqual([null]);
    expect(await page.evaluate(() => window.frames.length === 0 || window.frames[0]?.location.href)).not.toContain("/film");

    await page.evaluate((html) => document.body.insertAdjacentHTML("beforeend", html), FRAME.replace("/film", "/late"));
    await until(() => page.evaluate(() => document.querySelectorAll("[data-consent-placeholder]").length === 2), "the late one waits too");
    await decide(page, { marketing: true });
    await until(() => home.origin.requests.includes("/late"), "the late one loads with the permission");
  });

  test("after a withdrawal the cookies and keys of a script that goes on writing are gone, stay gone, and the next page neither sends nor loads anything of it", async () => {
    const { screen } = await build();
    const home = await screen({ tag: CLEARS, body: `<script type="text/plain" data-consent="analytics" data-src="/tracker.js"></script>` });
    home.origin.put("/tracker.js", TRACKER);
    const page = await home.open();
    await decide(page, { analytics: true, personalisation: false, marketing: false });
    await until(async () => (await traces(page)).length >= 3, "the tracker has written");
    const left = await page.evaluate(() => {
      window.shop.consent.withdraw();
      return [document.cookie, ...Object.keys(localStorage), ...Object.keys(sessionStorage)].filter((name) => name.startsWith("_g"));
    });
    expect(left).toEqual([]); // in the same moment
    const most = await page.evaluate((watchMs) => new Promise<number>((resolve) => {
      const began = performance.now();
      let [looks, found] = [0, 0];
      const look = (): void => {
        looks += 1;
        if (document.cookie.includes("_g")) found += 1;
        if (performance.now() - began > watchMs) return resolve(found / looks);
        setTimeout(look, 97);
      };
      look();
    }), isLong ? 10_000 : 3_000);
    expect(most).toBeLessThan(1); // it puts back what it can, and it is taken away again
    const asked = home.origin.requests.filter((path) => path === "/tracker.js").length;
    await page.goto(`${home.origin.url}/next`);
    await ready(page);
    expect([await traces(page), await home.profile.cookies()]).toEqual([[], []]);
    expect(home.origin.requests.filter((path) => path === "/tracker.js")).toHaveLength(asked);
  }, 60_000);

  test("a page that is loaded anew at a withdrawal is rid of the script itself: for ten seconds nothing of it is there", async () => {
    const { screen } = await build();
    const home = await screen({ tag: `${CLEARS} data-reload`, body: `<script type="text/plain" data-consent="analytics" data-src="/tracker.js"></script>` });
    home.origin.put("/tracker.js", TRACKER);
    const page = await home.open();
    await decide(page, { analytics: true, personalisation: false, marketing: false });
    await until(async () => (await traces(page)).length >= 3, "the tracker has written");
    const pages = home.origin.requests.filter((path) => path === "/").length;
    await page.evaluate(() => void setTimeout(() => window.shop.consent.withdraw()));
    await until(() => home.origin.requests.filter((path) => path === "/").length > pages, "the page is loaded anew");
    await until(() => page.evaluate(() => document.readyState === "complete"), "it is there");
    await ready(page);
    const found = await page.evaluate((watchMs) => new Promise<number>((resolve) => {
      let times = 0;
      const began = performance.now();
      const look = (): void => {
        if (document.cookie.includes("_g") || localStorage.getItem("_ga_stored") !== null) times += 1;
        if (performance.now() - began > watchMs) return resolve(times);
        setTimeout(look, 20);
      };
      look();
    }), isLong ? 10_000 : 3_000);
    expect([found, await traces(page), await home.profile.cookies()]).toEqual([0, [], []]);
  }, 60_000);

  test("Google's tag finds everything denied first, whatever came before the library, and what a returning visitor has chosen as the library starts", async () => {
    const { screen } = await build();
    const options: ScreenOptions = { tag: "data-consent-mode", first: `window.dataLayer = []; function gtag() { dataLayer.push(arguments); } gtag("js", 1); gtag("config", "G-1");` };
    const home = await screen(options);
    const page = await home.open();
    expect((await commands(page)).map(([name, what]) => `${String(name)} ${String(what)}`)).toEqual(["consent default", "set ads_data_redaction", "js 1", "config G-1"]);
    await decide(page, { analytics: true, personalisation: false, marketing: false });
    await page.reload();
    await ready(page);
    const [first, , , , update] = await commands(page);
    expect([first?.slice(0, 2), update]).toEqual([["consent", "default"], ["consent", "update", {
      analytics_storage: "granted", personalization_storage: "denied", ad_storage: "denied", ad_user_data: "denied", ad_personalization: "denied",
    }]]);
  });

  test("whoever allows something is put on record under a name of the device; who takes it back, with no cart, keeps the bytes of any refuser", async () => {
    const { sync, screen } = await build();
    const [granter, refuser] = [await (await screen()).open(), await (await screen()).open()];
    await refuser.evaluate(() => window.shop.consent.withdraw());
    await decide(granter, { analytics: true, personalisation: true, marketing: true });
    await until(() => sync.taken("consent-decided").size === 1, "the permission is on record");
    await granter.evaluate(() => window.shop.consent.withdraw());
    await until(async () => (await kept(granter)).words.length === 1, "the device has no name any more");
    const bytes = (page: Page): Promise<string> => page.evaluate(() => JSON.stringify({ ...localStorage }));
    expect(await bytes(granter)).toBe(await bytes(refuser));
    expect(sync.entries("consent-decided").map(({ data }) => data.purposes.analytics)).toEqual([true, false]);
  });

  test("Global Privacy Control: advertising stays refused, and the question says why, until somebody allows it knowing that", async () => {
    const { screen } = await build();
    const home = await screen({ first: `Object.defineProperty(Navigator.prototype, "globalPrivacyControl", { get: () => true, configurable: true });` });
    const page = await home.open();
    expect(await page.evaluate(() => window.shop.state.consent.isSignalled)).toBe(true);
    await decide(page, { analytics: true, personalisation: true, marketing: true });
    expect(await page.evaluate(() => window.shop.consent.allows("marketing"))).toBe(true); // it was asked and answered knowing it
    const other = await screen({});
    const without = await other.open();
    await decide(without, { analytics: true, personalisation: true, marketing: true });
    other.dress({ first: `Object.defineProperty(Navigator.prototype, "globalPrivacyControl", { get: () => true, configurable: true });` });
    await without.reload();
    await ready(without);
    expect(await without.evaluate(() => [window.shop.consent.allows("analytics"), window.shop.consent.allows("marketing"), window.shop.state.consent.isDecided])).toEqual([true, false, false]);
  });
});

/** The loss drills: fifty things go into the cart, and then the worst happens. What is lost for good, or seen twice, is counted: none may be. */
import { afterAll, expect, test } from "vitest";
import { isLong, times } from "../long.js";
import { record } from "../record.js";
import type { Page } from "./engine.js";
import { crash, inEveryEngine, ready, type Screen, shows, type Town } from "./town.js";
import { until } from "./wait.js";

const CALLS = 50;
const TRIES = times(1, 40);
const TIMEOUT_MS = times(60_000, 600_000);
const EVERYDAY = { options: {}, mode: "everyday" } as const;

/** What a drill leaves behind. */
interface Outcome {
  readonly calls: number;
  /** What the server had before anybody came back, where that is counted. */
  readonly deliveredAtOnce?: number;
  readonly lost: number;
  readonly doubled: number;
}

const outcomes: Record<string, Record<string, Outcome>> = {};
afterAll(() => record("drills", { callsPerTry: CALLS, tries: TRIES, ...outcomes }));

/** Fifty calls in one go, and in the same tick whatever ends the page. `bytes` is what each weighs on its way, about. */
async function act(page: Page, end: "stay" | "leave" | "close" = "stay", bytes = 250): Promise<void> {
  await page.evaluate((calls, ending, note) => {
    for (let i = 0; i < calls; i += 1) window.shop.cart.add(`SKU-${i}`, 1, note === "" ? {} : { details: { note } });
    if (ending === "leave") location.href = "/blank";
    if (ending === "close") window.close();
  }, CALLS, end, "x".repeat(Math.max(0, bytes - 250))).catch((error: Error) => {
    if (end === "stay" || error.name !== "PageGone") throw error;
  });
}

/** A tab that its page may close (the shop is the first thing in its history), with nothing left to send from before. */
async function closable(home: Screen): Promise<Page> {
  const tab = await home.profile.page();
  await tab.evaluate((url) => location.replace(url), `${home.origin.url}/`);
  await until(() => tab.evaluate(() => location.protocol === "http:"), "the shop is there");
  await ready(tab);
  await tab.evaluate(() => window.shop.sync.settled());
  return tab;
}

const closed = (page: Page): Promise<unknown> => until(() => page.isClosed(), "the tab is closed");

/** What the server has of the fifty that were done last, once it has all or after so long. */
async function delivered({ sync }: Town, before: number, withinMs = 5_000): Promise<number> {
  const had = (): number => sync.taken("line-added").size - before;
  await until(() => had() === CALLS, "all of it is on the server", withinMs).catch(() => {});
  return had();
}

/** Somebody comes back, waits until all is settled, and what is missing or there twice is counted. */
async function account(name: string, engine: string, { sync }: Town, page: Page, tries: number, deliveredAtOnce?: number): Promise<Outcome> {
  await page.evaluate(() => window.shop.sync.settled());
  const quantities = await page.evaluate(() => window.shop.state.cart.lines.map(({ quantity }) => quantity));
  const sum = (over: (n: number) => number): number => quantities.reduce((all, n) => all + Math.max(0, over(n)), 0);
  const outcome = {
    calls: tries * CALLS,
    ...(deliveredAtOnce !== undefined && { deliveredAtOnce }),
    lost: tries * CALLS - sum((n) => Math.min(n, tries)),
    doubled: sum((n) => n - tries) + sync.doubled.length + sync.taken("line-added").size - tries * CALLS,
  };
  (outcomes[name] ??= {})[engine] = outcome;
  expect([outcome.lost, outcome.doubled, sync.faults]).toEqual([0, 0, []]);
  return outcome;
}

inEveryEngine((build) => {
  test.each([
    ["A: another page is opened in the same tick", "leave", 0, 250],
    ["B: the tab is closed in the same tick", "close", 0, 250],
    ["C: the tab is closed, and answers take 150 ms", "close", 150, 250],
    ["C: the tab is closed with 48 KiB to send, and answers take 150 ms", "close", 150, 900],
    ["C: the tab is closed with 48 KiB to send, and answers take 400 ms", "close", 400, 900],
  ] as const)("%s: all of it is delivered though nobody comes back", async (name, end, latencyMs, bytes) => {
    const town = await build();
    const home = await town.screen({ options: {} });
    home.line.slow(latencyMs / 2);
    let all = 0;
    for (let i = 0; i < TRIES; i += 1) {
      const before = town.sync.taken("line-added").size;
      const page = await closable(home);
      await act(page, end, bytes);
      all += await delivered(town, before);
      if (end === "leave") await page.close();
    }
    const { calls } = await account(name, town.engine, town, await home.open(), TRIES, all);
    expect(all / calls).toBeGreaterThanOrEqual(0.999);
  }, TIMEOUT_MS);

  test("D: another page of the shop is opened in the same tick, again and again", async () => {
    const town = await build();
    const home = await town.screen({ options: {} });
    const page = await home.open();
    for (let i = 0; i < TRIES; i += 1) {
      await act(page, "leave");
      await page.goto(`${home.origin.url}/next`);
      await ready(page);
    }
    await account("D: another page of the shop is opened in the same tick", town.engine, town, page, TRIES);
  }, TIMEOUT_MS);

  test.each([["E", "its tab", 1], ["F", "both of its tabs", 2]] as const)("%s: the server is down, the shopper closes %s, the server comes back, and so does the shopper", async (letter, _, tabs) => {
    const town = await build();
    const home = await town.screen({ options: {} });
    for (let i = 0; i < TRIES; i += 1) {
      const pages = await Promise.all(Array.from({ length: tabs }, () => closable(home)));
      await town.sync.stop();
      await Promise.all(pages.map((page) => act(page, "close")));
      await Promise.all(pages.map(closed));
      await town.sync.start();
    }
    await account(`${letter}: the server is down, and ${tabs} tab(s) are closed`, town.engine, town, await home.open(), TRIES * tabs);
  }, TIMEOUT_MS);

  test("G: the server is down, the page crashes, the server comes back, and so does the shopper", async () => {
    const town = await build();
    const home = await town.screen(EVERYDAY);
    for (let i = 0; i < TRIES; i += 1) {
      const page = await home.open();
      await town.sync.stop();
      await act(page);
      await crash(page);
      await town.sync.start();
    }
    await account("G: the server is down, and the page crashes", town.engine, town, await home.open(), TRIES);
  }, TIMEOUT_MS);

  test("H: the server answers 500 while the tab stays open", async () => {
    const town = await build();
    const home = await town.screen({ options: {} });
    const page = await home.open();
    home.line.ail(true);
    await act(page);
    await new Promise((resolve) => setTimeout(resolve, times(3_000, 20_000)));
    home.line.ail(false);
    await account(`H: the server answers 500 for ${isLong ? 20 : 3} s`, town.engine, town, page, 1);
  }, TIMEOUT_MS);

  test("more than a browser sends for a page that is gone: the rest goes up with the next visit", async () => {
    const town = await build();
    const home = await town.screen({ options: {} });
    for (let i = 0; i < TRIES; i += 1) await closed(await closable(home).then(async (page) => (await act(page, "close", 2_000), page)));
    await account("100 KiB to send when the tab is closed", town.engine, town, await home.open(), TRIES);
  }, TIMEOUT_MS);

  test("a page that waits in the back/forward cache is back with all it has, and sends it", async () => {
    const town = await build();
    const home = await town.screen({ options: {} });
    const page = await home.open();
    home.line.cut();
    await act(page, "leave");
    await until(() => page.evaluate(() => location.pathname === "/blank"), "the next page is there");
    await page.back();
    await until(() => page.evaluate(() => location.pathname === "/"), "the page is back");
    await ready(page);
    await shows(page, Object.fromEntries(Array.from({ length: CALLS }, (_, i) => [`SKU-${i}`, 1])));
    home.line.mend();
    await account("frozen in the back/forward cache, and back", town.engine, town, page, 1);
  }, TIMEOUT_MS);

  test("in a private window another page is opened in the same tick", async () => {
    const town = await build();
    const home = await town.screen({ options: {}, mode: "private" });
    const page = await home.open();
    await act(page, "leave");
    expect(await delivered(town, 0)).toBe(CALLS);
    await page.goto(`${home.origin.url}/next`);
    await ready(page);
    await account("in a private window", town.engine, town, page, 1, CALLS);
  }, TIMEOUT_MS);
});

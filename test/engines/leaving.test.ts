/** M1 in numbers: a product is added and in the same tick the page is left, and no line is lost or doubled, however it is left. */
import { afterEach, expect, test } from "vitest";
import { times } from "../long.js";
import { record } from "../record.js";
import type { EngineName, Page } from "./engine.js";
import { differs } from "./exceptions.js";
import { leaving } from "./gone.js";
import { openRemote, type Remote, type RemoteTab } from "./remote.js";
import { inEveryEngine, ready, type Screen, type Town } from "./town.js";
import { until } from "./wait.js";

const LONG_MS = times(120_000, 1_200_000);
const BODY = `<a href="/next" data-carryover-add="SCHOEN-42">In mandje, en verder</a><button data-carryover-add="SCHOEN-42">In mandje</button>`;

const TRIES: Record<EngineName, number> = { Chromium: times(40, 1_000), Firefox: times(12, 200), WebKit: times(12, 200) };

const remotes: Remote[] = [];
afterEach(async () => {
  for (const remote of remotes.splice(0)) await remote.close();
});

/** One shopper, whose pages take the steps themselves: no driver slows them down, or falls silent as they go. */
async function walker({ screen }: Town): Promise<[Screen, RemoteTab]> {
  const remote = await openRemote();
  remotes.push(remote);
  const home = await screen({ body: BODY, remote });
  return [home, await remote.tab(() => home.open())];
}

/** Takes a step that leads to another document, and reads there what the cart holds. */
async function step(tab: RemoteTab, leave: () => void): Promise<number> {
  const before = tab.document;
  await leaving(tab.evaluate(leave));
  await until(() => tab.document !== before, "the next page is there");
  return until(() => tab.evaluate(async () => {
    await window.shop?.ready;
    return window.shop?.state.cart.quantity;
  }), "the next page shows its cart");
}

/** Every addition is there once: on the screen after each step, and on the server in the end. */
async function judge(town: Town, how: string, shown: readonly number[], page: Page, began: number): Promise<void> {
  const { engine, sync } = town;
  const tries = TRIES[engine];
  await page.evaluate(() => window.shop.sync.settled());
  const [lost, doubled] = [tries - sync.taken("line-added").size, sync.doubled.length];
  record(`leaving-by-${how}-in-${engine.toLowerCase()}`, { tries, lost, doubled, seconds: Math.round((Date.now() - began) / 1_000) });
  const inTheEnd = await page.evaluate(() => window.shop.state.cart.quantity);
  expect({ shown, inTheEnd, lost, doubled, faults: sync.faults }).toEqual({ shown: Array.from(shown, (_, i) => i + 1), inTheEnd: tries, lost: 0, doubled: 0, faults: [] });
}

/** A tab that its page may close: the shop is the first thing in its history. */
async function closable(home: Screen): Promise<Page> {
  const tab = await home.profile.page();
  await leaving(tab.evaluate((url) => location.replace(url), `${home.origin.url}/`));
  await until(() => tab.evaluate(() => location.protocol === "http:"), "the shop is there");
  await ready(tab);
  return tab;
}

function quantity(page: Page): Promise<number> {
  return page.evaluate(() => window.shop.state.cart.quantity);
}

/**
 * After its addition the page asks for what nobody answers, and stands still in the middle of its task until it is killed;
 * with `isNextTask` in the task that comes after it.
 */
async function struckDown(page: Page, { origin }: Screen, isNextTask: boolean): Promise<void> {
  const renderer = await page.renderer();
  const stands = origin.wall();
  const end = page.evaluate((isLater) => {
    document.querySelector("button")?.click();
    const stand = (): void => {
      const request = new XMLHttpRequest();
      request.open("GET", "/wall", false);
      request.send();
    };
    if (isLater) setTimeout(stand);
    else stand();
  }, isNextTask);
  end.catch(() => {}); // each driver has its own words for a page that dies in the middle of a task
  const letGo = await stands;
  process.kill(renderer, "SIGKILL");
  await until(() => isGone(renderer), "the process is gone");
  letGo();
  await page.close();
}

function isGone(pid: number): boolean {
  try {
    return !process.kill(pid, 0);
  } catch {
    return true;
  }
}

inEveryEngine((build) => {
  test.each([
    ["opening another page", "navigation", () => document.querySelector("a")?.click()],
    ["loading the page anew", "reload", () => {
      document.querySelector("button")?.click();
      location.reload();
    }],
  ])("a product is added and the page is left in the same tick by %s: the line is there, once, every time", async (_, how, leave) => {
    const town = await build();
    const began = Date.now();
    const [home, tab] = await walker(town);
    const shown: number[] = [];
    while (shown.length < TRIES[town.engine]) shown.push(await step(tab, leave));
    await judge(town, how, shown, await home.open(), began);
  }, LONG_MS);

  test("a product is added and the tab closes in the same tick: the line is there, once, every time", async () => {
    const town = await build();
    const began = Date.now();
    const home = await town.screen({ body: BODY });
    const shown: number[] = [];
    while (shown.length < TRIES[town.engine]) {
      const page = await closable(home);
      shown.push(1 + await quantity(page));
      await leaving(page.evaluate(() => {
        document.querySelector("button")?.click();
        window.close();
      }));
      await until(() => page.isClosed(), "the tab is closed");
    }
    await judge(town, "closing", shown, await home.open(), began);
  }, LONG_MS);

  test("a product is added and the page's process is killed at once: the line is there, once, every time", async () => {
    const town = await build();
    const began = Date.now();
    const home = await town.screen({ body: BODY, mode: "everyday" });
    const shown: number[] = [];
    while (shown.length < TRIES[town.engine]) {
      const page = await home.open();
      shown.push(1 + await quantity(page));
      await struckDown(page, home, differs(town.engine, "killed in the middle of a task"));
    }
    await judge(town, "crash", shown, await home.open(), began);
  }, LONG_MS);
});

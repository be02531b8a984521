/** M2: many tabs of one browser are one device with one connection. */
import { expect, test } from "vitest";
import type { Mode, Page } from "./engine.js";
import { differs } from "./exceptions.js";
import { add, cart, crash, inEveryEngine, live, type Screen, shows, signIn, type Town } from "./town.js";
import { until } from "./wait.js";

/** A signed-in shopper with five tabs open, the first of which leads. */
async function fiveTabs({ sync, screen }: Town, mode?: Mode) {
  const home = await screen({ ...(mode && { mode }) });
  const first = await home.open();
  await add(first, "SCHOEN-42");
  await signIn(first, sync, "anna");
  await live(first);
  const others: Page[] = [];
  for (let i = 0; i < 4; i += 1) others.push(await home.open());
  for (const tab of others) await shows(tab, { "SCHOEN-42": 1 });
  return { home, first, others };
}

/** How often the device has asked for the stream. */
function pulls({ line }: Screen): number {
  return line.requests.filter((request) => request === "POST /v1/pull").length;
}

inEveryEngine((build) => {
  test("five tabs share one device, one cart and one stream, and all of them are live", async () => {
    const town = await build();
    const { home, first, others } = await fiveTabs(town);
    for (const tab of others) await live(tab);
    // The stream from before the sign-in is let go of; in WebKit its connection takes a moment to close.
    await until(() => home.line.streams === 1, "one stream is open");
    const asked = pulls(home);
    for (const [i, tab] of [first, ...others].entries()) await add(tab, `BOEK-${i}`);
    const all = { "SCHOEN-42": 1, "BOEK-0": 1, "BOEK-1": 1, "BOEK-2": 1, "BOEK-3": 1, "BOEK-4": 1 };
    for (const tab of [first, ...others]) await until(async () => Object.keys(await cart(tab)).length === 6, "every tab shows all");
    await first.evaluate(() => window.shop.sync.settled());
    for (const tab of [first, ...others]) expect(await cart(tab)).toEqual(all);
    expect([home.line.streams, pulls(home)]).toEqual([1, asked]);
    expect([town.sync.taken("line-added").size, town.sync.doubled]).toEqual([6, []]);
  });

  test.each([
    ["is closed", "private", (page: Page) => page.close()],
    ["crashes", "everyday", (page: Page) => crash(page)],
    ["walks off to another page", "private", (page: Page) => page.goto("about:blank")],
  ] as const)("the tab that holds the stream %s, and another takes over within two seconds", async (_, mode, leave) => {
    const town = await build();
    const { home, first, others } = await fiveTabs(town, mode);
    const desktop = await (await town.screen({ options: {} })).open();
    await signIn(desktop, town.sync, "anna");
    await live(desktop);
    const before = pulls(home);
    const left = Date.now();
    await leave(first);
    await until(() => pulls(home) > before, "another tab asks for the stream");
    await add(desktop, "BOEK-1");
    for (const tab of others) await shows(tab, { "SCHOEN-42": 1, "BOEK-1": 1 }, Math.max(0, left + 2_000 - Date.now()));
    expect(pulls(home) - before, "one of them, and only one, has asked for the stream").toBe(1);
    if (!differs(town.engine, "a dead tab's stream")) await until(() => home.line.streams === 1, "one stream is open");
  });

  test("what a tab adds in the moment in which the leading tab dies arrives once", async () => {
    const town = await build();
    const { first, others } = await fiveTabs(town, "everyday");
    await Promise.all([crash(first), ...others.map((tab, i) => add(tab, `BOEK-${i}`))]);
    for (const tab of others) await until(async () => Object.keys(await cart(tab)).length === 5, "every tab shows all");
    await until(() => town.sync.taken("line-added").size === 5, "all of it is on the server");
    for (const tab of others) await tab.evaluate(() => window.shop.sync.settled());
    for (const tab of others) expect(Object.values(await cart(tab))).toEqual([1, 1, 1, 1, 1]);
    expect(town.sync.doubled).toEqual([]);
  });

  test("signing out in one tab empties the others", async () => {
    const town = await build();
    const { home, first, others } = await fiveTabs(town);
    await first.evaluate(() => window.shop.signOut());
    for (const tab of others) await shows(tab, {});
    for (const tab of others) expect(await tab.evaluate(() => window.shop.state.customer.isSignedIn)).toBe(false);
    await add(others[0] as Page, "BOEK-1");
    await shows(first, { "BOEK-1": 1 });
    await until(() => home.line.streams === 1, "one stream is open");
  });
});

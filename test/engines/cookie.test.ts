/** A first-party cookie brings a visitor back whose browser has wiped all that scripts may write: on the minified bundle and the tag. */
import { expect, test } from "vitest";
import type { Page } from "./engine.js";
import { differs } from "./exceptions.js";
import { add, cart, inEveryEngine, kept, ready, type Screen, shows, signIn } from "./town.js";
import { until } from "./wait.js";

const NAME = "__Host-carryover-pk_shop@127.0.0.1";
const cookied = { cookie: {} };

/** What Safari does after seven days: everything that scripts may write goes, what the server has set stays. */
async function wipe({ profile, origin }: Screen): Promise<void> {
  const page = await profile.page();
  await page.goto(`${origin.url}/blank`);
  await page.evaluate(async () => {
    localStorage.clear();
    for (const { name = "" } of await indexedDB.databases()) {
      await new Promise((resolve) => {
        const gone = indexedDB.deleteDatabase(name);
        gone.onsuccess = gone.onblocked = resolve;
      });
    }
  });
  await page.close();
}

const names = (page: Page): Promise<string[]> => page.evaluate(async () => (await window.shop.devices()).map(({ device }) => device));

inEveryEngine((build) => {
  test("everything is wiped but the cookie: five tabs opened at once are the one visitor there was, with the cart", async () => {
    const { engine, sync, screen } = await build(cookied);
    const home = await screen({ options: { cookie: true } });
    const first = await home.open();
    expect([await home.profile.cookies(), home.line.tries]).toEqual([[], 0]);
    await add(first, "SCHOEN-42", 2);
    await first.evaluate(() => window.shop.sync.settled());
    if (differs(engine, "a cookie without https")) return void expect([await home.profile.cookies(), await cart(first)]).toEqual([[], { "SCHOEN-42": 2 }]);
    expect(await home.profile.cookies()).toContain(NAME);
    expect(await first.evaluate(() => document.cookie)).toBe("carryover-pk_shop=1");
    const before = await names(first);
    await first.close();

    await wipe(home);
    const tabs = await Promise.all(Array.from({ length: 5 }, () => home.open()));
    for (const tab of tabs) await shows(tab, { "SCHOEN-42": 2 });
    await Promise.all(tabs.map((tab, i) => add(tab, `P-${i}`)));
    const all = { "SCHOEN-42": 2, "P-0": 1, "P-1": 1, "P-2": 1, "P-3": 1, "P-4": 1 };
    for (const tab of tabs) await shows(tab, all);
    expect(await Promise.all(tabs.map(names))).toEqual(Array(5).fill(before));
    expect([sync.doubled, sync.faults]).toEqual([[], []]);
  });

  test("signed out, the cookie is gone as well, and the next person on this browser is nobody", async () => {
    const { sync, screen } = await build(cookied);
    const home = await screen({ tag: "data-cookie" });
    const page = await home.open();
    await add(page, "SCHOEN-42");
    await signIn(page, sync, "anna");
    await page.evaluate(() => window.shop.sync.settled());
    await page.evaluate(() => window.shop.signOut());
    await until(async () => (await home.profile.cookies()).length === 0, "no cookie is left");
    const requests = home.line.requests.length;
    await page.reload();
    await ready(page);
    const { cookies, words } = await kept(page);
    expect([await cart(page), cookies, words, home.line.requests.length - requests]).toEqual([{}, "", [], 0]);
  });
});

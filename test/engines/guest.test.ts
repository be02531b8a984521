/** What a guest and a household may count on: N1, N2, N4 and A18 on the minified bundle. */
import { expect, test } from "vitest";
import type { Page } from "./engine.js";
import { add, cart, inEveryEngine, kept, live, NOTHING_KEPT, ready, shows, signIn } from "./town.js";
import { until } from "./wait.js";

/** Notes in the page each request that the library makes; a browser may open more connections than that. */
const COUNT = `const own = fetch; window.fetch = (...request) => { seen.runs.push("request"); return own(...request); };`;

/** All that lies in the databases of the page's origin. */
function stored(page: Page): Promise<unknown[]> {
  return page.evaluate(async () => {
    const answer = <T>(request: IDBRequest<T>): Promise<T> => new Promise((resolve) => {
      request.onsuccess = () => resolve(request.result);
    });
    const found: unknown[] = [];
    for (const { name = "" } of await indexedDB.databases()) {
      const database = await answer(indexedDB.open(name));
      for (const store of database.objectStoreNames) found.push(...(await answer(database.transaction(store).objectStore(store).getAll())));
      database.close();
    }
    return found;
  });
}

inEveryEngine((build) => {
  test("two people on one device do not share a cart: after sign-out nothing of the first is left for the second", async () => {
    const { sync, screen } = await build();
    const page = await (await screen()).open();
    await add(page, "SCHOEN-42", 2);
    await signIn(page, sync, "anna");
    await page.evaluate(() => window.shop.signOut());
    expect(await cart(page)).toEqual({});
    expect(await page.evaluate(() => localStorage.length)).toBe(0);
    expect(await stored(page)).toEqual([]);

    expect(await signIn(page, sync, "bob")).toBe("new");
    await add(page, "BOEK-1");
    await page.evaluate(() => window.shop.sync.settled());
    await page.evaluate(() => window.shop.signOut());
    await signIn(page, sync, "anna");
    await shows(page, { "SCHOEN-42": 2 });
  });

  test("A10: visitors on the phone and the desktop sign in as one customer; the desktop was her sister's, and both its tabs have its lines back", async () => {
    const { sync, screen } = await build();
    const [phone, desktop] = [await (await screen()).open(), await screen({ options: {} })];
    const [tab, otherTab] = [await desktop.open(), await desktop.open()];
    await add(phone, "SCHOEN-42");
    await add(tab, "SCHOEN-42", 2);
    await add(otherTab, "BOEK-1");
    await tab.evaluate(() => window.shop.sync.settled());
    await signIn(phone, sync, "anna");
    await signIn(tab, sync, "anna");
    for (const page of [phone, tab, otherTab]) await shows(page, { "SCHOEN-42": 3, "BOEK-1": 1 });
    await add(otherTab, "SOK-1");
    await otherTab.evaluate(() => window.shop.sync.settled());
    await tab.evaluate(() => window.shop.unlink({ reason: "my sister's desktop" }));
    for (const page of [tab, otherTab]) await shows(page, { "SCHOEN-42": 2, "BOEK-1": 1 });
    await shows(phone, { "SCHOEN-42": 1, "SOK-1": 1 });
    await until(() => otherTab.evaluate(() => !window.shop.state.customer.isSignedIn), "the other tab knows that nobody is signed in");
    expect(JSON.stringify([await stored(tab), await kept(tab)])).not.toContain("SOK-1");
    await add(otherTab, "BOEK-1");
    await otherTab.reload();
    await ready(otherTab);
    for (const page of [tab, otherTab]) await shows(page, { "SCHOEN-42": 2, "BOEK-1": 2 });
    expect(sync.entries("visitor-released").map(({ data }) => data.reason)).toEqual(["my sister's desktop"]);
  });

  test("refusing cookies loses no cart, on this page, after a reload, and on the other device", async () => {
    const { sync, screen } = await build();
    const [phone, desktop] = [await (await screen()).open(), await (await screen({ options: {} })).open()];
    await add(phone, "SCHOEN-42", 2);
    await phone.evaluate(() => window.shop.consent.withdraw());
    expect(await cart(phone)).toEqual({ "SCHOEN-42": 2 });
    await phone.reload();
    await ready(phone);
    expect(await cart(phone)).toEqual({ "SCHOEN-42": 2 });
    expect(await phone.evaluate(() => window.shop.state.consent.isDecided)).toBe(true);
    await signIn(phone, sync, "anna");
    await signIn(desktop, sync, "anna");
    await shows(desktop, { "SCHOEN-42": 2 });
    expect(await desktop.evaluate(() => window.shop.consent.allows("marketing"))).toBe(false);
  });

  test("the server is down: the shop goes on, asks ever more seldom, and catches up once the server is back", async () => {
    const { sync, screen } = await build();
    const [home, desk] = [await screen({ first: COUNT }), await screen({ options: {} })];
    const [phone, desktop] = [await home.open(), await desk.open()];
    await add(phone, "SCHOEN-42");
    await signIn(phone, sync, "anna");
    await signIn(desktop, sync, "anna");
    await Promise.all([live(phone), live(desktop)]);

    await sync.stop();
    await until(() => phone.evaluate(() => window.shop.sync.state === "offline"), "the phone notices");
    await add(phone, "BOEK-1", 3);
    await phone.reload();
    await ready(phone);
    await shows(phone, { "SCHOEN-42": 1, "BOEK-1": 3 });
    await until(() => phone.evaluate(() => performance.now() > 2_500), "some seconds have gone by");
    // Two conversations, up and down, each waiting twice as long after every failure.
    expect(await phone.evaluate(() => window.seen.runs.length)).toBeLessThan(20);

    await sync.start();
    await shows(desktop, { "SCHOEN-42": 1, "BOEK-1": 3 }, 20_000);
    await phone.evaluate(() => window.shop.sync.settled());
    expect(await cart(phone)).toEqual({ "SCHOEN-42": 1, "BOEK-1": 3 });
    expect([sync.doubled, sync.faults]).toEqual([[], []]);
  });

  test("a shop grows: carts and choices made before there was a server go up once, and no visitor loses a line", async () => {
    const { sync, screen } = await build();
    const home = await screen({ isSynced: false });
    const first = await home.open();
    await add(first, "SCHOEN-42", 2);
    await first.evaluate(() => window.shop.consent.decide({ analytics: true, personalisation: false, marketing: false }));
    await first.reload();
    await ready(first);
    await add(first, "BOEK-1");
    expect([await first.evaluate(() => window.shop.sync.state), home.line.tries]).toEqual(["local", 0]);
    await first.close();

    home.dress({});
    const page = await home.open();
    await shows(page, { "SCHOEN-42": 2, "BOEK-1": 1 });
    await page.evaluate(() => window.shop.sync.settled());
    await page.reload();
    await ready(page);
    await live(page);
    expect(await cart(page)).toEqual({ "SCHOEN-42": 2, "BOEK-1": 1 });
    expect([sync.taken("line-added").size, sync.taken("consent-decided").size, sync.doubled]).toEqual([2, 1, []]);
    expect(await page.evaluate(() => window.shop.consent.allows("analytics"))).toBe(true);
  });

  test("a visitor who only looks is nobody, also in a shop with a server", async () => {
    const { screen } = await build();
    const home = await screen();
    const page = await home.open();
    await page.goto(`${home.origin.url}/next`);
    await ready(page);
    expect([await kept(page), await home.profile.cookies(), home.line.tries]).toEqual([NOTHING_KEPT, [], 0]);
  });
});

/** M1: a classic webshop loads a page with every step, and no step loses or doubles a line. */
import { expect, test } from "vitest";
import type { Page } from "./engine.js";
import { differs } from "./exceptions.js";
import { add, cart, crash, inEveryEngine, live, ready, type Screen, shows, signIn } from "./town.js";
import { until } from "./wait.js";

const TRIES = 100;
const LONG_MS = 120_000;
const SILENT_MS = 35_000;
const BODY = `
  <a href="/next" data-carryover-add="SCHOEN-42">In mandje, en verder</a>
  <button data-carryover-add="BOEK-1">In mandje</button>`;

/** A tab that its page may close: the shop is the first thing in its history. */
async function closable(home: Screen): Promise<Page> {
  const tab = await home.profile.page();
  await tab.evaluate((url) => location.replace(url), `${home.origin.url}/`);
  await until(() => tab.evaluate(() => location.protocol === "http:"), "the shop is there");
  await ready(tab);
  return tab;
}

/**
 * Begins a walk anew, in a fresh browser, when the driver has fallen silent: seen once in some hundred quick navigations,
 * with an idle browser, and then nothing is known of the shop. An expectation that fails is never tried again.
 */
async function walked(walk: () => Promise<void>): Promise<void> {
  for (let tries = 1; tries <= 3; tries += 1) {
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<string>((resolve) => (timer = setTimeout(resolve, SILENT_MS, "silent")));
    const outcome = walk().then(() => "done");
    outcome.catch(() => {}); // of a walk that was given up
    const end = await Promise.race([outcome, silence]).finally(() => clearTimeout(timer));
    if (end === "done") return;
  }
  throw new Error("The driver fell silent three times.");
}

inEveryEngine((build) => {
  test(`a product is added and at once another page is opened: the line is there, ${TRIES} of ${TRIES} times`, async () => {
    await walked(async () => {
      const { sync, screen } = await build();
      const home = await screen({ body: BODY });
      const page = await home.open();
      for (let i = 1; i <= TRIES; i += 1) {
        const from = await page.evaluate(() => performance.timeOrigin);
        await page.click("a");
        await until(() => page.evaluate((before) => performance.timeOrigin !== before, from), "the next page is there");
        await ready(page);
        expect(await cart(page)).toEqual({ "SCHOEN-42": i });
      }
      await page.evaluate(() => window.shop.sync.settled());
      expect(await cart(page)).toEqual({ "SCHOEN-42": TRIES });
      expect([sync.taken("line-added").size, sync.doubled, sync.faults]).toEqual([TRIES, [], []]);
    });
  }, LONG_MS);

  test(`a product is added and the tab closes in the same instant: the line is there, ${TRIES} of ${TRIES} times`, async () => {
    const { sync, screen } = await build();
    const home = await screen({ body: BODY });
    for (let i = 1; i <= TRIES; i += 1) {
      const tab = await closable(home);
      expect(await cart(tab)).toEqual(i === 1 ? {} : { "BOEK-1": i - 1 });
      await tab.evaluate(() => {
        document.querySelector("button")?.click();
        window.close();
      }).catch(() => {});
      await until(() => tab.isClosed(), "the tab is closed");
    }
    const page = await home.open();
    expect(await cart(page)).toEqual({ "BOEK-1": TRIES });
    await page.evaluate(() => window.shop.sync.settled());
    expect(await cart(page)).toEqual({ "BOEK-1": TRIES });
    expect([sync.taken("line-added").size, sync.doubled, sync.faults]).toEqual([TRIES, [], []]);
  }, LONG_MS);

  test("a renderer that dies right after an addition has lost nothing", async () => {
    const { sync, screen } = await build();
    const home = await screen({ body: BODY, mode: "everyday" });
    home.line.cut();
    const page = await home.open();
    for (let i = 0; i < 5; i += 1) await add(page, `BOEK-${i}`);
    await crash(page);
    const again = await home.open();
    expect(Object.keys(await cart(again))).toHaveLength(5);
    home.line.mend();
    await again.evaluate(() => window.shop.sync.settled());
    expect([sync.taken("line-added").size, sync.doubled]).toEqual([5, []]);
  });

  test("in thirty first visits a line is never shown twice, however its way up and its way down cross", async () => {
    const { screen } = await build();
    const visit = async (): Promise<number> => {
      const home = await screen({ options: {} });
      const page = await home.open();
      const most = page.evaluate(() => new Promise<number>((resolve) => {
        let highest = 0;
        window.shop.subscribe(({ cart: { quantity } }) => (highest = Math.max(highest, quantity)));
        window.shop.cart.add("SCHOEN-42", 2);
        setTimeout(() => window.shop.cart.add("BOEK-1"), Math.random() * 40);
        setTimeout(() => void window.shop.sync.settled().then(() => resolve(highest)), 40);
      }));
      const found = await most;
      await home.profile.close();
      return found;
    };
    const highest: number[] = [];
    for (let i = 0; i < 30; i += 1) highest.push(await visit());
    expect(highest).toEqual(Array.from(highest, () => 3));
  });

  test("the page is reloaded while the server is down: the cart is there at once", async () => {
    const { sync, screen } = await build();
    const home = await screen({ body: BODY });
    const page = await home.open();
    await add(page, "SCHOEN-42", 2);
    await signIn(page, sync, "anna");
    await live(page);
    await sync.stop();
    await add(page, "BOEK-1");
    await page.reload();
    await ready(page);
    expect(await cart(page)).toEqual({ "SCHOEN-42": 2, "BOEK-1": 1 });
    expect(await page.evaluate(() => window.shop.state.customer)).toEqual({ isSignedIn: true, id: "anna" });
  });

  test.each([
    ["that followed another", false],
    ["that held the stream", true],
  ] as const)("a page %s is current within a second when the back button restores it, and no two lead", async (_, isLeading) => {
    const { engine, sync, screen } = await build();
    const home = await screen({ body: BODY });
    const [leader, follower] = [await home.open(), await home.open()];
    const [page, other] = isLeading ? [leader, follower] : [follower, leader];
    await add(leader, "SCHOEN-42");
    await signIn(leader, sync, "anna");
    await shows(follower, { "SCHOEN-42": 1 });
    await page.goto(`${home.origin.url}/blank`);
    await add(other, "BOEK-1", 2);
    await other.evaluate(() => window.shop.sync.settled());

    await page.back();
    await until(() => page.evaluate(() => location.pathname === "/"), "the page is back");
    await ready(page);
    await shows(page, { "SCHOEN-42": 1, "BOEK-1": 2 }, 1_000);
    const isRestored = !differs(engine, "back and forward");
    expect(await page.evaluate(() => window.seen.runs)).toEqual(isRestored ? ["restored"] : []);
    await live(page);
    await add(page, "BOEK-1");
    await shows(other, { "SCHOEN-42": 1, "BOEK-1": 3 });
    await until(() => home.line.streams === 1, "one stream is left");
  });
});

/** M1: a classic webshop loads a page with every step, and no step loses or doubles a line. */
import { expect, test } from "vitest";
import { times } from "../long.js";
import { differs } from "./exceptions.js";
import { add, cart, crash, inEveryEngine, live, ready, shows, signIn } from "./town.js";
import { until } from "./wait.js";

const VISITS = times(5, 100);
const LONG_MS = times(60_000, 300_000);
const BODY = `
  <a href="/next" data-carryover-add="SCHOEN-42">In mandje, en verder</a>
  <button data-carryover-add="BOEK-1">In mandje</button>`;

inEveryEngine((build) => {
  test(`the first addition leads to another page at once, and that page is ready within a second, in each of ${VISITS} first visits`, async () => {
    const { screen } = await build();
    for (let i = 0; i < VISITS; i += 1) {
      const home = await screen({ body: BODY });
      const page = await home.open();
      await page.click("a");
      await until(() => page.evaluate(() => location.pathname === "/next"), "the next page is there");
      const asked = Date.now();
      await ready(page);
      expect(Date.now() - asked).toBeLessThan(1_000);
      expect(await cart(page)).toEqual({ "SCHOEN-42": 1 });
      await home.profile.close();
    }
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

  test(`in ${VISITS} first visits a line is never shown twice, however its way up and its way down cross`, async () => {
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
    while (highest.length < VISITS) highest.push(await visit());
    expect(highest).toEqual(Array.from(highest, () => 3));
  }, LONG_MS);

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

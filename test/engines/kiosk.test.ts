/** K1 and K2: a cart leaves the kiosk by a code, and the next shopper finds nothing. */
import { expect, test } from "vitest";
import type { Mode, Page } from "./engine.js";
import { add, cart, crash, inEveryEngine, kept, live, NOTHING_KEPT, ready, type Screen, shows, type Town } from "./town.js";
import { until } from "./wait.js";

const KIOSK = { options: { kiosk: { idleMs: 60_000 }, channel: "kiosk", name: "Kiosk 3" } };

/** The store's kiosk with a cart in it. */
async function filledKiosk(screen: Town["screen"], mode?: Mode): Promise<[Screen, Page]> {
  const store = await screen({ ...KIOSK, ...(mode && { mode }) });
  const kiosk = await store.open();
  await add(kiosk, "SCHOEN-42", 2);
  await add(kiosk, "BOEK-1");
  await kiosk.evaluate(() => window.shop.sync.settled());
  return [store, kiosk];
}

inEveryEngine((build) => {
  test("a shopper fills a cart on the kiosk, scans its code, sees the lines, takes them along; the kiosk is empty within a second", async () => {
    const { sync, screen } = await build();
    const [[, kiosk], home] = [await filledKiosk(screen), await screen()];
    const { url } = await kiosk.evaluate((page) => window.shop.handoff.offer("take", { url: page }), `${home.origin.url}/`);
    const phone = await home.profile.page();
    await phone.goto(url);
    await ready(phone);

    const seen = await phone.evaluate(() => window.shop.handoff.preview(location.href));
    expect(seen.from).toEqual({ channel: "kiosk", name: "Kiosk 3" });
    expect(seen.lines.map(({ sku, quantity }) => [sku, quantity])).toEqual([["SCHOEN-42", 2], ["BOEK-1", 1]]);
    expect(await cart(kiosk)).toEqual({ "SCHOEN-42": 2, "BOEK-1": 1 });

    await phone.evaluate(async () => (await window.shop.handoff.accept(location.href)).status);
    await shows(kiosk, {}, 1_000);
    await shows(phone, { "SCHOEN-42": 2, "BOEK-1": 1 });
    await live(phone);
    await add(phone, "BOEK-1");
    await phone.evaluate(() => window.shop.sync.settled());
    expect(await cart(kiosk)).toEqual({});
    expect([sync.doubled, sync.faults]).toEqual([[], []]);
  });

  test("after a visit the kiosk has nothing in any storage, and the back button and a reload show nothing", async () => {
    const { screen } = await build();
    const [store, kiosk] = await filledKiosk(screen);
    expect(await kept(kiosk)).toEqual(NOTHING_KEPT);
    await kiosk.evaluate(() => window.shop.signOut());
    expect(await cart(kiosk)).toEqual({});
    await kiosk.goto(`${store.origin.url}/next`);
    await ready(kiosk);
    await kiosk.back();
    await until(() => kiosk.evaluate(() => location.pathname === "/"), "the kiosk went back");
    await ready(kiosk);
    expect([await cart(kiosk), await kept(kiosk), await store.profile.cookies()]).toEqual([{}, NOTHING_KEPT, []]);
    await kiosk.reload();
    await ready(kiosk);
    expect([await cart(kiosk), await kept(kiosk)]).toEqual([{}, NOTHING_KEPT]);
  });

  test("the back button does not bring a cart back that was left by walking to another page", async () => {
    const { screen } = await build();
    const [store, kiosk] = await filledKiosk(screen);
    await kiosk.goto(`${store.origin.url}/next`);
    await ready(kiosk);
    expect(await cart(kiosk)).toEqual({});
    await kiosk.evaluate(() => window.shop.signOut());
    await kiosk.back();
    await until(() => kiosk.evaluate(() => location.pathname === "/"), "the kiosk went back");
    await ready(kiosk);
    await shows(kiosk, {});
  });

  test("after a power cut in the middle of a visit the kiosk starts empty", async () => {
    const { screen } = await build();
    const [store, kiosk] = await filledKiosk(screen, "everyday");
    await crash(kiosk);
    const again = await store.open();
    expect([await cart(again), await kept(again)]).toEqual([{}, NOTHING_KEPT]);
  });

  test("a shopper walks away: the kiosk warns, then forgets them, also on the server; a touch keeps the visit", async () => {
    const { screen } = await build();
    const store = await screen({ options: { ...KIOSK.options, kiosk: { idleMs: 2_000 } }, body: "<h1>Winkel</h1>" });
    const kiosk = await store.open();
    await add(kiosk, "SCHOEN-42");
    await kiosk.evaluate(() => window.shop.sync.settled());
    const warned = (): Promise<boolean> => kiosk.evaluate(() => window.shop.state.kiosk !== undefined);
    await until(warned, "the kiosk warns");
    await kiosk.click("h1");
    expect([await warned(), await cart(kiosk)]).toEqual([false, { "SCHOEN-42": 1 }]);
    await until(warned, "the kiosk warns again");
    await shows(kiosk, {}, 3_000);
    await until(() => store.line.requests.includes("POST /v1/sign-out"), "the server is told");
    expect(await kept(kiosk)).toEqual(NOTHING_KEPT);
  });
});

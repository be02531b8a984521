/** The page of a kiosk: whatever a shopper has left on it, and whatever a careless shop has kept of them, is gone with them. */
import { expect, test } from "vitest";
import type { Page } from "./engine.js";
import { KIOSK_BODY, leaveTraces, tracesOf } from "./residue.js";
import { add, cart, crash, inEveryEngine, live, ready, type Screen, type Town } from "./town.js";
import { until } from "./wait.js";
import type { KioskAnswer, RegisteredScreen } from "../../src/kiosk/index.js";

declare global {
  interface Window {
    readonly kioskPage: RegisteredScreen;
    readonly kioskIs?: KioskAnswer;
  }
}

const OPTIONS = { home: "/", kiosk: { idleMs: 60_000 }, channel: "kiosk", name: "Your bank" };

async function openKiosk({ screen }: Town, more: object = {}): Promise<[Screen, Page]> {
  const store = await screen({ options: { ...OPTIONS, ...more }, body: KIOSK_BODY });
  return [store, await store.open()];
}

async function shopAround(page: Page, secret: string, isCareful = false): Promise<void> {
  await add(page, secret);
  await leaveTraces(page, secret, isCareful);
  await page.evaluate(() => window.shop.sync.settled());
}

/** Another page has come, and its client is there; `since` is when the former one began. */
async function isAnew(page: Page, since: number): Promise<void> {
  await until(() => page.evaluate((before) => performance.timeOrigin > before && document.readyState === "complete" && "ready" in (window.shop ?? {}), since), "the start page has come");
  await ready(page);
}

const begunAt = (page: Page): Promise<number> => page.evaluate(() => performance.timeOrigin);

/** Nothing, now and by the back button, as many pages back as there are. */
async function isClean({ engine }: Town, page: Page, secret: string, steps = 1): Promise<void> {
  await until(async () => (await tracesOf(page, secret)).length === 0, "nothing is left").catch(async () => expect(await tracesOf(page, secret)).toEqual([]));
  expect([await cart(page), await page.evaluate(() => location.pathname + location.search)]).toEqual([{}, "/"]);
  for (let i = 0; i < steps; i++) {
    const here = await begunAt(page);
    await page.back();
    const text = await until(() => page.evaluate(shown, here, engine === "WebKit"), "the start page has come");
    expect(text).not.toContain(secret);
  }
}

/**
 * In the page: what the next shopper sees, once it is another page than before and not one that is just being made. `skips`: the
 * browser passes over what no shopper has touched, as far as the empty page that the tab began with.
 */
function shown(before: number, skips: boolean): string | false {
  if (performance.timeOrigin === before || document.readyState !== "complete") return false;
  const isEmpty = location.href === "about:blank" || location.pathname === "/blank";
  const isThere = isEmpty ? skips : !document.documentElement.hidden && "ready" in (window.shop ?? {});
  return isThere && `${location.href} ${document.documentElement.textContent}`;
}

inEveryEngine((build) => {
  test("a shopper is done: within a second the start page stands there, with nothing of theirs on it, in it or behind the back button", async () => {
    const town = await build();
    const [, kiosk] = await openKiosk(town);
    const since = await begunAt(kiosk);
    await shopAround(kiosk, "GEHEIM-1");
    const from = performance.now();
    await kiosk.evaluate(() => void window.shop.signOut());
    await isAnew(kiosk, since);
    expect(performance.now() - from).toBeLessThan(2_000); // with the polling of the test; the long test measures in the page
    await isClean(town, kiosk, "GEHEIM-1");
    expect(town.sync.faults).toEqual([]);
  });

  test("a shopper who only typed and walked away is forgotten as well", async () => {
    const town = await build();
    const [, kiosk] = await openKiosk(town, { kiosk: { idleMs: 1_500 } });
    const since = await begunAt(kiosk);
    await kiosk.click("#search");
    await leaveTraces(kiosk, "GEHEIM-2");
    await isAnew(kiosk, since);
    await isClean(town, kiosk, "GEHEIM-2");
  });

  test("a shopper goes to another page: the server is told on the way out, and the back button leads to the start page", async () => {
    const town = await build();
    const [store, kiosk] = await openKiosk(town);
    await shopAround(kiosk, "GEHEIM-3");
    await kiosk.goto(`${store.origin.url}/`);
    await ready(kiosk);
    await until(() => store.line.requests.includes("POST /v1/sign-out"), "the server is told");
    await isClean(town, kiosk, "GEHEIM-3", 2);
  });

  test("without a network the page is cleared where it stands, and shown again", async () => {
    const town = await build();
    const [store, kiosk] = await openKiosk(town);
    await shopAround(kiosk, "GEHEIM-4");
    await kiosk.evaluate(() => history.replaceState(undefined, "", "/"));
    await town.sync.stop();
    await kiosk.evaluate(() => {
      (document.getElementById("found") as HTMLElement).textContent = ""; // what the shop shows itself, it takes away itself
      void window.shop.signOut();
    });
    await until(() => kiosk.evaluate(() => window.shop.state.cart.quantity === 0 && !document.documentElement.hidden), "the page is there again");
    await until(async () => (await tracesOf(kiosk, "GEHEIM-4")).length === 0, "nothing is left");
    expect(store.origin.requests.filter((path) => path === "/")).toHaveLength(1);
  });

  test("a registered kiosk is what the server calls it; after a power cut it starts empty, and the visit that was cut off is over on the server", async () => {
    const town = await build();
    const store = await town.screen({ options: OPTIONS, body: KIOSK_BODY, mode: "everyday" });
    const kiosk = await store.open();
    const code = await town.sync.announce("GENT", "Kiosk 3");
    expect(await kiosk.evaluate((typed) => window.kioskPage.register(typed), code)).toEqual({ store: "GENT", name: "Kiosk 3" });
    await shopAround(kiosk, "GEHEIM-5", true); // an everyday WebKit is led by the name of its window
    await live(kiosk);
    const { url } = await kiosk.evaluate((page) => window.shop.handoff.offer("take", { url: page }), `${store.origin.url}/`);
    expect((await kiosk.evaluate((link) => window.shop.handoff.preview(link), url)).from).toEqual({ channel: "kiosk", name: "Kiosk 3", store: "GENT" });
    await crash(kiosk);

    const again = await store.open();
    await until(() => again.evaluate(() => window.kioskIs?.name === "Kiosk 3"), "the kiosk knows who it is, without a code");
    expect([await tracesOf(again, "GEHEIM-5"), await cart(again)]).toEqual([[], {}]);
    const gone = await again.evaluate((link) => window.shop.handoff.preview(link).then(() => "there", ({ code }) => code), url);
    expect(gone).toBe("handoff-gone");
    expect(store.line.requests.filter((path) => path === "POST /v1/kiosk/register")).toHaveLength(1);
  });

  test("a code in the address is nobody's code", async () => {
    const town = await build();
    const store = await town.screen({ options: OPTIONS, body: KIOSK_BODY });
    const code = await town.sync.announce("GENT", "Kiosk 3");
    const kiosk = await store.open(`/?code=${code}&kiosk=${code}#code=${code}`);
    await add(kiosk, "SCHOEN-42");
    await kiosk.evaluate(() => window.shop.sync.settled());
    expect(store.line.requests.filter((path) => path.includes("/kiosk/"))).toEqual([]);
  });
});

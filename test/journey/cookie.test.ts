/** A browser that forgets everything scripts may write, and the shopper who is known again all the same. */
import { afterEach, expect, test, vi } from "vitest";
import { createMemoryShelf } from "../../src/browser/shelf.js";
import type { ClientOptions } from "../../src/index.js";
import { createTown, read, type Screen, type Town, until } from "./town.js";

const DAY = 86_400_000;
const NAME = "__Host-carryover-pk_test";

afterEach(() => vi.unstubAllGlobals());

/** A browser's cookies for the shop, as all of its pages share them. */
interface Browser {
  readonly jar: Map<string, string>;
  readonly requests: string[];
  isCut: boolean;
  page(options?: Partial<ClientOptions>): Screen;
}

function openBrowser(town: Town): Browser {
  const jar = new Map<string, string>();
  const requests: string[] = [];
  const browser = { jar, requests, isCut: false };
  vi.stubGlobal("document", { get cookie() { return [...jar].filter(([name]) => !name.startsWith("__")).map((pair) => pair.join("=")).join("; "); } });
  const fetch: typeof globalThis.fetch = async (input, init = {}) => {
    if (browser.isCut) throw new TypeError("Failed to fetch");
    const request = new Request(input, init);
    requests.push(new URL(request.url).pathname);
    request.headers.set("origin", "https://shop.example");
    if (init.credentials === "include") request.headers.set("cookie", [...jar].map((pair) => pair.join("=")).join("; "));
    const response = await town.server.fetch(request);
    if (init.credentials === "include") for (const line of response.headers.getSetCookie()) keep(jar, line);
    return response;
  };
  return Object.assign(browser, { page: (options: Partial<ClientOptions> = {}) => town.screen({ fetch, cookie: true, storage: createMemoryShelf(), ...options }) });
}

function keep(jar: Map<string, string>, line: string): void {
  const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
  if (line.includes("Max-Age=0")) jar.delete(name);
  else jar.set(name, value);
}

async function town(): Promise<{ town: Town; time: { now: number } }> {
  const time = { now: Date.now() };
  return { time, town: await createTown({ guestCartMs: 30 * DAY, cookie: {} }, { now: () => time.now }) };
}

test("eight days later, everything wiped but the cookie: the same visitor with the same cart, and who never had one asks for nothing", async () => {
  const { town: here, time } = await town();
  const options = { guestCartMs: 30 * DAY, now: () => time.now };
  const browser = openBrowser(here);
  const first = browser.page(options);
  await first.shop.ready;
  expect([browser.requests, browser.jar.size]).toEqual([[], 0]);
  first.shop.cart.add("SCHOEN-42", 2);
  await first.shop.sync.settled();
  const [own] = await first.shop.devices();
  expect(browser.jar.size).toBe(2);
  first.shop.close();

  time.now += 8 * DAY;
  const again = browser.page(options);
  await until(() => read(again)["SCHOEN-42"] === 2, "the cart is there again");
  await again.shop.sync.settled();
  again.shop.cart.increase("SCHOEN-42");
  await again.shop.sync.settled();
  expect(await again.shop.devices()).toMatchObject([{ device: own?.device, isThis: true }]);
  expect([read(again), again.problems]).toEqual([{ "SCHOEN-42": 3 }, []]);
});

test("five tabs opened at once after the wipe are one visitor, and each of them may add", async () => {
  const { town: here } = await town();
  const browser = openBrowser(here);
  const first = browser.page();
  first.shop.cart.add("SCHOEN-42");
  await first.shop.sync.settled();
  first.shop.close();
  const shelf = createMemoryShelf();
  const tabs = Array.from({ length: 5 }, () => browser.page({ storage: shelf }));
  await until(() => tabs.every((tab) => read(tab)["SCHOEN-42"] === 1), "every tab shows the cart");
  tabs.forEach((tab, i) => tab.shop.cart.add(`P-${i}`));
  for (const tab of tabs) await tab.shop.sync.settled();
  await until(() => tabs.every((tab) => Object.keys(read(tab)).length === 6), "every tab shows what the others did");
  expect(await tabs[0]?.shop.devices()).toHaveLength(1);
  expect(tabs.flatMap(({ problems }) => problems)).toEqual([]);
});

test("who adds before the cookie has answered keeps what was added, in the cart of the visitor that the cookie knows, once", async () => {
  const { town: here } = await town();
  const browser = openBrowser(here);
  const first = browser.page();
  first.shop.cart.add("SCHOEN-42");
  await first.shop.sync.settled();
  const again = browser.page();
  again.shop.cart.add("BOEK-1", 2);
  await until(() => read(first)["BOEK-1"] === 2, "the first page shows it");
  await again.shop.sync.settled();
  expect([read(again), read(first)]).toEqual(Array(2).fill({ "SCHOEN-42": 1, "BOEK-1": 2 }));
  expect(await again.shop.devices()).toHaveLength(1);
});

test("signed out in a tunnel: the cookie that is still there brings nobody back, and the next person starts anew", async () => {
  const { town: here } = await town();
  const browser = openBrowser(here);
  const shelf = createMemoryShelf();
  const desktop = here.screen();
  await desktop.shop.signIn(await here.token("anna"));
  const family = browser.page({ storage: shelf });
  await family.shop.signIn(await here.token("anna"));
  family.shop.cart.add("SCHOEN-42");
  await family.shop.sync.settled();
  expect(browser.jar.has(NAME)).toBe(true);
  browser.isCut = true;
  await family.shop.signOut();
  family.shop.close();

  const next = browser.page({ storage: shelf });
  await next.shop.ready;
  next.shop.cart.add("BOEK-1");
  browser.isCut = false;
  await until(() => shelf.names("box:").length === 0, "the server has heard of it");
  await next.shop.sync.settled();
  next.shop.cart.add("SOK-1");
  await next.shop.sync.settled();
  expect([read(next), next.shop.state.customer.isSignedIn]).toEqual([{ "BOEK-1": 1, "SOK-1": 1 }, false]);
  expect(read(desktop)).toEqual({ "SCHOEN-42": 1 });
});

test("a customer is signed in again by the cookie; once signed out, cookie and all are gone, and nobody is asked about any more", async () => {
  const { town: here } = await town();
  const browser = openBrowser(here);
  const first = browser.page();
  await first.shop.signIn(await here.token("anna"));
  first.shop.cart.add("SCHOEN-42");
  await first.shop.sync.settled();
  first.shop.close();
  const again = browser.page();
  await until(() => again.shop.state.customer.id === "anna" && read(again)["SCHOEN-42"] === 1, "anna is back");
  await again.shop.signOut();
  expect(browser.jar.size).toBe(0);
  const before = browser.requests.length;
  const next = browser.page();
  await next.shop.ready;
  await new Promise((resolve) => setImmediate(resolve));
  expect([browser.requests.length - before, read(next)]).toEqual([0, {}]);
});

test("the cookie's visitor was let go on the server: the page asks once, and never again", async () => {
  const { town: here, time } = await town();
  const browser = openBrowser(here);
  const first = browser.page({ now: () => time.now });
  first.shop.cart.add("SCHOEN-42");
  await first.shop.sync.settled();
  const [own] = await first.shop.devices();
  await first.shop.signOutDevice(own?.device ?? "");
  await until(() => read(first)["SCHOEN-42"] === undefined, "this very page has forgotten it");
  first.shop.close();
  const again = browser.page();
  await until(() => browser.jar.size === 0, "the cookie is cleared");
  const before = browser.requests.length;
  again.shop.close();
  await browser.page().shop.ready;
  expect(browser.requests.length).toBe(before);
});

test("a kiosk never has a cookie, whatever its page says", async () => {
  const { town: here } = await town();
  const browser = openBrowser(here);
  vi.unstubAllGlobals();
  const kiosk = browser.page({ kiosk: { idleMs: 60_000 } });
  kiosk.shop.cart.add("SCHOEN-42");
  await kiosk.shop.sync.settled();
  expect(browser.jar.size).toBe(0);
});

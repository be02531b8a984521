/** N3: storage is refused, broken or full, and the shop works all the same, in memory, and says so once. */
import { expect, test } from "vitest";
import { add, cart, inEveryEngine, live, ready, shows, signIn } from "./town.js";
import { until } from "./wait.js";

const REFUSED = `throw new DOMException("The operation is insecure.", "SecurityError")`;
const NO_WORDS = `Object.defineProperty(window, "localStorage", { get() { ${REFUSED}; } });`;
const FULL_WORDS = `Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };`;
const NO_DATABASE = `IDBFactory.prototype.open = () => { ${REFUSED}; };`;
/** Safari 14 at times never answers (WebKit 226547). */
const SILENT_DATABASE = `IDBFactory.prototype.open = () => new EventTarget();`;
const FULL_DATABASE = `IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); };`;

/** As on a busy machine: once the page was loaded anew the database is there in the end. */
const LATE_DATABASE = `if (performance.getEntriesByType("navigation")[0]?.type === "reload") {
  const { databases } = IDBFactory.prototype;
  IDBFactory.prototype.databases = () => new Promise((resolve) => setTimeout(resolve, 3_000)).then(() => databases.call(indexedDB));
}`;

const HEAR = `window.carryover = [(shop) => shop.on("problem", ({ code }) => seen.runs.push(code))];`;

inEveryEngine((build) => {
  test.each([
    ["all storage is refused", NO_WORDS + NO_DATABASE],
    ["localStorage is refused", NO_WORDS],
    ["localStorage is full", FULL_WORDS],
    ["all storage is full", FULL_WORDS + FULL_DATABASE],
  ])("%s: the shopper's cart works, is synced, and the shop is told once", async (_, first) => {
    const { sync, screen } = await build();
    const page = await (await screen({ first: first + HEAR })).open();
    const desktop = await (await screen({ options: {} })).open();
    await add(page, "SCHOEN-42", 2);
    await page.evaluate(() => window.shop.consent.decide({ analytics: true }));
    expect(await page.evaluate(() => window.shop.consent.allows("analytics"))).toBe(true);
    await signIn(page, sync, "anna");
    await signIn(desktop, sync, "anna");
    await shows(desktop, { "SCHOEN-42": 2 });
    await add(desktop, "BOEK-1");
    await shows(page, { "SCHOEN-42": 2, "BOEK-1": 1 });
    expect(await page.evaluate(() => window.seen)).toEqual({ errors: [], violations: [], runs: ["storage-refused"] });
  });

  test.each([
    ["is refused", NO_DATABASE],
    ["never answers", SILENT_DATABASE],
    ["is full", FULL_DATABASE],
  ])("IndexedDB %s: the cart survives a reload all the same, and is shown within three seconds", async (_, first) => {
    const { screen } = await build();
    const home = await screen({ first: first + HEAR });
    const page = await home.open();
    await add(page, "SCHOEN-42", 2);
    await page.evaluate(() => window.shop.sync.settled());
    home.line.cut();
    await add(page, "BOEK-1");
    await page.reload();
    await ready(page);
    await shows(page, { "SCHOEN-42": 2, "BOEK-1": 1 }, 3_000).catch(async () => {
      home.line.mend();
      await shows(page, { "SCHOEN-42": 2, "BOEK-1": 1 }, 3_000);
    });
    expect(await page.evaluate(() => window.seen.errors)).toEqual([]);
  });

  test("IndexedDB answers late: the shop does not wait for it, and shows what lies in it once it does, without a network", async () => {
    const { screen } = await build();
    const home = await screen({ first: LATE_DATABASE + HEAR });
    const page = await home.open();
    await add(page, "SCHOEN-42", 2);
    await page.evaluate(() => window.shop.sync.settled());
    home.line.cut();
    await add(page, "BOEK-1");
    await until(() => page.evaluate(() => !Object.keys(localStorage).some((name) => name.includes(":e:"))), "all lies in the database");
    await page.reload();
    await ready(page);
    expect(await page.evaluate(() => [window.shop.state.cart.quantity, window.seen.runs])).toEqual([0, ["storage-refused"]]);
    await add(page, "SOK-1");
    await shows(page, { "SCHOEN-42": 2, "BOEK-1": 1, "SOK-1": 1 });
    expect(await page.evaluate(() => window.seen)).toMatchObject({ errors: [], runs: ["storage-refused"] });
  });

  test("words of somebody else under our names, or cut off by a full disk, do no harm", async () => {
    const { screen } = await build();
    const home = await screen({ first: HEAR });
    const page = await home.open();
    await add(page, "SCHOEN-42", 2);
    await page.evaluate(() => window.shop.sync.settled());
    await page.evaluate(() => {
      localStorage.setItem("carryover:pk_shop:choice", "[[[");
      localStorage.setItem("carryover:pk_shop:box:x", "{");
      const { credential } = JSON.parse(localStorage.getItem("carryover:pk_shop:session") ?? "{}") as { credential: string };
      for (const [i, bytes] of ["", "{", "null", "7", "{}", `{"id":1}`].entries()) localStorage.setItem(`carryover:pk_shop:e:${credential.slice(0, 8)}:${i}`, bytes);
    });
    await page.reload();
    await ready(page);
    await live(page);
    expect(await cart(page)).toEqual({ "SCHOEN-42": 2 });
    await add(page, "BOEK-1");
    await page.evaluate(() => window.shop.sync.settled());
    expect(await page.evaluate(() => window.seen.errors)).toEqual([]);
    await page.evaluate(() => localStorage.setItem("carryover:pk_shop:session", `{"credential":7}`));
    await page.reload();
    await ready(page);
    await add(page, "BOEK-2");
    expect([await cart(page), await page.evaluate(() => window.seen.errors)]).toEqual([{ "BOEK-2": 1 }, []]);
  });
});

/** A key that no script can read binds the device: five tabs share it, it survives a reload, and a copy of all else opens nothing. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { add, inEveryEngine, live, ready, shows } from "./town.js";
import { until } from "./wait.js";

const first = (): string => readFileSync(join(inject("bundles"), "bound.js"), "utf8");

inEveryEngine((build) => {
  test("tabs that add in the same moment are bound to one key, and so is the page after a reload; what is copied without it is refused", async () => {
    const { sync, screen } = await build();
    const home = await screen({ options: {}, first: first() });
    const tabs = [await home.open(), await home.open(), await home.open()];
    await Promise.all(tabs.map((tab, i) => add(tab, `P-${i}`)));
    for (const tab of tabs) await shows(tab, { "P-0": 1, "P-1": 1, "P-2": 1 });
    const [page] = tabs as [typeof tabs[number]];
    await page.reload();
    await ready(page);
    await live(page);
    await add(page, "SCHOEN-42");
    await page.evaluate(() => window.shop.sync.settled());
    expect(await page.evaluate(() => window.shop.devices())).toHaveLength(1);
    expect([sync.doubled, sync.faults]).toEqual([[], []]);

    const session = await page.evaluate(() => localStorage.getItem("carryover:pk_shop:session") ?? "");
    const thief = await screen({ options: {}, first: `localStorage.setItem("carryover:pk_shop:session", ${JSON.stringify(session)}); ${first()}` });
    const copied = await thief.open();
    await until(() => copied.evaluate((kept) => localStorage.getItem("carryover:pk_shop:session") !== kept, session), "the copy is refused, and begins anew");
    await shows(copied, {});
    await add(page, "BOEK-1");
    await page.evaluate(() => window.shop.sync.settled());
  });

  test("the key cannot be taken out of the browser, not even by the shop's own page", async () => {
    const { screen } = await build();
    const page = await (await screen({ options: {}, first: first() })).open();
    await add(page, "SCHOEN-42");
    await page.evaluate(() => window.shop.sync.settled());
    const taken = await page.evaluate(async () => {
      const opened = await new Promise<IDBDatabase>((resolve) => {
        const opening = indexedDB.open("carryover:pk_shop:key");
        opening.onsuccess = () => resolve(opening.result);
      });
      const [kept] = await new Promise<{ pair: CryptoKeyPair }[]>((resolve) => {
        const asking = opened.transaction("keys").objectStore("keys").getAll();
        asking.onsuccess = () => resolve(asking.result);
      });
      opened.close();
      const key = kept?.pair.privateKey;
      return key && [key.extractable, await crypto.subtle.exportKey("pkcs8", key).then(() => "taken", (error: DOMException) => error.name)];
    });
    expect(taken).toEqual([false, "InvalidAccessError"]);
  });
});

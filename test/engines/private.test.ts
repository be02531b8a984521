/** A shopper's own browser, with its store on the disk, and a private window: the cart works in both. */
import { expect, test } from "vitest";
import { add, cart, inEveryEngine, live, ready, shows, signIn } from "./town.js";

inEveryEngine((build) => {
  test.each([["an everyday browser", "everyday"], ["a private window", "private"]] as const)("in %s the cart survives a reload, is seen in a second tab, and reaches the other device", async (_, mode) => {
    const { sync, screen } = await build();
    const home = await screen({ mode });
    const [page, desktop] = [await home.open(), await (await screen({ options: {} })).open()];
    await add(page, "SCHOEN-42", 2);
    await page.reload();
    await ready(page);
    expect(await cart(page)).toEqual({ "SCHOEN-42": 2 });
    const second = await home.open();
    await shows(second, { "SCHOEN-42": 2 });
    await signIn(page, sync, "anna");
    await signIn(desktop, sync, "anna");
    await shows(desktop, { "SCHOEN-42": 2 });
    await add(desktop, "BOEK-1");
    for (const tab of [page, second]) await shows(tab, { "SCHOEN-42": 2, "BOEK-1": 1 });
    await live(second);
    expect(await page.evaluate(() => window.seen.errors)).toEqual([]);
    expect([sync.doubled, sync.faults]).toEqual([[], []]);
  });
});

/** A shop is updated while people are in it: tabs with the older build and tabs with the newer one are one device, and neither harms the other. */
import { expect, test } from "vitest";
import type { Page } from "./engine.js";
import { add, cart, inEveryEngine, live, ready, type Screen, shows, signIn } from "./town.js";
import { until } from "./wait.js";

const NEWER = { options: {} };
const OLDER = { options: {}, build: "0.1.0" } as const;

/** Another tab, with this build of the library. */
function tab(home: Screen, build: typeof NEWER | typeof OLDER): Promise<Page> {
  home.dress(build);
  return home.open();
}

async function reloaded(page: Page, home: Screen, build: typeof NEWER | typeof OLDER): Promise<void> {
  home.dress(build);
  await page.reload();
  await ready(page);
}

inEveryEngine((create) => {
  test.each([["older", OLDER, NEWER], ["newer", NEWER, OLDER]] as const)("the %s build's tab is there first: both are live, and each shows what the other does, once", async (_, first, second) => {
    const { sync, screen } = await create();
    const home = await screen(first);
    const one = await tab(home, first);
    await add(one, "SCHOEN-42");
    await signIn(one, sync, "anna");
    const two = await tab(home, second);
    for (const page of [one, two]) await live(page);
    await shows(two, { "SCHOEN-42": 1 });
    await Promise.all([add(one, "BOEK-1"), add(two, "BOEK-2"), add(one, "SCHOEN-42"), add(two, "SCHOEN-42")]);
    for (const page of [one, two]) await until(async () => { const now = await cart(page); return now["SCHOEN-42"] === 3 && now["BOEK-1"] === 1 && now["BOEK-2"] === 1; }, "both show all");
    expect([sync.taken("line-added").size, sync.doubled, sync.faults]).toEqual([5, [], []]);
    await two.evaluate(() => window.shop.signOut());
    for (const page of [one, two]) await until(() => page.evaluate(() => !window.shop.state.customer.isSignedIn), "nobody is signed in on either");
    for (const page of [one, two]) expect(await cart(page)).toEqual({});
  });

  test("the tab of either build closes, and the other goes on without it", async () => {
    const { sync, screen } = await create();
    const home = await screen(OLDER);
    const desktop = await (await screen(NEWER)).open();
    await signIn(desktop, sync, "anna");
    const older = await tab(home, OLDER);
    await signIn(older, sync, "anna");
    const newer = await tab(home, NEWER);
    await live(newer);
    await older.close();
    await add(desktop, "SCHOEN-42");
    await shows(newer, { "SCHOEN-42": 1 });
    const again = await tab(home, OLDER);
    await live(again);
    await newer.close();
    await add(desktop, "BOEK-1");
    await shows(again, { "SCHOEN-42": 1, "BOEK-1": 1 });
  });

  test.each([["an update", OLDER, NEWER], ["a step back", NEWER, OLDER]] as const)("%s between two pages loses and doubles nothing: neither what was confirmed nor what waits", async (_, before, after) => {
    const { sync, screen } = await create();
    const home = await screen(before);
    const page = await home.open();
    await add(page, "SCHOEN-42", 2);
    await signIn(page, sync, "anna");
    await page.evaluate(() => window.shop.sync.settled());
    home.line.cut();
    await add(page, "BOEK-1");
    await add(page, "SCHOEN-42");
    await page.evaluate(() => window.shop.consent.decide({ analytics: true }));
    await reloaded(page, home, after);
    // An older build may not know the copy that a newer one has kept: then it shows what waits until it hears from the server.
    if (after === NEWER) await shows(page, { "SCHOEN-42": 3, "BOEK-1": 1 });
    await add(page, "BOEK-2");
    home.line.mend();
    await page.evaluate(() => window.shop.sync.settled());
    const all = { "SCHOEN-42": 3, "BOEK-1": 1, "BOEK-2": 1 };
    await shows(page, all);
    expect(await page.evaluate(() => [window.shop.state.customer.id, window.shop.consent.allows("analytics")])).toEqual(["anna", true]);
    await reloaded(page, home, before);
    await shows(page, all);
    expect([sync.taken("line-added").size, sync.doubled, sync.faults]).toEqual([4, [], []]);
  });
});

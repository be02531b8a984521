/** Before a choice nothing is kept and nothing is sent; after a refusal nothing that could tell two shoppers apart. */
import { expect, test } from "vitest";
import { times } from "../long.js";
import { add, inEveryEngine, kept, live, NOTHING_KEPT, ready, type ScreenOptions, shows, signIn } from "./town.js";
import { until } from "./wait.js";

/** Nothing is done in it, and nothing may happen. */
const WHILE_MS = times(3_000, 30_000);
const BODY = `<h1>Schoen en boek</h1><button id="look">Bekijken</button><p style="height: 4000px">Lang</p>`;
const HELD = `
  <script type="text/plain" data-consent="analytics" data-src="/analytics.js"></script>
  <script type="text/plain" data-consent="marketing">seen.runs.push("marketing")</script>`;
const ANALYTICS = `seen.runs.push("analytics")`;

inEveryEngine((build) => {
  test.each<[string, ScreenOptions, string]>([
    ["tag", {}, "/tag.js"],
    ["package", { options: {} }, "/app.js"],
  ])("a visitor who scrolls and clicks about for a while leaves no trace and causes no request (%s)", async (_, options, bundle) => {
    const { screen } = await build();
    const home = await screen({ ...options, body: BODY });
    const page = await home.open();
    await until(async () => {
      await page.click("h1");
      await page.evaluate(() => scrollTo(0, Math.random() * 3_000));
      await page.evaluate(() => scrollTo(0, 0));
      await page.click("#look");
      await page.evaluate(() => void document.dispatchEvent(new Event("visibilitychange")));
      return page.evaluate((ms) => performance.now() > ms, WHILE_MS);
    }, "the while has gone by", 2 * WHILE_MS);
    expect(await kept(page)).toEqual(NOTHING_KEPT);
    expect(await home.profile.cookies()).toEqual([]);
    expect(home.origin.requests).toEqual(["/", "/watch.js", bundle]);
    expect(home.line.tries).toBe(0);
    expect(await page.evaluate(() => window.seen.errors)).toEqual([]);
  }, 3 * WHILE_MS + 20_000);

  test("everybody who refuses has the same bytes in storage, no cookie, and nothing is sent", async () => {
    const { screen } = await build();
    const refusers = [];
    for (const options of [{}, { options: {} }]) {
      const home = await screen(options);
      const page = await home.open();
      await page.evaluate(() => window.shop.consent.withdraw());
      await page.reload();
      await ready(page);
      const { words, ...rest } = await kept(page);
      refusers.push(await page.evaluate(() => JSON.stringify({ ...localStorage })));
      expect(rest).toEqual({ cookies: "", session: [], databases: [], caches: [] });
      expect([words.length, await home.profile.cookies(), home.line.tries]).toEqual([1, [], 0]);
      expect(await page.evaluate(() => window.shop.state.consent.isDecided)).toBe(true);
    }
    expect(refusers[0]).toBe(refusers[1]);
  });

  test("a script that needs consent runs only after the grant, once, and at once on the next page", async () => {
    const { screen } = await build();
    const home = await screen({ body: HELD });
    home.origin.put("/analytics.js", ANALYTICS);
    const page = await home.open();
    expect([await page.evaluate(() => window.seen.runs), home.origin.requests]).toEqual([[], ["/", "/watch.js", "/tag.js"]]);
    await page.evaluate(() => window.shop.consent.decide({ analytics: true, personalisation: false, marketing: false }));
    await until(() => page.evaluate(() => window.seen.runs.length > 0), "the script runs");
    await page.evaluate(() => window.shop.consent.decide({ personalisation: true }));
    expect(await page.evaluate(() => window.seen.runs)).toEqual(["analytics"]);
    await page.goto(`${home.origin.url}/next`);
    await until(() => page.evaluate(() => window.seen.runs.length > 0), "the script runs on the next page");
    expect(await page.evaluate(() => window.seen.runs)).toEqual(["analytics"]);
    expect(await page.evaluate(() => window.seen.errors)).toEqual([]);
  });

  test("a refusal in one tab closes the gates of the other, and a stale grant there does not open them", async () => {
    const { screen } = await build();
    const home = await screen({ body: HELD });
    home.origin.put("/analytics.js", ANALYTICS);
    const [here, there] = [await home.open(), await home.open()];
    await here.evaluate(() => window.shop.consent.decide({ analytics: true, personalisation: true, marketing: false }));
    await until(() => there.evaluate(() => window.seen.runs.includes("analytics")), "the other tab follows");
    await here.evaluate(() => window.shop.consent.withdraw());
    await until(() => there.evaluate(() => !window.shop.consent.allows("analytics")), "the other tab closes its gates");
    expect(await there.evaluate(() => window.shop.state.consent.purposes.personalisation)).toBe(false);
  });

  test("a page under a strict content security policy with trusted types is not breached by the library", async () => {
    const { sync, screen } = await build();
    for (const options of [{}, { options: {} }] satisfies ScreenOptions[]) {
      const home = await screen();
      const rules = `default-src 'none'; img-src data:; script-src 'self'; connect-src ${home.line.url}; require-trusted-types-for 'script'`;
      home.dress({ ...options, body: `<button data-carryover-add="BOEK-1">In mandje</button>`, headers: { "content-security-policy": rules } });
      const page = await home.open();
      await add(page, "SCHOEN-42");
      await page.click("button");
      await page.evaluate(() => window.shop.consent.decide({ analytics: true }));
      await signIn(page, sync, "options" in options ? "anna" : "bob");
      await live(page);
      await page.reload();
      await ready(page);
      await shows(page, "options" in options ? { "SCHOEN-42": 1 } : { "SCHOEN-42": 1, "BOEK-1": 1 });
      await live(page);
      expect(await page.evaluate(() => window.seen)).toEqual({ errors: [], violations: [], runs: [] });
    }
  });
});

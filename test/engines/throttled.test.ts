/** A20 on a slow phone: Chromium at a quarter of its speed says of every long task and every shift, and the library causes none. */
import { launch, type Page } from "puppeteer-core";
import { expect, test } from "vitest";
import { engine } from "../../scripts/engines.mjs";
import { createOrigin } from "./origin.js";
import { createSync } from "./sync.js";
import { until } from "./wait.js";

const RATE = 4;
/** Others use this machine as well: a task of theirs in the middle of ours is no task of ours. What the library does, it does each time. */
const VISITS = 3;

const NOTE = `
  window.long = []; window.shifts = [];
  new PerformanceObserver((list) => long.push(...list.getEntries().map(({ duration }) => Math.round(duration)))).observe({ type: "longtask", buffered: true });
  new PerformanceObserver((list) => shifts.push(...list.getEntries().map(({ value }) => value))).observe({ type: "layout-shift", buffered: true });
`;

declare global {
  interface Window {
    readonly long: number[];
    readonly shifts: number[];
  }
}

/** One visit with everything in it that is observed; what the browser said of it. */
async function visit(page: Page, url: string): Promise<{ long: number[]; shifts: number[] }> {
  await page.goto(url);
  await until(() => page.evaluate(() => performance.getEntriesByType("resource").some(({ name }) => name.endsWith("/v1/observe"))), "the page is told of");
  await page.evaluate(() => {
    const line = window.shop.cart.add("SCHOEN-42", 1);
    setTimeout(() => window.shop.cart.increase(line));
    setTimeout(() => history.pushState(null, "", `/drawn-${Math.random()}`));
    setTimeout(() => window.shop.cart.clear());
  });
  await until(() => page.evaluate(() => performance.getEntriesByType("resource").filter(({ name }) => name.endsWith("/v1/observe")).length > 1), "the rest is told");
  return page.evaluate(() => ({ long: window.long, shifts: window.shifts }));
}

test("at a quarter of the speed the library adds no long task and no layout shift, with everything observed", async () => {
  const [sync, origin, browser] = [await createSync(), await createOrigin(), await launch({ executablePath: engine("chromium"), args: ["--headless=new", "--no-sandbox", "--disable-gpu"] })];
  try {
    origin.put("/note.js", NOTE);
    const tag = `<script async src="/tag.js" data-site="pk_shop" data-endpoint="http://127.0.0.1:${sync.port}" data-journey></script>`;
    origin.show("/", { scripts: [`<script src="/watch.js"></script><script src="/note.js"></script>`, tag], body: "<h1>Schoen en boek</h1><p>Een pagina met iets om naar te kijken.</p>" });
    const page = await browser.newPage();
    await page.goto(origin.url);
    await until(() => page.evaluate(() => "ready" in (window.shop ?? {})), "the library has loaded");
    await page.evaluate(() => window.shop.consent.decide({ analytics: true, personalisation: true, marketing: true }));
    await page.emulateCPUThrottling(RATE);
    const seen = [];
    for (let i = 0; i < VISITS; i++) seen.push(await visit(page, origin.url));
    console.log(`long tasks, ms: ${JSON.stringify(seen.map(({ long }) => long))}`);
    expect(seen.flatMap(({ shifts }) => shifts)).toEqual([]);
    expect(Math.min(...seen.map(({ long }) => long.length))).toBe(0);
    expect(sync.faults).toEqual([]);
  } finally {
    await browser.close();
    await origin.close();
    await sync.close();
  }
});

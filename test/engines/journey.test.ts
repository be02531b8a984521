/** A20 and A13: a visit is observed where it is allowed, told apart by how it began, and nowhere else. */
import { expect, test } from "vitest";
import type { Insights } from "../../src/server/insights.js";
import type { Page } from "./engine.js";
import { differs } from "./exceptions.js";
import type { Sync } from "./sync.js";
import { add, cart, inEveryEngine, live, ready, type Screen, shows, signIn, type Town } from "./town.js";
import { until } from "./wait.js";

const BODY = `<h1>Schoen en boek</h1><p>Een pagina met iets om naar te kijken.</p><button id="look" style="width: 200px; height: 60px" onclick="for (const end = performance.now() + 150; performance.now() < end;); this.textContent = performance.now()">Bekijken</button>`;
/** Notes when the browser has measured a click. */
const first = `new PerformanceObserver((list) => list.getEntriesByName("click").length > 0 && seen.runs.push("click")).observe({ type: "event", durationThreshold: 16 })`;
const TAG = `data-journey data-asked="account"`;

async function insights(sync: Sync): Promise<Insights> {
  const answer = await fetch(`http://127.0.0.1:${sync.port}/v1/insights`, { headers: { authorization: "Bearer sk_shop" } });
  return (await answer.json()) as Insights;
}

/** What was observed so far, `page-viewed in app, fresh`, with its number. */
async function counts(sync: Sync): Promise<Record<string, number>> {
  return Object.fromEntries((await insights(sync)).counts.map(({ type, channel, isResumed, count }) => [`${type} in ${channel}, ${isResumed ? "resumed" : "fresh"}`, count]));
}

const allow = (page: Page, purposes: Record<string, boolean>): Promise<void> => page.evaluate((chosen) => window.shop.consent.decide(chosen), purposes);

/** Looks at a page that is slow to answer a click, and clicks. */
async function browse(page: Page, { origin, line }: Screen, path: string): Promise<void> {
  const told = (): number => line.requests.filter((request) => request === "POST /v1/observe").length;
  const before = told();
  await page.goto(origin.url + path);
  await page.front();
  await ready(page);
  await live(page);
  await until(() => told() > before, "the page is told of");
  await page.click("#look");
  if (await page.evaluate(() => !PerformanceObserver.supportedEntryTypes.includes("event"))) return;
  await until(() => page.evaluate(() => window.seen.runs.includes("click")), "the browser has measured the click");
  await page.evaluate(() => new Promise((resolve) => requestIdleCallback(() => requestIdleCallback(resolve, { timeout: 500 }), { timeout: 500 }))); // and who listens has had time for it
}

/** The vitals that this engine can measure; FCP stands for one that can do no more. */
async function measuredIn({ engine }: Town, page: Page): Promise<readonly string[]> {
  if (!differs(engine, "web vitals")) return ["CLS", "INP", "LCP"];
  if (engine === "WebKit") return ["FCP"];
  const isNew = await page.evaluate(() => "interactionId" in PerformanceEventTiming.prototype); // from version 144 on
  return isNew ? ["INP", "LCP"] : ["LCP"];
}

inEveryEngine((build) => {
  test("with analytics allowed the page tells LCP, INP and CLS by channel, the visit that goes on from another device apart from the fresh one", async () => {
    const town = await build();
    const { sync, screen } = town;
    const [phone, desktop] = [await screen({ tag: `${TAG} data-channel="app"`, body: BODY, first }), await screen({ tag: TAG, body: BODY, first })];
    const there = await phone.open();
    const measured = await measuredIn(town, there);
    await signIn(there, sync, "anna");
    await allow(there, { analytics: true, personalisation: false, marketing: false });
    await add(there, "SCHOEN-42");
    await until(async () => (await counts(sync))["page-viewed in app, fresh"] === 1, "the phone's page is told");
    const here = await desktop.open();
    await signIn(here, sync, "anna");
    await live(here);
    await shows(here, { "SCHOEN-42": 1 });
    await until(async () => (await counts(sync))["page-viewed in web, resumed"] === 1, "the desktop's page is told");
    for (const [page, home] of [[there, phone], [here, desktop]] as const) {
      await browse(page, home, "/next");
      await page.goto(`${home.origin.url}/blank`);
    }
    const told = async (channel: string, isResumed: boolean): Promise<string[]> =>
      (await insights(sync)).vitals.filter((vital) => vital.channel === channel && vital.isResumed === isResumed && measured.includes(vital.name)).map(({ name }) => name);
    await until(async () => (await told("app", false)).length === measured.length, `the phone has told ${measured.join(", ")}`);
    await until(async () => (await told("web", true)).length === measured.length, `the desktop has told ${measured.join(", ")}`);
    expect(await counts(sync)).toMatchObject({ "page-viewed in app, fresh": 2, "page-viewed in web, resumed": 2 });
    expect(Object.keys(await counts(sync)).filter((name) => /app, resumed|web, fresh/.test(name))).toEqual([]);
    for (const { p50 } of (await insights(sync)).vitals) expect(p50).toBeGreaterThanOrEqual(0);
  });

  test.each([["refused", false], ["not asked", undefined]])("%s: nothing is observed, its code is not even loaded, and nothing leaves", async (_, answer) => {
    const { screen } = await build();
    const home = await screen({ tag: TAG, body: BODY });
    const page = await home.open("/?gclid=click-one&utm_source=mail");
    if (answer === false) await page.evaluate(() => window.shop.consent.withdraw());
    for (const path of ["/next?gclid=click-two", "/"]) {
      await page.goto(home.origin.url + path);
      await ready(page);
      await page.click("#look");
      await page.evaluate(() => history.pushState(null, "", "/drawn"));
      expect(await page.evaluate(() => ["page-viewed", "vital-measured", "campaign-arrived"].map((type) => window.shop.observe(type, {})))).toEqual([false, false, false]);
    }
    await until(() => page.evaluate(() => performance.now() > 2_000), "two seconds have gone by");
    await page.goto(`${home.origin.url}/blank`);
    expect([home.line.tries, home.origin.requests.filter((path) => path.includes("journey"))]).toEqual([0, []]);
    expect(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie)).not.toMatch(/click-|mail/);
  });

  test("withdrawn: what was observed is dropped on the server, and no page says anything more; allowed again, it goes on from there", async () => {
    const { sync, screen } = await build();
    const home = await screen({ tag: TAG, body: BODY });
    const page = await home.open();
    const browseTo = (path: string): Promise<void> => page.evaluate((to) => history.pushState(null, "", to), path);
    await allow(page, { analytics: true, personalisation: false, marketing: false });
    await until(async () => (await counts(sync))["page-viewed in web, fresh"] === 1, "the page is told");
    await browseTo("/drawn?q=1");
    await browseTo("/drawn?q=2"); // the same page
    await until(async () => (await counts(sync))["page-viewed in web, fresh"] === 2, "the page that was drawn is told");
    await page.evaluate(() => window.shop.consent.withdraw());
    await browseTo("/elsewhere");
    await until(async () => Object.keys(await counts(sync)).length === 0, "nothing is left");
    const before = home.line.requests.filter((request) => request.endsWith("observe")).length;
    await page.goto(`${home.origin.url}/next`);
    await ready(page);
    await page.click("#look");
    await page.goto(`${home.origin.url}/`);
    await ready(page);
    await until(() => page.evaluate(() => performance.now() > 2_000), "two seconds have gone by");
    expect(home.line.requests.filter((request) => request.endsWith("observe"))).toHaveLength(before);
    await allow(page, { analytics: true });
    await until(async () => (await counts(sync))["page-viewed in web, fresh"] === 1, "the page is told again");
    expect((await insights(sync)).vitals).toEqual([]); // what was before the grant is not asked for afterwards
    expect(await page.evaluate(() => window.seen.errors)).toEqual([]);
  });

  test("an advertisement's link adds its products once; the click id is told once marketing is allowed, and neither kept nor sent before", async () => {
    const { sync, screen } = await build();
    const home = await screen({ tag: `${TAG} data-links`, body: `${BODY}<button data-carryover-add="SCHOEN-42">Bestel</button>` });
    const page = await home.open("/?products=SCHOEN-42%3A1&coupon=WEB10&fbclid=IwAR0secret&utm_source=mail");
    await shows(page, { "SCHOEN-42": 1 });
    await page.evaluate(() => window.shop.sync.settled());
    await allow(page, { analytics: true, personalisation: false, marketing: false });
    await until(async () => (await counts(sync))["page-viewed in web, fresh"] === 1, "the page is told");
    const everything = (): Promise<string> => page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie);
    expect([home.line.sent, await everything()].filter((text) => /IwAR0secret|fbclid|utm_source/.test(text))).toEqual([]);
    await page.evaluate(() => history.replaceState(null, "", "/")); // the shop tidies its address before the shopper has made up her mind
    await allow(page, { marketing: true });
    await until(async () => (await counts(sync))["campaign-arrived in web, fresh"] === 1, "the campaign is told");
    expect(home.line.sent).toContain(`"clicks":{"fbclid":"IwAR0secret"},"campaign":{"source":"mail"}`);
    expect(await everything()).not.toContain("IwAR0secret");
    await page.reload();
    await ready(page);
    await live(page);
    await until(async () => ((await counts(sync))["page-viewed in web, fresh"] ?? 0) >= 2, "the page is told once more");
    expect([(await counts(sync))["campaign-arrived in web, fresh"], await cart(page)]).toEqual([1, { "SCHOEN-42": 1 }]);
    await page.evaluate(() => window.shop.consent.withdraw());
    await until(async () => Object.keys(await counts(sync)).length === 0, "nothing is left");
  });
});

/** Measures consent in Chromium: an answer on a slow phone, a refusal in other tabs and on other devices, Google's update. `npm run bench:consent`, `--write` keeps it. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createHttp } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignJWT } from "jose";
import puppeteer from "puppeteer-core";
import { createServer } from "../dist/server.js";
import { engine } from "../scripts/engines.mjs";
import { keep, spread } from "./stage.mjs";

const SECRET = "a secret of the shop, 32 bytes or more";
const TIMES = { answers: 40, tabs: 120, devices: 120, updates: 40 };
/** As slow as a cheap phone next to this machine. */
const SLOWER = 6;

const folder = mkdtempSync(join(tmpdir(), "carryover-bench-"));
const server = await createServer({ database: join(folder, "bench.db"), sites: [{ key: "pk_bench", origins: ["http://127.0.0.1:*"], customerTokens: { secret: SECRET } }] });
const { url: sync } = await server.listen({ port: 0 });
const shop = await listening(createHttp(answer));
const browser = await puppeteer.launch({ executablePath: engine("chromium"), args: ["--headless=new", "--no-sandbox", "--disable-gpu"] });

try {
  const results = {
    node: process.version, chromium: await browser.version(), cpuSlower: SLOWER,
    refuseInpMs: spread(await answers("refuse")), acceptInpMs: spread(await answers("accept")),
    otherTabMs: spread(await tabs()), otherDeviceMs: spread(await devices()), ...(await updates()),
  };
  console.log(JSON.stringify(results, undefined, 2));
  if (process.argv.includes("--write")) keep("consent", results);
} finally {
  await browser.close();
  await server.close();
  shop.close();
  rmSync(folder, { recursive: true });
}

/** Interaction to Next Paint of a tap on one of the two answers, each in a browser profile that has not been here: by the Event Timing API. */
async function answers(which) {
  const times = [];
  for (let round = 0; round < TIMES.answers; round += 1) {
    const { context, page } = await shopper();
    await page.waitForFunction(() => document.querySelector("carryover-consent").shadowRoot?.querySelector("section") && window.isIdle);
    const session = await page.createCDPSession();
    await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
    const { x, y } = await page.evaluate((name) => {
      const [refuse, accept] = document.querySelector("carryover-consent").shadowRoot.querySelectorAll("[part=answer]");
      const { left, top, width, height } = (name === "refuse" ? refuse : accept).getBoundingClientRect();
      return { x: left + width / 2, y: top + height / 2 };
    }, which);
    await page.mouse.click(x, y);
    await page.waitForFunction(() => window.carryover.state.consent.isDecided && window.interactions.length > 0);
    times.push(await page.evaluate(() => Math.max(...window.interactions.map(({ duration }) => duration))));
    const isAllowed = await page.evaluate(() => window.carryover.consent.allows("analytics"));
    if (isAllowed !== (which === "accept")) throw new Error(`The tap on ${which} was not heard.`);
    await context.close();
  }
  return times;
}

/** From the call that refuses in one tab until the gates of another are closed: both read the same clock. */
async function tabs() {
  const { context, page: here } = await shopper();
  const there = await context.newPage();
  await there.goto(shop.url);
  await there.waitForFunction(() => "ready" in window.carryover);
  const times = await refusals(here, there, TIMES.tabs);
  await context.close();
  return times;
}

/** The same between two profiles of one customer: the refusal goes up to the server and comes down the other's stream. */
async function devices() {
  const [phone, desktop] = [await shopper(), await shopper()];
  for (const { page } of [phone, desktop]) {
    await page.evaluate(async (token) => {
      await window.carryover.signIn(token);
      await window.carryover.sync.settled();
    }, await token("anna"));
  }
  const times = await refusals(phone.page, desktop.page, TIMES.devices);
  for (const { context } of [phone, desktop]) await context.close();
  return times;
}

/** Allows and refuses so often in the one page, and watches the other. */
async function refusals(here, there, count) {
  const times = [];
  for (let round = 0; round < count; round += 1) {
    await here.evaluate(() => window.carryover.consent.decide({ analytics: true, personalisation: true, marketing: true }));
    await there.waitForFunction(() => window.carryover.consent.allows("analytics"), { polling: 5 });
    await here.evaluate(() => window.carryover.sync.settled());
    const closed = there.evaluate(() => new Promise((resolve) => {
      let stop = () => {};
      stop = window.carryover.subscribe(({ consent }) => {
        if (consent.purposes.analytics) return;
        queueMicrotask(() => stop());
        resolve(performance.timeOrigin + performance.now());
      });
    }));
    await there.evaluate(() => 0); // the question above has arrived
    const began = await here.evaluate(() => {
      const now = performance.timeOrigin + performance.now();
      window.carryover.consent.withdraw();
      return now;
    });
    times.push((await closed) - began);
    await here.evaluate(() => window.carryover.sync.settled());
  }
  return times;
}

/** Until Google's list holds the update, for a visitor who has allowed everything before: since the tag began, and since it had arrived. */
async function updates() {
  const { context, page } = await shopper();
  await page.evaluate(() => window.carryover.consent.decide({ analytics: true, personalisation: true, marketing: true }));
  const [sinceStart, sinceArrival] = [[], []];
  for (let round = 0; round < TIMES.updates; round += 1) {
    await page.goto(shop.url);
    await page.waitForFunction(() => window.updatedAt !== undefined);
    const [started, arrived] = await page.evaluate((tag) => [window.startedAt, performance.getEntriesByName(tag)[0].responseEnd].map((at) => window.updatedAt - at), `${sync}/tag.js`);
    sinceStart.push(started);
    sinceArrival.push(arrived);
  }
  await context.close();
  return { consentModeUpdateMs: spread(sinceStart), consentModeUpdateSinceArrivalMs: spread(sinceArrival) };
}

/** A browser profile of its own, in the shop. */
async function shopper() {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.goto(shop.url);
  await page.waitForFunction(() => "ready" in (window.carryover ?? {}));
  return { context, page };
}

/** The shop's web server: one page with some substance, the tag as its server gives it out. */
function answer({ url }, response) {
  if (url !== "/") return response.writeHead(404).end();
  response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(`<!doctype html><html lang="nl"><title>Bench</title><link rel="icon" href="data:,">
    <meta name="viewport" content="width=device-width">
    <script>
      window.interactions = [];
      // The first input is told however short it was, the others from 16 ms on.
      for (const type of ["first-input", "event"]) new PerformanceObserver((list) => interactions.push(...list.getEntries().filter((e) => type !== "event" || e.interactionId)))
        .observe({ type, durationThreshold: 16, buffered: true });
      window.dataLayer = [];
      // The first thing that the tag does is to look whether another one was here.
      let kept;
      Object.defineProperty(window, "carryover", { get: () => ((window.startedAt ??= performance.now()), kept), set: (made) => void (kept = made) });
    </script>
    <script src="${sync}/tag.js" data-site="pk_bench" data-asked="account" data-consent-mode></script>
    <script>
      const { port1, port2 } = new MessageChannel();
      const isUpdated = () => dataLayer.some(([command, what]) => command === "consent" && what === "update");
      port1.onmessage = () => (isUpdated() ? (window.updatedAt = performance.now()) : performance.now() < 1_000 && port2.postMessage(0));
      port1.onmessage();
    </script>
    <body><h1>Stap &amp; Blad</h1>${"<p>Een stevige schoen voor in het veld, met een zool die lang meegaat.</p>".repeat(60)}
    <carryover-consent shop="Stap &amp; Blad" privacy="/privacy"></carryover-consent>
    <script>addEventListener("load", () => requestIdleCallback(() => (window.isIdle = true)));</script>`);
}

function token(name) {
  return new SignJWT({}).setProtectedHeader({ alg: "HS256" }).setSubject(name).setExpirationTime("1h").sign(new TextEncoder().encode(SECRET));
}

async function listening(http) {
  await new Promise((resolve) => http.listen(0, "127.0.0.1", resolve));
  return Object.assign(http, { url: `http://127.0.0.1:${http.address().port}/` });
}

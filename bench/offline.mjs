/** Measures in Chromium what being offline costs: the page's main thread, and the way back. `npm run bench:offline`, `--write` keeps it. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createHttp } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignJWT } from "jose";
import puppeteer from "puppeteer-core";
import { createServer } from "../dist/server.js";
import { engine } from "../scripts/engines.mjs";
import { keep } from "./stage.mjs";

const SECRET = "a secret of the shop, 32 bytes or more";
const ROUNDS = 7;
/** A page that has just lost its server is still busy with that. */
const SETTLED_MS = 1_000;
const DAY_MS = 86_400_000;

const folder = mkdtempSync(join(tmpdir(), "carryover-bench-"));
const shop = await listening(createHttp(answer));
const browser = await puppeteer.launch({ executablePath: engine("chromium"), args: ["--headless=new", "--no-sandbox", "--disable-gpu"] });
let server = await start(0);
const { port } = new URL(server.url);

try {
  const results = { node: process.version, chromium: await browser.version(), offlineCallsMs: await offlineCalls([125, 250, 500, 1_000]), catchUpMs: await catchUps(500) };
  console.log(JSON.stringify(results, undefined, 2));
  if (process.argv.includes("--write")) keep("offline", results);
} finally {
  await browser.close();
  await server.close();
  shop.close();
  rmSync(folder, { recursive: true });
}

/** How long so many calls of `cart.add()` hold up the page of a signed-in shopper without a server, real storage included. */
async function offlineCalls(counts) {
  const taken = Object.fromEntries(counts.map((count) => [count, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const count of counts) {
      const { page, close } = await shopper(`round-${round}-${count}`);
      await server.close();
      await page.waitForFunction(() => window.shop.state.sync.state === "offline");
      await page.evaluate((ms) => new Promise((resolve) => setTimeout(resolve, ms)), SETTLED_MS);
      taken[count].push(await page.evaluate((calls) => {
        const began = performance.now();
        for (let i = 0; i < calls; i += 1) window.shop.cart.add(`SKU-${i % 50}`, 1, { details: { title: `Product ${i % 50}`, price: 4999 } });
        return performance.now() - began;
      }, count));
      await close();
      server = await start(port);
    }
  }
  return Object.fromEntries(Object.entries(taken).map(([count, times]) => [count, median(times)]));
}

/** From the first look at the shop after seven days without a network, with so many changes to send, until all is sent and all has come. */
async function catchUps(changes) {
  const times = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const name = `away-${round}`;
    const { page, context, close } = await shopper(name);
    const other = await shopper(name);
    await page.evaluate((day) => (window.offlineSince = Date.now() - 7 * day), DAY_MS);
    await page.setOfflineMode(true);
    await page.evaluate((calls) => {
      for (let i = 0; i < calls; i += 1) window.shop.cart.add(`SKU-${i % 50}`);
    }, changes);
    await other.page.evaluate(async () => {
      for (let i = 0; i < 300; i += 1) window.shop.cart.add(`OTHER-${i % 50}`);
      await window.shop.sync.settled();
    });
    await page.close();
    const again = await context.newPage();
    await again.goto(`${shop.url}/?name=${name}&ahead=${7 * DAY_MS}`);
    times.push(await again.evaluate(async ([before]) => {
      await window.shop.ready;
      const began = performance.now();
      await window.shop.sync.settled();
      const total = window.shop.state.cart.quantity;
      if (total !== before) throw new Error(`The cart holds ${total} instead of ${before}.`);
      return performance.now() - began;
    }, [changes + 300]));
    await close();
    await other.close();
  }
  return median(times);
}

/** A browser profile of its own, signed in and live. */
async function shopper(name) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.goto(`${shop.url}/?name=${name}`);
  await page.evaluate(async (token) => {
    await window.shop.signIn(token);
    await window.shop.sync.settled();
  }, await token(name));
  return { context, page, close: () => context.close() };
}

function token(name) {
  return new SignJWT({}).setProtectedHeader({ alg: "HS256" }).setSubject(name).setExpirationTime("1h").sign(new TextEncoder().encode(SECRET));
}

async function start(at) {
  const sites = [{ key: "pk_bench", origins: ["http://127.0.0.1:*"], customerTokens: { secret: SECRET } }];
  const made = await createServer({ database: join(folder, "bench.db"), sites });
  const { url } = await made.listen({ port: Number(at) });
  return { ...made, url };
}

/** The shop's web server: one page, and the library as a browser loads it. */
function answer({ url }, response) {
  const { pathname, searchParams } = new URL(url, "http://shop");
  if (pathname.startsWith("/dist/")) {
    return response.writeHead(200, { "content-type": "text/javascript" }).end(readFileSync(new URL(`..${pathname}`, import.meta.url)));
  }
  const ahead = Number(searchParams.get("ahead") ?? 0);
  response.writeHead(200, { "content-type": "text/html" }).end(`<!doctype html><title>Bench</title><script type="module">
    import { createClient } from "/dist/index.js";
    window.shop = createClient({ site: "pk_bench", endpoint: "http://127.0.0.1:${port}", now: () => Date.now() + ${ahead} });
  </script>`);
}

async function listening(http) {
  await new Promise((resolve) => http.listen(0, "127.0.0.1", resolve));
  return Object.assign(http, { url: `http://127.0.0.1:${http.address().port}` });
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return Number(sorted[Math.floor(sorted.length / 2)].toFixed(1));
}

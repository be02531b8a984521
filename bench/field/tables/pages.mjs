/** Table: in Chromium, from the page's address until a cart of 50 lines is shown, for the first time and coming back, and what the browser keeps of it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as rest } from "node:timers/promises";
import { bundle } from "../bundle.mjs";
import { LINES, linesOf } from "../cart.mjs";
import { newcomer, serve, watchOutside } from "../chromium.mjs";
import { openDevice } from "../contenders.mjs";
import { startServer } from "../server.mjs";
import { until } from "../waiting.mjs";

const VISITORS = 5;
/** Persisters write at leisure; none of them takes longer for 50 lines. */
const [KEEPING_MS, TOLD_MS] = [1_500, 300];
const [X] = linesOf(1);

/** Resolves to times in ms: `firstMs`, `againMs`; and `keptBytes`, as the browser estimates it. */
export async function pageVisits(browser, contender) {
  const shelves = mkdtempSync(join(tmpdir(), "carryover-devices-"));
  const script = await bundle('import "./pages/entry.mjs";', { format: "esm", alias: { contender: fileURLToPath(new URL(`../devices/${contender.device}.mjs`, import.meta.url)) } });
  const shop = await serve({
    "/": () => ["text/html; charset=utf-8", '<!doctype html><title>Shop</title><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>'],
    "/page.js": () => ["text/javascript", script],
  });
  const server = await startServer(contender);
  const phone = await openDevice(contender, { url: server.url, cart: "page", shelves });
  await phone.fill(linesOf(LINES));
  const found = { firstMs: [], againMs: [], keptBytes: [] };
  try {
    for (let i = 0; i < VISITORS; i += 1) await visitor({ browser, contender, server, shop, phone }, found);
  } finally {
    await phone.close();
    await server.stop();
    shop.close();
    rmSync(shelves, { recursive: true, force: true, maxRetries: 5 });
  }
  return found;
}

async function visitor({ browser, contender, server, shop, phone }, found) {
  const { context, page, outside } = await newcomer(browser);
  const address = () => `${shop.url}/?${new URLSearchParams({ url: server.url, cart: "page", lines: LINES, quantity: phone.quantity(X.sku), ...(contender.access && { access: contender.access("page") }) })}`;
  found.firstMs.push(await shownAt(page, address()));
  await rest(KEEPING_MS);
  found.keptBytes.push(await page.evaluate(async () => (await navigator.storage.estimate()).usage));
  await page.close();
  const wanted = phone.quantity(X.sku) + 1;
  await phone.plus(X);
  await until(phone, () => phone.quantity(X.sku) === wanted);
  await rest(TOLD_MS); // the server, by the phone
  const again = await context.newPage();
  watchOutside(again, outside);
  found.againMs.push(await shownAt(again, address()));
  await context.close();
  if (outside.size > 0) throw new Error(`${contender.id} asked for ${[...outside].join(", ")}.`);
}

async function shownAt(page, address) {
  await page.goto(address);
  await page.waitForFunction(() => window.shownAt !== undefined, { polling: 10, timeout: 15_000 });
  return page.evaluate(() => window.shownAt);
}

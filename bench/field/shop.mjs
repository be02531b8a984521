/** A contender's shop for Chromium: its page, its server, and a device in Node that has filled the cart. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "./bundle.mjs";
import { LINES, linesOf } from "./cart.mjs";
import { serve } from "./chromium.mjs";
import { openDevice } from "./contenders.mjs";
import { startServer } from "./server.mjs";

const CART = "page";
const [X] = linesOf(1);

/** `show` opens the shop in a page and resolves to the ms from the page's address until it showed the cart as it is now. */
export async function openShop(contender) {
  const shelves = mkdtempSync(join(tmpdir(), "carryover-devices-"));
  const script = await bundle('import "./pages/entry.mjs";', { format: "esm", alias: { contender: fileURLToPath(new URL(`devices/${contender.device}.mjs`, import.meta.url)) } });
  const pages = await serve({
    "/": () => ["text/html; charset=utf-8", '<!doctype html><title>Shop</title><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>'],
    "/page.js": () => ["text/javascript", script],
  });
  const server = await startServer(contender);
  const phone = await openDevice(contender, { url: server.url, cart: CART, shelves });
  await phone.fill(linesOf(LINES));
  return {
    id: contender.id, phone,
    async show(page) {
      const access = contender.access && { access: contender.access(CART) };
      await page.goto(`${pages.url}/?${new URLSearchParams({ url: server.url, cart: CART, lines: LINES, quantity: phone.quantity(X.sku), ...access })}`);
      await page.waitForFunction(() => window.shownAt !== undefined, { polling: 10, timeout: 15_000 });
      return page.evaluate(() => window.shownAt);
    },
    async close() {
      await phone.close();
      await server.stop();
      pages.close();
      rmSync(shelves, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

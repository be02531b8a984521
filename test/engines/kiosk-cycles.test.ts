/** Shopper after shopper at one kiosk, some of them cut off by a power cut: the next one finds nothing, and neither does who takes the disk. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seedOf, times } from "../long.js";
import { record } from "../record.js";
import { openKept } from "./chromium.js";
import type { Page } from "./engine.js";
import { createLine, type Line } from "./line.js";
import { createOrigin, type Origin } from "./origin.js";
import { KIOSK_BODY, leaveTraces, tracesOf } from "./residue.js";
import { createSync, type Sync } from "./sync.js";
import { add, cart, ready } from "./town.js";
import { until } from "./wait.js";

const CYCLES = times(8, 1_000);
const [FINISHED, LEFT, CUT] = ["finished", "left", "cut off"] as const;

let [sync, origin, line]: [Sync, Origin, Line] = [] as never;
const folder = mkdtempSync(join(tmpdir(), "carryover-kiosk-"));
let browser: Awaited<ReturnType<typeof openKept>>;

beforeAll(async () => {
  [sync, origin] = [await createSync(), await createOrigin()];
  line = await createLine(sync.port);
  const options = JSON.stringify({ site: "pk_shop", endpoint: line.url, channel: "kiosk", home: "/", kiosk: { idleMs: 60_000 } }).replaceAll('"', "&quot;");
  for (const path of ["/", "/next"]) origin.show(path, { scripts: [`<script src="/watch.js"></script>`, `<script src="/app.js" data-options="${options}"></script>`], body: KIOSK_BODY });
  browser = await openKept(folder);
});
afterAll(async () => {
  await browser.close();
  await Promise.all([line.close(), origin.close(), sync.close()]);
  rmSync(folder, { recursive: true, force: true });
});

async function openHome(): Promise<Page> {
  const page = await browser.page();
  await page.goto(`${origin.url}/`);
  await ready(page);
  return page;
}

/** How the visit ends; resolves to the page that the next shopper finds, and how long they would have waited for it. */
async function end(page: Page, how: string): Promise<readonly [Page, number]> {
  const from = performance.now();
  if (how === CUT) {
    await browser.cutPower();
    browser = await openKept(folder);
    return [await openHome(), 0];
  }
  const since = await page.evaluate(() => performance.timeOrigin);
  if (how === LEFT) await page.goto(`${origin.url}/`);
  else await page.evaluate(() => void window.shop.signOut());
  await until(() => page.evaluate((before) => performance.timeOrigin !== before && "ready" in (window.shop ?? {}) && !document.documentElement.hidden, since), "the start page is there");
  return [page, performance.now() - from];
}

/** Files of the profile in which a word stands, as browsers write words. */
function filesWith(words: readonly string[]): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.filter((file) => {
    const bytes = readFileSync(file);
    return words.some((word) => bytes.includes(word) || bytes.includes(Buffer.from(word, "utf16le")));
  });
}

test("whoever comes next finds nothing on the screen, in the browser or on its disk, however the visit before has ended", async () => {
  const seed = seedOf();
  const ends = { [FINISHED]: 0, [LEFT]: 0, [CUT]: 0 };
  const [waits, secrets, careless, found]: [number[], string[], string[], string[]] = [[], [], [], []];
  const from = performance.now();
  let page = await openHome();
  expect(await page.evaluate((code) => window.kioskPage.register(code), await sync.announce("GENT", "Kiosk 3"))).toMatchObject({ store: "GENT" });
  for (let i = 0; i < CYCLES; i++) {
    const how = (i + seed) % times(4, 20) === 0 ? CUT : i % 2 === 0 ? FINISHED : LEFT;
    const secret = `GEHEIM${i}X${Math.random().toString(36).slice(2)}`;
    const isCareful = i % 4 < 2; // the shop keeps nothing either: then nothing may be on the disk
    await add(page, secret);
    await leaveTraces(page, secret, isCareful);
    if (i % 3 === 0) await page.evaluate(() => window.shop.sync.settled());
    const [next, waitedMs] = await end(page, how);
    page = next;
    ends[how] += 1;
    if (how === FINISHED) waits.push(waitedMs);
    (isCareful ? secrets : careless).push(secret);
    await until(async () => (await tracesOf(page, secret)).length === 0, "nothing is left").catch(async () => void found.push(...(await tracesOf(page, secret))));
    expect([await cart(page), found]).toEqual([{}, []]);
  }
  await until(() => line.requests.filter((path) => path === "POST /v1/kiosk/start").length >= ends[CUT], "the server heard of every start");
  await browser.close();
  const onDisk = filesWith(secrets);
  const ofCarelessShop = filesWith(careless); // what was removed from a database may lie in its files for a while
  expect(filesWith([origin.url.slice("http://".length)])).not.toEqual([]); // who seeks does find
  browser = await openKept(folder);
  expect(onDisk).toEqual([]);
  const slowest = waits.sort((a, b) => a - b);
  const at = (part: number): number => Math.round(slowest[Math.floor(part * slowest.length)] ?? 0);
  expect(at(0.95)).toBeLessThan(1_000);
  record("kiosk", {
    seed, cycles: CYCLES, ...ends, tracesFound: found.length, secretsSoughtOnDisk: secrets.length, filesWithOne: onDisk.length, filesWithWhatAShopHadKept: ofCarelessShop.length,
    wipeMs: { median: at(0.5), p95: at(0.95), slowest: at(0.999) }, seconds: Math.round((performance.now() - from) / 1_000),
  });
}, times(120_000, 7_200_000));

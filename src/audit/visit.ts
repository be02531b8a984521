/** One visit to the shop in a profile that nobody has used before, and what it notices on the way. */
import { setTimeout as rest } from "node:timers/promises";
import type { Browser, Page } from "puppeteer-core";
import { Impossible } from "./impossible.js";
import { lifetimeOf, noteInPage, type PageNotes, takeNotes } from "./notes.js";
import { isThirdParty } from "./party.js";
import type { Moment } from "./seen.js";
import { askFrame, readStorage } from "./storage.js";

const LOAD_MS = 20_000;
/** What a page still does after it has loaded belongs to its loading; a page that is never quiet is not waited for. */
const QUIET_MS = { idleTime: 400, timeout: 4_000, concurrency: 2 };

export interface Visit {
  readonly page: Page;
  open(): Promise<void>;
  /** The page again, as the next page of the shop. */
  reload(): Promise<void>;
  /** Waits until the page has done what it does of itself. */
  settle(): Promise<void>;
  /** What lies on the device now, and who was spoken to since the last moment. */
  moment(): Promise<Moment>;
  /** What the pages noted since they were last asked. */
  notes(): Promise<PageNotes>;
  /** Names of the cookies that went along with requests since the last moment. */
  readonly sent: ReadonlySet<string>;
}

/** `leaving` is told how the visit ends: with everything that its profile holds. */
export async function createVisit(browser: Browser, url: string, leaving: (() => Promise<void>)[]): Promise<Visit> {
  const context = await browser.createBrowserContext();
  leaving.push(() => context.close());
  const page = await context.newPage();
  const shop = new URL(url).host;
  const contacts = new Map<string, number>();
  const [asked, sent] = [new Map<string, number>(), new Set<string>()];
  await page.setViewport({ width: 1280, height: 900 });
  await page.setUserAgent({ userAgent: (await browser.userAgent()).replace("Headless", "") });
  await page.evaluateOnNewDocument(noteInPage);
  page.on("request", (request) => {
    const { protocol, host } = new URL(request.url());
    if (/^(https?|wss?):$/.test(protocol) && isThirdParty(host, shop)) contacts.set(host, (contacts.get(host) ?? 0) + 1);
  });
  const ask = (cookie: string): void => {
    const { name, keptMs } = lifetimeOf(cookie, Date.now());
    if (keptMs !== undefined && keptMs > 0) asked.set(name, keptMs);
  };
  await watchCookies(page, ask, sent);
  const notes = (): Promise<PageNotes> => gather(page, ask);
  const settle = async (): Promise<void> => void (await page.waitForNetworkIdle(QUIET_MS).catch(() => {}));
  return {
    page, sent, settle, notes,
    async open() {
      const answer = await page.goto(url, { timeout: LOAD_MS }).catch((error: Error) => {
        throw new Impossible(`${url} does not open: ${error.message}`);
      });
      if (answer !== null && answer.status() >= 400) throw new Impossible(`${url} answers ${answer.status()}.`);
      await settle();
    },
    async reload() {
      await page.reload({ timeout: LOAD_MS });
      await settle();
    },
    async moment() {
      await notes();
      const spokenTo = [...contacts].map(([host, count]) => ({ host, count }));
      contacts.clear();
      sent.clear();
      return { kept: await readStorage(context, page, shop, asked), contacts: spokenTo };
    },
  };
}

/** As the network sees them: also cookies that no script may read, and what a server asks to be kept. */
async function watchCookies(page: Page, ask: (cookie: string) => void, sent: Set<string>): Promise<void> {
  const session = await page.createCDPSession();
  session.on("Network.requestWillBeSentExtraInfo", ({ associatedCookies }) => {
    for (const { cookie, blockedReasons } of associatedCookies) if (blockedReasons.length === 0) sent.add(cookie.name);
  });
  session.on("Network.responseReceivedExtraInfo", ({ headers }) => {
    const set = Object.entries(headers).find(([name]) => name.toLowerCase() === "set-cookie")?.[1];
    for (const cookie of set?.split("\n") ?? []) ask(cookie);
  });
  await session.send("Network.enable");
}

async function gather(page: Page, ask: (cookie: string) => void): Promise<PageNotes> {
  const frames = await Promise.all(page.frames().map((frame) => askFrame(frame, takeNotes)));
  const found = frames.filter((one) => one !== undefined);
  const cookies = found.flatMap((one) => one.cookies);
  for (const cookie of cookies) ask(cookie);
  return { reads: found.flatMap(({ reads }) => reads), isCookieRead: found.some(({ isCookieRead }) => isCookieRead), cookies };
}

/** Scrolls up and down as somebody who reads and touches nothing. */
export async function readPage(page: Page, forMs: number): Promise<void> {
  const end = Date.now() + forMs;
  for (let down = true; Date.now() < end; down = !down) {
    await page.mouse.wheel({ deltaY: down ? 800 : -600 });
    await rest(Math.min(500, Math.max(0, end - Date.now())));
  }
}

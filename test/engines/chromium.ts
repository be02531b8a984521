/** Chromium, driven by puppeteer over its debugging protocol. */
import { type Browser, type BrowserContext, launch, type Page as Tab } from "puppeteer-core";
import { engine } from "../../scripts/engines.mjs";
import type { Engine, Page, Profile } from "./engine.js";

const FLAGS = [
  "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--no-first-run",
];

export async function openChromium(): Promise<Engine> {
  const browser = await launch({ executablePath: engine("chromium"), args: FLAGS });
  return {
    name: "Chromium",
    profile: async () => profileOf(await browser.createBrowserContext(), browser),
    close: () => browser.close(),
  };
}

function profileOf(context: BrowserContext, browser: Browser): Profile {
  return {
    page: async () => pageOf(await context.newPage()),
    cookies: async () => (await context.cookies()).map(({ name, domain }) => `${name}@${domain}`),
    close: async () => {
      if (browser.connected && !context.closed) await context.close();
    },
  };
}

function pageOf(tab: Tab): Page {
  return {
    goto: async (url) => void (await tab.goto(url)),
    reload: async () => void (await tab.reload()),
    back: () => leave(tab.evaluate(() => history.back())),
    evaluate: async (work, ...args) => (await tab.evaluate(work as never, ...args)) as never,
    click: (selector) => tab.click(selector),
    front: () => tab.bringToFront(),
    close: async () => {
      if (!tab.isClosed()) await leave(tab.close());
    },
    get isClosed() {
      return tab.isClosed();
    },
    async crash() {
      const session = await tab.createCDPSession();
      // Nobody is left to answer.
      void session.send("Page.crash").catch(() => {});
    },
  };
}

/** A page that goes away under a call is what was wanted. */
async function leave(going: Promise<unknown>): Promise<void> {
  await going.catch(() => {});
}

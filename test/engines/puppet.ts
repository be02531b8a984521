/** What puppeteer drives, Chromium and Firefox, behind the interface of all engines. */
import type { BrowserContext, Page as Tab } from "puppeteer-core";
import type { Key, Page, Profile } from "./engine.js";
import { leaving, orGone } from "./gone.js";
import { until } from "./wait.js";

/** What the two browsers and puppeteer say of a page that has just given way to the next, or is no more. */
const GONE = /context was destroyed|Cannot find context|detached Frame|frame (was|got) detached|Target closed|Session closed|no such frame|no such window|discarded|DiscardedBrowsingContextError|destroyed before query|Connection closed|right-hand side of 'in' should be an object, got null/i;

export function puppetProfile(context: BrowserContext, rendererOf: (tab: Tab) => Promise<number>, close: () => Promise<void>): Profile {
  return {
    page: async () => puppetPage(await context.newPage(), rendererOf),
    cookies: async () => (await context.cookies()).map(({ name, domain }) => `${name}@${domain}`),
    close,
  };
}

async function strike({ keyboard }: Tab, key: Key): Promise<void> {
  if (key !== "Shift+Tab") return keyboard.press(key === "Space" ? " " : key);
  await keyboard.down("Shift");
  await keyboard.press("Tab");
  await keyboard.up("Shift");
}

function puppetPage(tab: Tab, rendererOf: (tab: Tab) => Promise<number>): Page {
  const asked = <T>(question: Promise<T>): Promise<T> => orGone(question, GONE);
  /** Puppeteer waits in vain for the reload of a page that Firefox has restored from its cache. */
  const reload = async (): Promise<void> => {
    const before = await asked(tab.evaluate(() => performance.timeOrigin));
    await leaving(asked(tab.evaluate(() => location.reload())));
    await until(() => asked(tab.evaluate((old) => performance.timeOrigin !== old && document.readyState === "complete", before)), "the page has loaded again");
  };
  return {
    // A page that goes somewhere by itself in the same moment has its way; then it is asked once more.
    goto: async (url) => void (await tab.goto(url).catch((error: Error) => (/ERR_ABORTED|new navigation interrupted/.test(error.message) ? tab.goto(url) : Promise.reject(error)))),
    reload,
    back: () => leaving(asked(tab.evaluate(() => history.back()))),
    evaluate: (work, ...args) => asked(tab.evaluate(work as never, ...args)) as never,
    click: (selector) => asked(tab.click(selector)),
    press: async (...keys) => {
      for (const key of keys) await asked(strike(tab, key));
    },
    async prefer(features) {
      const session = await tab.createCDPSession();
      await session.send("Emulation.setEmulatedMedia", { features: Object.entries(features).map(([name, value]) => ({ name, value })) });
    },
    front: () => tab.bringToFront(),
    close: async () => {
      if (!tab.isClosed()) await leaving(asked(tab.close()));
    },
    isClosed: async () => tab.isClosed(),
    renderer: () => rendererOf(tab),
  };
}

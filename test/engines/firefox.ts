/** Firefox, driven by puppeteer over WebDriver BiDi. */
import { type Browser, launch, type Page as Tab } from "puppeteer-core";
import { engine } from "../../scripts/engines.mjs";
import type { Engine } from "./engine.js";
import { puppetProfile } from "./puppet.js";

/** What puppeteer sets otherwise: these are what shoppers have. */
const AS_SHOPPERS_HAVE = { "fission.webContentIsolationStrategy": 1, "fission.bfcacheInParent": true };
/** Every tab in a process of its own, so that one can be killed. */
const APART = { "dom.ipc.processCount.webIsolated": 100 };

const start = (more: Record<string, unknown> = {}): Promise<Browser> => launch({
  browser: "firefox", executablePath: engine("firefox"), headless: true,
  // The browser itself is asked for the processes of its tabs.
  args: ["--remote-allow-system-access"],
  extraPrefsFirefox: { ...AS_SHOPPERS_HAVE, ...APART, ...more },
});

/** A container ("user context") shares no storage, cache, lock or channel with another, and lies on the disk. */
export async function openFirefox(): Promise<Engine> {
  const browser = await start();
  return {
    async profile(mode) {
      if (mode === "private") return privately();
      const context = await browser.createBrowserContext();
      return puppetProfile(context, (tab) => rendererOf(browser, tab), async () => {
        if (browser.connected && !context.closed) await context.close();
      });
    },
    close: () => browser.close(),
  };
}

async function privately() {
  const browser = await start({ "browser.privatebrowsing.autostart": true });
  return puppetProfile(browser.defaultBrowserContext(), (tab) => rendererOf(browser, tab), () => browser.close());
}

/** What puppeteer keeps to itself: its connection, and the name that Firefox has for a tab. */
interface Inside {
  readonly connection: { send(method: string, params: object): Promise<{ readonly result: never }> };
}
interface Named {
  readonly _id: string;
}

async function rendererOf(browser: Browser, tab: Tab): Promise<number> {
  const { connection } = browser as unknown as Inside;
  const { _id } = tab.mainFrame() as unknown as Named;
  const { contexts: [window] }: { contexts: { context: string }[] } = (await connection.send("browsingContext.getTree", { "moz:scope": "chrome" })).result;
  const expression = `ChromeUtils.importESModule("chrome://remote/content/shared/NavigableManager.sys.mjs")
    .NavigableManager.getBrowsingContextById("${_id}").currentWindowGlobal.osPid`;
  const answer = await connection.send("script.evaluate", { expression, target: { context: window?.context }, awaitPromise: false });
  const { result: { value } }: { result: { value: number } } = answer.result;
  return value;
}

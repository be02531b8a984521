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
/** What a script came to. */
interface Said {
  readonly result?: { readonly value: number };
  readonly exceptionDetails?: { readonly text: string };
}

/** Asked in the browser's own window; in version 140, which shows nobody that window, in a tab with a page of its own. */
async function rendererOf(browser: Browser, tab: Tab): Promise<number> {
  const { connection } = browser as unknown as Inside;
  const { _id } = tab.mainFrame() as unknown as Named;
  const ask = async (context: string | undefined): Promise<Said> => (await connection.send("script.evaluate", { expression: processOf(_id), target: { context }, awaitPromise: false })).result;
  const { contexts: [window] }: { contexts: { context: string }[] } = (await connection.send("browsingContext.getTree", { "moz:scope": "chrome" })).result;
  const { result, exceptionDetails } = await ask(window?.context).then((said) => (said.result === undefined ? inPrivilegedTab(connection, ask) : said));
  if (result === undefined) throw new Error(`Firefox does not say in which process a tab lives: ${exceptionDetails?.text}`);
  return result.value;
}

async function inPrivilegedTab(connection: Inside["connection"], ask: (context: string) => Promise<Said>): Promise<Said> {
  const { context }: { context: string } = (await connection.send("browsingContext.create", { type: "tab", background: true })).result;
  await connection.send("browsingContext.navigate", { context, url: "about:support", wait: "complete" });
  const said = await ask(context);
  await connection.send("browsingContext.close", { context });
  return said;
}

/** In Firefox's own words. Who knows its tabs is called otherwise in version 140 than in later ones. */
function processOf(tab: string): string {
  return `(() => {
    const load = (name) => { try { return ChromeUtils.importESModule("chrome://remote/content/shared/" + name + ".sys.mjs")[name]; } catch {} };
    return (load("NavigableManager") ?? load("TabManager")).getBrowsingContextById("${tab}").currentWindowGlobal.osPid;
  })()`;
}

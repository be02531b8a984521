/** Chromium, driven by puppeteer over its debugging protocol. */
import { type Browser, type CDPSession, launch, type LaunchOptions, type Page as Tab } from "puppeteer-core";
import { once } from "node:events";
import { engine } from "../../scripts/engines.mjs";
import { busiest } from "./busiest.js";
import type { Engine, Profile } from "./engine.js";
import { puppetProfile } from "./puppet.js";

const FLAGS = [
  "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--no-first-run",
];

const start = (more: LaunchOptions = {}): Promise<Browser> => launch({ executablePath: engine("chromium"), args: FLAGS, ...more });

/** Chromium's separate contexts are as private as its private windows: all but an everyday profile share one browser. */
export async function openChromium(): Promise<Engine> {
  const browser = await start();
  return {
    async profile(mode) {
      if (mode === "everyday") return everyday();
      const context = await browser.createBrowserContext();
      return puppetProfile(context, await rendererIn(browser), async () => {
        if (browser.connected && !context.closed) await context.close();
      });
    },
    close: () => browser.close(),
  };
}

/** A browser whose profile lies in a folder of the test's, so that it can lose its power and start again. */
export async function openKept(folder: string): Promise<Profile & { cutPower(): Promise<void> }> {
  const browser = await start({ userDataDir: folder });
  const profile = puppetProfile(browser.defaultBrowserContext(), await rendererIn(browser), () => browser.close());
  return {
    ...profile,
    async cutPower() {
      const process = browser.process();
      if (process === null) throw new Error("The browser has no process of its own.");
      const ended = once(process, "exit");
      process.kill("SIGKILL");
      await ended;
    },
  };
}

async function everyday() {
  const browser = await start();
  return puppetProfile(browser.defaultBrowserContext(), await rendererIn(browser), () => browser.close());
}

/** Which of the browser's processes runs a page is nowhere said: it is the one that works when the page has work. */
async function rendererIn(browser: Browser): Promise<(tab: Tab) => Promise<number>> {
  const session = await browser.target().createCDPSession();
  return (tab) => busiest(() => timesOf(session), () => tab.evaluate(spin));
}

async function timesOf(session: CDPSession): Promise<Map<number, number>> {
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  return new Map(processInfo.filter(({ type }) => type === "renderer").map(({ id, cpuTime }) => [id, cpuTime]));
}

function spin(): void {
  const end = performance.now() + 100;
  while (performance.now() < end);
}

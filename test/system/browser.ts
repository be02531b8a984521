/** A shopper's browser: one storage, some tabs, a line to the server for each, and a clock that may be wrong. */
import { type Client, type ClientOptions, createClient } from "../../src/index.js";
import type { Chance } from "./chance.js";
import { createEar, type Ear } from "./ear.js";
import { createLine, type Line } from "./line.js";
import type { Page, Platform } from "./platform.js";
import { type Shop, SITE } from "./shop.js";
import { createStorage, type Keeper, type Storage } from "./storage.js";
import type { Time } from "./time.js";
import type { Told } from "./witness.js";

export interface Tab extends Ear {
  readonly browser: Browser;
  readonly shop: Client;
  readonly line: Line;
  readonly page: Page;
  /** `resting` in the back/forward cache. */
  state: "open" | "resting" | "gone";
  readonly problems: string[];
  /** Words put down since somebody last looked. */
  readonly words: { name: string; value: string }[];
}

export interface Browser {
  readonly name: string;
  readonly storage: Storage;
  readonly tabs: Tab[];
  /** The latest that any of its tabs was told. */
  heard: Told | undefined;
  /** Devices that the server has let go of: their cart was taken along. */
  readonly revoked: Set<string>;
  /** What its owner has answered about cookies while nobody was signed in. */
  readonly choice: Map<string, boolean>;
  /** How wrong its clock is. */
  skewMs: number;
  isCut: boolean;
  /** The device it is now, if anybody. */
  readonly device: string | undefined;
  readonly credential: string | undefined;
  /** The device has heard from the server. */
  readonly isKnown: boolean;
  open(): Tab;
  close(tab: Tab): void;
  /** The tab is gone without a word, in the middle of whatever it did. */
  kill(tab: Tab): void;
  hide(tab: Tab): void;
  /** Into the back/forward cache, and out of it. */
  rest(tab: Tab): void;
  resume(tab: Tab): void;
  cut(): void;
  mend(): void;
  /** The tab that holds the browser's one connection. */
  readonly leader: Tab | undefined;
}

export interface Surroundings {
  readonly time: Time;
  readonly chance: Chance;
  readonly platform: Platform;
  readonly shop: Shop;
  readonly options: Partial<ClientOptions>;
  readonly latencyMs: number;
}

export function createBrowser(name: string, around: Surroundings): Browser {
  const { time, platform } = around;
  const storage = createStorage(time, around.latencyMs);
  const end = (tab: Tab): void => {
    tab.state = "gone";
    browser.tabs.splice(browser.tabs.indexOf(tab), 1);
  };
  const say = (tab: Tab, target: EventTarget, event: Event): void => platform.inPage(tab.page, () => void target.dispatchEvent(event));

  const browser: Browser = {
    name, storage, tabs: [], heard: undefined, choice: new Map(), revoked: new Set(), skewMs: 0, isCut: false,
    get credential() {
      return sessionOf(storage).credential;
    },
    get isKnown() {
      return sessionOf(storage).isKnown === true;
    },
    get device() {
      return browser.credential?.slice(0, 8);
    },
    get leader() {
      const page = platform.holder(`carryover:${name}:`);
      return browser.tabs.find((tab) => tab.page === page);
    },
    open: () => openTab(browser, around),
    close(tab) {
      tab.shop.close();
      tab.page.isLeft = true;
      end(tab);
    },
    kill(tab) {
      end(tab);
      tab.line.die();
      platform.release(tab.page);
    },
    hide(tab) {
      tab.page.document.visibilityState = tab.page.document.visibilityState === "hidden" ? "visible" : "hidden";
      say(tab, tab.page.document, new Event("visibilitychange"));
    },
    rest(tab) {
      say(tab, tab.page.window, Object.assign(new Event("pagehide"), { persisted: true }));
      tab.state = "resting";
    },
    resume(tab) {
      tab.state = "open";
      say(tab, tab.page.window, Object.assign(new Event("pageshow"), { persisted: true }));
    },
    cut() {
      browser.isCut = true;
      for (const tab of browser.tabs) tab.line.cut();
    },
    mend() {
      browser.isCut = false;
      for (const tab of browser.tabs) {
        tab.line.mend();
        if (tab.state === "open") say(tab, tab.page.window, new Event("online"));
      }
    },
  };
  return browser;
}

function sessionOf(storage: Storage): { credential?: string; isKnown?: boolean } {
  return JSON.parse(storage.read("session") ?? "{}");
}

function openTab(browser: Browser, { time, chance, platform, shop, options }: Surroundings): Tab {
  const page = platform.openPage();
  const ear = createEar(browser);
  const line = createLine(shop, time, chance, browser.name, SITE, ear.hear);
  if (browser.isCut) line.cut();
  const words: Tab["words"] = [];
  const keeper: Keeper = {
    get isGone() {
      return page.isGone;
    },
    wrote(name, value) {
      if (value !== undefined) words.push({ name, value });
      // Other tabs hear of it in their own turn.
      queueMicrotask(() => browser.tabs.forEach((other) => {
        const event = Object.assign(new Event("storage"), { key: `carryover:${browser.name}:${name}` });
        if (other.page !== page && other.state === "open") platform.inPage(other.page, () => other.page.window.dispatchEvent(event));
      }));
    },
    loaded: ear.remember,
  };
  const client = platform.inPage(page, () => createClient({
    ...options,
    site: browser.name,
    endpoint: "https://sync.shop.example",
    storage: browser.storage.shelfFor(keeper),
    fetch: line.fetch,
    now: () => time.now() + browser.skewMs,
    random: (length) => chance.bytes(length),
  }));
  const problems: string[] = [];
  client.on("problem", ({ code, message }) => {
    problems.push(code ?? message);
    if (code === "device-revoked" && browser.device !== undefined) browser.revoked.add(browser.device);
  });
  const tab: Tab = Object.assign(ear, { browser, shop: client, line, page, state: "open" as const, problems, words });
  browser.tabs.push(tab);
  return tab;
}

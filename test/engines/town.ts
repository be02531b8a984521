/** A town for shoppers: the server, and as many screens as a story needs, each with its own browser profile, origin and network. */
import { afterAll, afterEach, beforeAll, describe } from "vitest";
import type { Client, ClientOptions } from "../../src/index.js";
import { type Engine, type EngineName, ENGINES, type Mode, type Page, type Profile } from "./engine.js";
import { createLine, type Line } from "./line.js";
import type { Remote } from "./remote.js";
import { createOrigin, type Origin, type ShopPage } from "./origin.js";
import { createSync, type Sync, type SyncSite } from "./sync.js";
import { until } from "./wait.js";

declare global {
  interface Window {
    /** The client, however it came into the page. */
    readonly shop: Client;
    /** What the page has noted of itself. */
    readonly seen: { readonly errors: string[]; readonly violations: string[]; readonly runs: string[] };
  }
}

export interface ScreenOptions extends Omit<ShopPage, "scripts"> {
  /** More attributes of the script tag; without them and `options` it is a plain tag. */
  readonly tag?: string;
  /** The shop uses the package instead of the tag. */
  readonly options?: Partial<ClientOptions> & { /** The start page of a kiosk that clears itself. */ readonly home?: string };
  /** Runs before anything else in every page. */
  readonly first?: string;
  /** With `options`: an older build of the package, as it was published. */
  readonly build?: "0.1.0";
  /** False: the shop has no server yet. */
  readonly isSynced?: boolean;
  /** The pages ask there what to do. */
  readonly remote?: Remote;
  /** What kind of browser the shopper has; only an everyday one may crash. */
  readonly mode?: Mode;
}

export interface Screen {
  readonly profile: Profile;
  readonly origin: Origin;
  readonly line: Line;
  /** A new tab that shows the shop. */
  open(path?: string): Promise<Page>;
  /** Gives all pages of the shop another make-up. */
  dress(options: ScreenOptions): void;
}

export interface Town {
  readonly engine: EngineName;
  readonly sync: Sync;
  screen(options?: ScreenOptions): Promise<Screen>;
}

/** Walks the tests in every engine; each test builds towns as it needs them. `names`: where only some can be told what a test is about. */
export function inEveryEngine(walk: (build: (site?: SyncSite) => Promise<Town>) => void, names: readonly EngineName[] = ENGINES.map(({ name }) => name)): void {
  describe.each(ENGINES.filter(({ name }) => names.includes(name)))("in $name", ({ name, open }) => {
    let engine: Engine;
    const leaving: (() => Promise<void>)[] = [];
    beforeAll(async () => void (engine = await open()));
    afterAll(() => engine?.close());
    afterEach(async () => {
      for (const leave of leaving.splice(0).reverse()) await leave();
    });
    walk(async (site) => {
      const sync = await createSync(site);
      leaving.push(sync.close);
      return { engine: name, sync, screen: (options) => createScreen(engine, sync, leaving, options) };
    });
  });
}

async function createScreen(engine: Engine, sync: Sync, leaving: (() => Promise<void>)[], options: ScreenOptions = {}): Promise<Screen> {
  const [profile, origin, line] = [await engine.profile(options.mode), await createOrigin(), await createLine(sync.port)];
  leaving.push(origin.close, line.close, profile.close);
  const driving = [profile.script, options.remote?.script].flatMap((script) => (script === undefined ? [] : [`<script src="${script}"></script>`]));
  origin.show("/blank", { scripts: driving });
  const dress = (worn: ScreenOptions): void => {
    origin.put("/first.js", worn.first ?? "");
    for (const path of ["/", "/next"]) origin.show(path, { ...worn, scripts: [...driving, ...scriptsOf(worn, line.url)] });
  };
  dress(options);
  return {
    profile, origin, line, dress,
    async open(path = "/") {
      const page = await profile.page();
      await page.goto(origin.url + path);
      if (path !== "/blank") await ready(page);
      return page;
    },
  };
}

function scriptsOf({ tag = "", options, build, first, isSynced = true }: ScreenOptions, endpoint: string): string[] {
  const own = ["/watch.js", ...(first === undefined ? [] : ["/first.js"])].map((path) => `<script src="${path}"></script>`);
  if (options === undefined) return [...own, `<script async src="/tag.js" data-site="pk_shop" data-endpoint="${isSynced ? endpoint : ""}" ${tag}></script>`];
  const given = JSON.stringify({ site: "pk_shop", ...(isSynced && { endpoint }), ...options });
  return [...own, `<script src="${build === undefined ? "/app.js" : `/older/${build}.js`}" data-options="${given.replaceAll("&", "&amp;").replaceAll('"', "&quot;")}"></script>`];
}

/** The library has come into the page and read what it kept. */
export async function ready(page: Page): Promise<void> {
  await until(() => page.evaluate(async () => {
    if (!("ready" in (window.shop ?? {}))) return false;
    await window.shop.ready;
    return true;
  }), "the library has loaded");
}

/** What a shopper reads off a page: products with their numbers. */
export function cart(page: Page): Promise<Record<string, number>> {
  return page.evaluate(() => Object.fromEntries(window.shop.state.cart.lines.map(({ line, quantity }) => [line, quantity])));
}

/** Waits until the page shows this cart and nothing else; the order of its lines is that of their arrival at the server. */
export async function shows(page: Page, wanted: Record<string, number>, withinMs?: number): Promise<void> {
  const textOf = (lines: Record<string, number>): string => JSON.stringify(Object.entries(lines).sort());
  const text = textOf(wanted);
  let seen = "";
  const same = async (): Promise<boolean> => (seen = textOf(await cart(page))) === text;
  await until(same, `the page shows ${text}`, withinMs).catch((error: Error) => {
    throw new Error(`${error.message} It shows ${seen}.`);
  });
}

/** Waits until changes elsewhere arrive here. */
export async function live(page: Page): Promise<void> {
  await until(() => page.evaluate(() => window.shop.sync.state === "live"), "the page is live");
}

/** The page's process dies where it stands: no `pagehide`, no last word. */
export async function crash(page: Page): Promise<void> {
  process.kill(await page.renderer(), "SIGKILL");
}

export function add(page: Page, sku: string, quantity = 1): Promise<string> {
  return page.evaluate((name, n) => window.shop.cart.add(name, n), sku, quantity);
}

export async function signIn(page: Page, sync: Sync, customer: string): Promise<string> {
  return page.evaluate(async (token) => (await window.shop.signIn(token)).met, await sync.token(customer));
}

/** Everything that the page's origin has kept in the browser, by where it lies. */
export function kept(page: Page): Promise<{ cookies: string; words: string[]; session: string[]; databases: string[]; caches: string[] }> {
  return page.evaluate(async () => ({
    cookies: document.cookie,
    words: Object.keys(localStorage),
    session: Object.keys(sessionStorage),
    databases: (await indexedDB.databases()).map(({ name }) => name ?? ""),
    caches: await caches.keys(),
  }));
}

export const NOTHING_KEPT = { cookies: "", words: [], session: [], databases: [], caches: [] };

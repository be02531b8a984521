/** An everyday WebKit: its store lies on the disk, and it outlives its pages, which its driver does not allow. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { engine } from "../../scripts/engines.mjs";
import { busiest } from "./busiest.js";
import { type Child, start } from "./child.js";
import type { Page, Profile } from "./engine.js";
import { leaving } from "./gone.js";
import { openRemote, type RemoteTab } from "./remote.js";
import { until } from "./wait.js";

/** MiniBrowser as anybody would start it, led from inside its pages; the first of them opens the others. */
export async function openEveryday(env: NodeJS.ProcessEnv): Promise<Profile> {
  const room = mkdtempSync(join(tmpdir(), "carryover-webkit-"));
  const own = { XDG_DATA_HOME: join(room, "data"), XDG_CACHE_HOME: join(room, "cache"), XDG_CONFIG_HOME: join(room, "config") };
  const remote = await openRemote();
  let browser: Child | undefined;
  const first = await remote.tab(async () => {
    browser = start(engine("webkit"), ["--javascript-can-open-windows-automatically=true", remote.blank], { ...env, ...own });
  });
  return {
    script: remote.script,
    async page() {
      // Without an opener, or it would share the process of the page that opens it.
      const open = (url: string): Promise<RemoteTab> => remote.tab(() => first.evaluate((to) => void window.open(to, "_blank", "noopener"), url));
      return remotePage(open, () => pagesOf(browser?.process.pid));
    },
    cookies: () => Promise.reject(new Error("Nobody but a driver can look into the cookies of a browser.")),
    async close() {
      await remote.close();
      await browser?.end();
      await until(() => isRemoved(room), "the browser's helpers write no more");
    },
  };
}

/** False as long as somebody still writes into it. */
function isRemoved(folder: string): boolean {
  try {
    rmSync(folder, { recursive: true, force: true });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTEMPTY") return false;
    throw error;
  }
}

/** The tab is opened with the first page that is asked for: it keeps its name only as long as it stays in the shop. */
function remotePage(open: (url: string) => Promise<RemoteTab>, times: () => Map<number, number>): Page {
  let opened: RemoteTab | undefined;
  let isClosed = false;
  let renderer: number | undefined;

  const tab = (): RemoteTab => {
    if (opened === undefined) throw new Error("This tab shows nothing yet: first go somewhere.");
    return opened;
  };
  const loaded = (): Promise<true> => until(() => tab().evaluate(() => document.readyState === "complete"), "the page has loaded");
  const moved = async (leave: () => Promise<void>): Promise<void> => {
    const before = tab().document;
    await leaving(leave());
    await until(() => tab().document !== before, "the next page is there");
    await loaded();
  };

  return {
    async goto(url) {
      if (opened !== undefined) return moved(() => tab().evaluate((to) => location.assign(to), url));
      opened = await open(url);
      await loaded();
    },
    reload: () => moved(() => tab().evaluate(() => location.reload())),
    back: () => leaving(tab().evaluate(() => history.back())),
    evaluate: (work, ...args) => tab().evaluate(work, ...args),
    click: (selector) => tab().evaluate(press, selector),
    press: () => Promise.reject(new Error("There is no driver to press a key: ask for another profile.")),
    prefer: () => Promise.reject(new Error("There is no driver to tell the browser what its system prefers.")),
    front: async () => {},
    async close() {
      isClosed = true;
      if (renderer !== undefined && !times().has(renderer)) return; // it was killed: nobody is left to close it
      await leaving(tab().evaluate(() => window.close()));
    },
    isClosed: async () => isClosed,
    renderer: async () => (renderer = await busiest(async () => times(), () => tab().evaluate(spin))),
  };
}

function press(selector: string): void {
  const found = document.querySelector<HTMLElement>(selector);
  if (found === null) throw new Error(`There is no ${selector} to click on.`);
  found.click();
}

function spin(): void {
  const end = performance.now() + 100;
  while (performance.now() < end);
}

/** The processes that run the browser's pages, with the processor time each has had (proc(5): fields 14 and 15 after the name). */
function pagesOf(browser: number | undefined): Map<number, number> {
  const found = new Map<number, number>();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const [, name, rest = ""] = /^\d+ \((.*)\) (.*)/s.exec(statOf(pid)) ?? [];
    const [state, parent, ...fields] = rest.split(" ");
    if (name?.startsWith("WebKitWebProces") && state !== "Z" && Number(parent) === browser) found.set(Number(pid), Number(fields[9]) + Number(fields[10]));
  }
  return found;
}

function statOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return ""; // it has ended meanwhile
  }
}

/** Reads off a profile what lies in it: cookies of everybody, and what each frame of the page keeps. */
import type { BrowserContext, Frame, Page } from "puppeteer-core";
import { isThirdParty } from "./party.js";
import type { Kept } from "./seen.js";

type Own = readonly [where: Kept["where"], name: string];

/** How long the page may take to answer on a busy machine, and a frame within it; one that hangs keeps nothing that could be read. */
const [PAGE_MS, FRAME_MS] = [10_000, 2_000];

export async function readStorage(context: BrowserContext, page: Page, shop: string, asked: ReadonlyMap<string, number>): Promise<Kept[]> {
  const now = Date.now();
  const cookies = (await context.cookies()).map(({ name, domain, expires }): Kept => {
    const keptMs = asked.get(name) ?? (expires > 0 ? expires * 1_000 - now : undefined);
    return { where: "cookie", name, host: domain.replace(/^\./, ""), isThirdParty: isThirdParty(domain, shop), ...(keptMs !== undefined && { keptMs }) };
  });
  const frames = await Promise.all(page.frames().map(async (frame) => {
    const { host, own } = await askFrame(frame, readFrame) ?? { host: "", own: [] };
    return own.map(([where, name]): Kept => ({ where, name, host, isThirdParty: isThirdParty(host, shop) }));
  }));
  const all = [...cookies, ...frames.flat()];
  return [...new Map(all.map((kept) => [`${kept.where} ${kept.host} ${kept.name}`, kept])).values()];
}

/** Done in the frame; one that has gone, or that may keep nothing, answers nothing. */
export async function askFrame<T>(frame: Frame, work: () => T | Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), frame.parentFrame() ? FRAME_MS : PAGE_MS)));
  return Promise.race([frame.evaluate(work).catch(() => undefined), late]).finally(() => clearTimeout(timer));
}

/** Runs in the page, and so sees nothing of this file. */
async function readFrame(): Promise<{ host: string; own: Own[] }> {
  const own: Own[] = [];
  const look = async (where: Own[0], names: () => Promise<readonly string[]>): Promise<void> => {
    // A sandboxed frame, or one of another origin, may be refused any of them.
    for (const name of await Promise.resolve().then(names).catch(() => [])) own.push([where, name]);
  };
  /** Whoever made a database has kept something, but for our own once all of it was cleared: no browser removes one while a page has it open. */
  const holdsSomething = (name: string): Promise<boolean> => new Promise((resolve) => {
    if (!name.startsWith("carryover:")) return resolve(true);
    const opening = indexedDB.open(name);
    opening.onerror = () => resolve(true);
    opening.onsuccess = () => {
      const { result } = opening;
      const stores = [...result.objectStoreNames];
      const counts = stores.length === 0 ? [] : stores.map((store) => result.transaction(store).objectStore(store).count());
      void Promise.all(counts.map((count) => new Promise<number>((counted) => {
        count.onsuccess = () => counted(count.result);
        count.onerror = () => counted(1);
      }))).then((sizes) => {
        result.close();
        resolve(sizes.some((size) => size > 0));
      });
    };
  });
  await look("localStorage", async () => Object.keys(localStorage));
  await look("sessionStorage", async () => Object.keys(sessionStorage));
  await look("IndexedDB", async () => {
    const found = (await indexedDB.databases()).map(({ name }) => name ?? "");
    const isFull = await Promise.all(found.map(holdsSomething));
    return found.filter((_, i) => isFull[i]);
  });
  await look("Cache Storage", async () => caches.keys());
  await look("service worker", async () => (await navigator.serviceWorker.getRegistrations()).map(({ scope }) => scope));
  return { host: location.host, own };
}

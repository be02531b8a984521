/** Everything that a page can keep in a browser, taken away but for what is the shop's own. */
import { clearCookie, cookieNames } from "../browser/cookies.js";

/** Where something is kept. */
export type KeptKind = "cookie" | "local" | "session" | "database" | "cache" | "worker" | "file" | "window";

/** Something that is kept: a cookie's name, a key, a database, a cache, a worker's address, a file, the name of the window. */
export interface Kept {
  readonly kind: KeptKind;
  readonly name: string;
}

type IsOwn = (kept: Kept) => boolean;

/** A database that a page has open is gone only when the page is; nobody waits for that longer. */
const PATIENCE_MS = 600;

/** Resolves when all is gone that is not the shop's own; what cannot be removed at once is left to the next start. */
export async function clearStorages(isOwn: IsOwn): Promise<void> {
  if (!isOwn({ kind: "window", name: window.name })) window.name = "";
  cookieNames().filter((name) => !isOwn({ kind: "cookie", name })).forEach(clearCookie); // those that no script may read stay
  for (const kind of ["local", "session"] as const) clearWords(kind, isOwn);
  const clearing = Promise.allSettled([clearDatabases(isOwn), clearCaches(isOwn), clearWorkers(isOwn), clearFiles(isOwn)]);
  await Promise.race([clearing, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
}

function clearWords(kind: "local" | "session", isOwn: IsOwn): void {
  try {
    const words = kind === "local" ? localStorage : sessionStorage;
    for (const name of Object.keys(words)) if (!isOwn({ kind, name })) words.removeItem(name);
  } catch {
    // a browser that refuses storage keeps nothing in it
  }
}

async function clearDatabases(isOwn: IsOwn): Promise<void> {
  const found = await indexedDB.databases();
  await Promise.all(found.map(({ name = "" }) => isOwn({ kind: "database", name }) || new Promise<void>((resolve) => {
    const asked = indexedDB.deleteDatabase(name);
    asked.onsuccess = asked.onerror = () => resolve();
  })));
}

async function clearCaches(isOwn: IsOwn): Promise<void> {
  for (const name of await caches.keys()) if (!isOwn({ kind: "cache", name })) await caches.delete(name);
}

async function clearWorkers(isOwn: IsOwn): Promise<void> {
  for (const registration of await navigator.serviceWorker.getRegistrations()) {
    const { scriptURL: name = "" } = registration.active ?? registration.waiting ?? registration.installing ?? {};
    if (!isOwn({ kind: "worker", name })) await registration.unregister();
  }
}

/** The page's private files (OPFS). */
async function clearFiles(isOwn: IsOwn): Promise<void> {
  const folder = (await navigator.storage.getDirectory()) as FileSystemDirectoryHandle & { keys(): AsyncIterable<string> };
  for await (const name of folder.keys()) if (!isOwn({ kind: "file", name })) await folder.removeEntry(name, { recursive: true });
}

/** The shelf of a browser: localStorage for words, one IndexedDB store for the rest, memory where both are refused. */
import { createStore, promisifyRequest, type UseStore } from "idb-keyval";
import { inTime, LATE } from "./patience.js";
import { createMemoryShelf, type Shelf } from "./shelf.js";

/** Safari 14 may never answer an open (WebKit 226547); the shop does not wait for it. */
const OPEN_MS = 2_000;

/** Nothing is opened, read or made before the first call that needs it. */
export function createBrowserShelf(name: string): Shelf {
  const memory = createMemoryShelf();
  const words = wordsOf();
  if (words === "refused") return { ...memory, write: (key, value) => memory.write(key, value) && value === undefined };
  if (words === undefined) return memory;
  const store = createHandle(name);
  return {
    isShared: true,
    read: (key) => words.getItem(`${name}:${key}`) ?? memory.read(key),
    write(key, value) {
      try {
        if (value === undefined) words.removeItem(`${name}:${key}`);
        else words.setItem(`${name}:${key}`, value);
        memory.write(key, undefined);
        return true;
      } catch {
        memory.write(key, value); // full, or refused since: the page goes on with what it has
        return false;
      }
    },
    names: (prefix) => [...Object.keys(words).filter((key) => key.startsWith(`${name}:${prefix}`)).map((key) => key.slice(name.length + 1)), ...memory.names(prefix)],
    load: () => store("readonly", (kept) => Promise.all([kept.getAllKeys(), kept.getAll()].map(promisifyRequest))
      .then(([keys = [], values = []]) => keys.map((key, i) => [String(key), values[i]] as const))),
    save: (entries, removed) => store("readwrite", (kept) => {
      for (const [key, value] of entries) kept.put(value, key);
      for (const key of removed) kept.delete(key);
      return promisifyRequest(kept.transaction); // all of it is kept, or nothing
    }),
    clear: () => store("readwrite", (kept) => {
      kept.clear();
      return promisifyRequest(kept.transaction);
    }),
  };
}

/** localStorage, or undefined where there is no page; reading it throws where cookies are blocked. */
function wordsOf(): Storage | "refused" | undefined {
  try {
    return typeof localStorage === "undefined" || typeof indexedDB === "undefined" ? undefined : localStorage;
  } catch {
    return "refused";
  }
}

/**
 * Runs work on the store. A connection that the browser closed behind our back (Safari after a suspend,
 * idb-keyval issues 165 and 175) is opened again once.
 *
 * The first opening makes the database, and a page that is left in that moment would keep every later page of the shop
 * waiting from inside the back/forward cache (Chromium 156). So it is done under a lock: a page in that cache is thrown
 * out of it as soon as another wants a lock that it holds.
 */
function createHandle(name: string): UseStore {
  let use: UseStore | undefined;
  let opened: Promise<unknown> | undefined;
  const open = (store: UseStore): Promise<unknown> => {
    const touch = (): Promise<void> => store("readonly", () => {});
    return typeof navigator === "undefined" || !navigator.locks ? touch() : navigator.locks.request(`${name}:open`, touch);
  };
  return <T>(mode: IDBTransactionMode, work: (kept: IDBObjectStore) => T | PromiseLike<T>): Promise<T> => {
    const run = async (): Promise<T> => {
      const store = (use ??= createStore(name, "kv"));
      return inTime(OPEN_MS, (opened ??= open(store)).then(() => store(mode, work)));
    };
    return run().catch((error) => {
      use = opened = undefined;
      if (error === LATE) throw error;
      return run();
    });
  };
}

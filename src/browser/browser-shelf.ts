/** The shelf of a browser: localStorage for words, one IndexedDB store for the rest, memory where both are refused. */
import { createStore, promisifyRequest, type UseStore } from "idb-keyval";
import { inTime, LATE } from "./patience.js";
import { createMemoryShelf, type Shelf } from "./shelf.js";
import { createWords } from "./words.js";

/** Safari 14 may never answer an open (WebKit 226547); the shop does not wait for it. */
const OPEN_MS = 2_000;

/**
 * A page that is left while its database is being made holds up every later page of the shop from inside the back/forward
 * cache (Chromium 156, WebKit 2.50): each of them would wait for OPEN_MS. So the database is not made in the moment of the
 * first gesture, which so often leads to another page, but a little later; until then all lies in localStorage.
 */
const CALM_MS = 500;

/** Nothing is opened, read or made before the first call that needs it. */
export function createBrowserShelf(name: string): Shelf {
  const words = createWords(name);
  if (!words.isShared) return { ...createMemoryShelf(), ...words };
  const store = createHandle(name);
  return {
    ...words,
    load: async (late) => (await store.isMade(late)) ? store.use("readonly", (kept) => Promise.all([kept.getAllKeys(), kept.getAll()].map(promisifyRequest))
      .then(([keys = [], values = []]) => keys.map((key, i) => [String(key), values[i]] as const)), late) : [],
    async save(entries, removed) {
      if (!(await store.isMade())) {
        if (entries.length === 0) return;
        await new Promise((resolve) => setTimeout(resolve, CALM_MS));
      }
      return store.use("readwrite", (kept) => {
        for (const [key, value] of entries) kept.put(value, key);
        for (const key of removed) kept.delete(key);
        return promisifyRequest(kept.transaction); // all of it is kept, or nothing
      });
    },
    clear: async () => (await store.isMade()) && store.use("readwrite", (kept) => {
      kept.clear();
      return promisifyRequest(kept.transaction);
    }),
  };
}

interface Handle {
  /** False as long as there is nothing to read or to remove. */
  isMade(late?: () => void): Promise<boolean>;
  use<T>(mode: IDBTransactionMode, work: (kept: IDBObjectStore) => T | PromiseLike<T>, late?: () => void): Promise<T>;
}

/**
 * Runs work on the store. A connection that the browser closed behind our back (Safari after a suspend,
 * idb-keyval issues 165 and 175) is opened again once.
 */
function createHandle(name: string): Handle {
  let isThere = false;
  let opened: UseStore | undefined;
  return {
    isMade(late) {
      const look = async (): Promise<boolean> => (isThere ||= !indexedDB.databases || (await indexedDB.databases()).some((found) => found.name === name));
      return patiently(look(), late);
    },
    async use(mode, work, late) {
      const run = () => patiently((opened ??= createStore(name, "kv"))(mode, work), late);
      try {
        return await run();
      } catch (error) {
        opened = undefined;
        if (error === LATE) throw error;
        return run();
      }
    },
  };
}

/** The outcome, or a rejection with LATE; what comes after that is told. */
function patiently<T>(work: Promise<T>, late = (): void => {}): Promise<T> {
  return inTime(OPEN_MS, work).catch((error) => {
    if (error === LATE) work.then(late, () => {});
    throw error;
  });
}

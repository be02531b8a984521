/** The shelf of a browser: localStorage for words, one IndexedDB store for the rest, memory where both are refused. */
import { clear, createStore, delMany, entries, setMany, type UseStore } from "idb-keyval";
import { createMemoryShelf, type Shelf } from "./shelf.js";

/** Safari 14 may never answer an open (WebKit 226547); the shop does not wait for it. */
const OPEN_MS = 2_000;
const SILENT = new Error("IndexedDB does not answer");

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
    load: () => store((use) => entries<string, unknown>(use)),
    save: (kept, removed) => store(async (use) => {
      await setMany(kept as [IDBValidKey, unknown][], use);
      await delMany([...removed], use);
    }),
    clear: () => store((use) => clear(use)),
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
 */
function createHandle(name: string): <T>(work: (use: UseStore) => Promise<T>) => Promise<T> {
  let use: UseStore | undefined;
  const run = <T>(work: (use: UseStore) => Promise<T>): Promise<T> => within(work((use ??= createStore(name, "kv"))));
  return async (work) => {
    try {
      return await run(work);
    } catch (error) {
      use = undefined;
      if (error === SILENT) throw error;
      return run(work);
    }
  };
}

function within<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(SILENT), OPEN_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

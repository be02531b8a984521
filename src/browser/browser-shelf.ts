/** The shelf of a browser: localStorage for words, one IndexedDB store for the rest, memory where both are refused. */
import { inTime, LATE } from "./patience.js";
import { createMemoryShelf, type Shelf } from "./shelf.js";

/** Safari 14 may never answer an open (WebKit 226547); the shop does not wait for it. */
const OPEN_MS = 2_000;

/** The one store of the database, and what lies in it. */
const STORE = "kept";
interface Kept {
  readonly name: string;
  readonly value: unknown;
}

/** What is done in one transaction; resolves to what it asked for last. */
type Work = (kept: IDBObjectStore) => IDBRequest | void;

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
    load: async () => ((await store((kept) => kept.getAll())) as Kept[]).map(({ name: key, value }) => [key, value]),
    save: (entries, removed) => store((kept) => {
      for (const [key, value] of entries) kept.put({ name: key, value });
      for (const key of removed) kept.delete(key);
    }),
    clear: () => store((kept) => void kept.clear()),
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
function createHandle(name: string): (work: Work) => Promise<unknown> {
  let opened: Promise<IDBDatabase> | undefined;
  const run = (work: Work): Promise<unknown> => inTime(OPEN_MS, (opened ??= open(name)).then((database) => transact(database, work)));
  return (work) => run(work).catch((error) => {
    opened = undefined;
    if (error === LATE) throw error;
    return run(work);
  });
}

async function open(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "name" });
  await ended(request);
  return request.result;
}

/** All of it is kept, or nothing. */
async function transact(database: IDBDatabase, work: Work): Promise<unknown> {
  const transaction = database.transaction(STORE, "readwrite");
  const request = work(transaction.objectStore(STORE));
  await ended(transaction);
  return request?.result;
}

function ended(doing: IDBOpenDBRequest | IDBTransaction): Promise<unknown> {
  return new Promise((resolve, reject) => Object.assign(doing, { onsuccess: resolve, oncomplete: resolve, onerror: reject, onabort: reject }));
}

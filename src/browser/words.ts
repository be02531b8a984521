/** The small words that a page puts down at once: localStorage, or memory where the browser refuses. */
import { createMemoryShelf, type Shelf } from "./shelf.js";

export type Words = Pick<Shelf, "isShared" | "read" | "write" | "names">;

/** Names are kept under `name:`, so that nobody else's are touched. Nothing is written before the first word. */
export function createWords(name: string): Words {
  const memory = createMemoryShelf();
  const storage = storageOf();
  if (storage === "refused") return { ...memory, write: (key, value) => memory.write(key, value) && value === undefined };
  if (storage === undefined) return memory;
  return {
    isShared: true,
    read: (key) => storage.getItem(`${name}:${key}`) ?? memory.read(key),
    write(key, value) {
      try {
        if (value === undefined) storage.removeItem(`${name}:${key}`);
        else storage.setItem(`${name}:${key}`, value);
        memory.write(key, undefined);
        return true;
      } catch {
        memory.write(key, value); // full, or refused since: the page goes on with what it has
        return false;
      }
    },
    names: (prefix) => [...Object.keys(storage).filter((key) => key.startsWith(`${name}:${prefix}`)).map((key) => key.slice(name.length + 1)), ...memory.names(prefix)],
  };
}

/** localStorage, or undefined where there is no page; reading it throws where cookies are blocked. */
function storageOf(): Storage | "refused" | undefined {
  try {
    return typeof localStorage === "undefined" || (typeof document === "undefined" && typeof indexedDB === "undefined") ? undefined : localStorage;
  } catch {
    return "refused";
  }
}

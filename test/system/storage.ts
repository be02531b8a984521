/** What one browser keeps of a shop: its tabs share it, and it is there after all of them are gone. */
import type { Shelf } from "../../src/browser/shelf.js";
import type { Time } from "./time.js";

export interface Storage {
  /** As one tab sees it. */
  shelfFor(tab: Keeper): Shelf;
  read(name: string): string | undefined;
  kept(name: string): unknown;
  readonly names: readonly string[];
  clear(): void;
}

/** The tab that keeps something, and who wants to know of it. */
export interface Keeper {
  readonly isGone: boolean;
  /** A word was put down, or taken away. */
  wrote(name: string, value: string | undefined): void;
  /** It has read everything that was kept at leisure. */
  loaded(): void;
}

/** `latencyMs` is how long the database takes to make something last; what a page has not made last dies with it. */
export function createStorage(time: Time, latencyMs: number): Storage {
  const words = new Map<string, string>();
  const kept = new Map<string, unknown>();
  const lasting = async (tab: Keeper, change: () => void): Promise<void> => {
    if (latencyMs > 0) await time.wait(latencyMs);
    if (tab.isGone) return new Promise(() => {});
    change();
  };
  return {
    read: (name) => words.get(name),
    kept: (name) => kept.get(name),
    get names() {
      return [...words.keys(), ...kept.keys()];
    },
    clear() {
      words.clear();
      kept.clear();
    },
    shelfFor: (tab) => ({
      isShared: true,
      read: (name) => words.get(name),
      write(name, value) {
        if (tab.isGone) return true; // nobody is there any more to write
        if (value === undefined) words.delete(name);
        else words.set(name, value);
        tab.wrote(name, value);
        return true;
      },
      names: (prefix) => [...words.keys()].filter((name) => name.startsWith(prefix)),
      async load() {
        tab.loaded();
        return [...kept].map(([name, value]) => [name, structuredClone(value)] as const);
      },
      save(entries, removed) {
        const copies = structuredClone(entries);
        return lasting(tab, () => {
          for (const [name, value] of copies) kept.set(name, value);
          for (const name of removed) kept.delete(name);
        });
      },
      clear: () => lasting(tab, () => kept.clear()),
    }),
  };
}

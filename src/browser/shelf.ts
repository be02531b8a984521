/** What survives a reload. Small words are kept at once (localStorage), the copy of the log at leisure (IndexedDB). */

export interface Shelf {
  /** Other tabs of this browser see the same shelf. */
  readonly isShared: boolean;
  /** A word that was put down, at once. */
  read(name: string): string | undefined;
  /** Puts a word down before the call returns; undefined takes it away. False when the browser keeps nothing; the word then lives as long as the page. */
  write(name: string, value: string | undefined): boolean;
  /** The names of all words that begin so. */
  names(prefix: string): string[];
  /** Everything kept at leisure. Rejects when it cannot be read, or takes too long; `late` is called should it be there after all. */
  load(late?: () => void): Promise<readonly (readonly [string, unknown])[]>;
  /** Resolves once it is kept; rejects when it cannot be. */
  save(entries: readonly [string, unknown][], removed: readonly string[]): Promise<unknown>;
  /** Removes all that was kept at leisure. */
  clear(): Promise<unknown>;
}

/** Lives as long as the page. */
export function createMemoryShelf(): Shelf {
  const words = new Map<string, string>();
  const kept = new Map<string, unknown>();
  return {
    isShared: false,
    read: (name) => words.get(name),
    write(name, value) {
      if (value === undefined) words.delete(name);
      else words.set(name, value);
      return true;
    },
    names: (prefix) => [...words.keys()].filter((name) => name.startsWith(prefix)),
    load: async () => [...kept],
    async save(entries, removed) {
      for (const [name, value] of entries) kept.set(name, value);
      for (const name of removed) kept.delete(name);
    },
    clear: async () => kept.clear(),
  };
}

/** Clears away what other people's scripts have left in the page, once their purpose is refused. */
import { clearCookie, cookieNames } from "../browser/cookies.js";
import type { Choices } from "./choices.js";

/** By purpose the names of cookies and of keys in localStorage and sessionStorage; `_ga*` stands for all that begin so. */
export type Clears = Readonly<Record<string, readonly string[]>>;

/** How a page is rid of what was refused. */
export interface ClearOptions {
  /** Loads the page anew at a withdrawal: the only way to be rid of a script that runs already. */
  readonly isReloading?: boolean;
}

/** A script that runs already may write again what was just cleared: it is watched for so long. */
const WATCH_MS = 10_000;
const LOOK_MS = 100;

/**
 * Clears the names of every purpose that is refused: at once, for ten seconds after each change, and at the start of each page.
 * Cookies that no script can see (HttpOnly) are the shop's server's to clear. Ends with the returned function.
 *
 * @example
 * clearRefused(shop, { analytics: ["_ga*", "_gid"], marketing: ["_fbp", "_gcl_*"] });
 */
export function clearRefused(shop: Choices, clears: Clears, { isReloading = false }: ClearOptions = {}): () => void {
  let refused: readonly string[] | undefined;
  let until = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const watch = (): void => {
    clear((refused ?? []).flatMap((purpose) => clears[purpose] ?? []));
    clearTimeout(timer);
    if (performance.now() < until) timer = setTimeout(watch, LOOK_MS);
  };
  const stop = shop.subscribe(({ consent: { isSure, purposes } }) => {
    if (!isSure) return; // what the account says is not known yet: nothing of what it may allow is touched
    const before = refused;
    refused = Object.keys(clears).filter((purpose) => purposes[purpose] !== true);
    if (refused.join() === before?.join()) return;
    until = performance.now() + WATCH_MS;
    watch();
    if (isReloading && before && refused.some((purpose) => !before.includes(purpose))) location.reload();
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}

function clear(names: readonly string[]): void {
  const isNamed = (key: string): boolean => names.some((name) => (name.endsWith("*") ? key.startsWith(name.slice(0, -1)) : key === name));
  cookieNames().filter(isNamed).forEach(clearCookie);
  for (const kind of ["localStorage", "sessionStorage"] as const) {
    try {
      const storage = globalThis[kind];
      Object.keys(storage).filter(isNamed).forEach((key) => storage.removeItem(key));
    } catch {
      // a browser that refuses storage has nothing to clear
    }
  }
}

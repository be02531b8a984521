/** What is put into each page before its own scripts: it notes which keys are read and for how long cookies are asked for. */

/** What a page has noted since it was last asked. */
export interface PageNotes {
  /** Keys of localStorage and sessionStorage that were read. */
  readonly reads: string[];
  /** `document.cookie` was read. */
  readonly isCookieRead: boolean;
  /** Cookies as they were written, without their values: `name; Max-Age=…`. */
  readonly cookies: string[];
}

/** Runs in the page, and so sees nothing of this file. */
export function noteInPage(): void {
  const noted = { reads: new Set<string>(), isCookieRead: false, cookies: [] as string[] };
  const { getItem } = Storage.prototype;
  Storage.prototype.getItem = function (key: string) {
    noted.reads.add(String(key));
    return getItem.call(this, key);
  };
  const own = Object.getOwnPropertyDescriptor(Document.prototype, "cookie");
  Object.defineProperty(Document.prototype, "cookie", {
    configurable: true, enumerable: true,
    get(this: Document) {
      noted.isCookieRead = true;
      return own?.get?.call(this) as string;
    },
    set(this: Document, text: unknown) {
      noted.cookies.push(String(text).replace(/=[^;]*/, ""));
      own?.set?.call(this, text);
    },
  });
  Object.defineProperty(window, Symbol.for("carryover audit"), {
    value: () => {
      const { reads, isCookieRead, cookies } = noted;
      Object.assign(noted, { reads: new Set(), isCookieRead: false, cookies: [] });
      return { reads: [...reads], isCookieRead, cookies };
    },
  });
}

/** Runs in the page: gives the notes and begins anew. */
export function takeNotes(): PageNotes | undefined {
  return (window as unknown as Record<symbol, (() => PageNotes) | undefined>)[Symbol.for("carryover audit")]?.();
}

/** For how long a cookie is asked to be kept; undefined for the session. Browsers cut long lives short, so what was asked is what counts. */
export function lifetimeOf(cookie: string, now: number): { readonly name: string; readonly keptMs?: number } {
  const [first = "", ...attributes] = cookie.split(";").map((part) => part.trim());
  const name = first.split("=")[0] ?? "";
  const value = (key: string): string | undefined => attributes.find((one) => one.toLowerCase().startsWith(`${key}=`))?.slice(key.length + 1);
  const age = value("max-age");
  if (age !== undefined) return { name, keptMs: Number(age) * 1_000 };
  const expires = Date.parse(value("expires") ?? "");
  return Number.isNaN(expires) ? { name } : { name, keptMs: expires - now };
}

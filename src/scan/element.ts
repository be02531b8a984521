/** What a barcode says beside the GTIN: batch, serial number, expiry, count, weight, each by its GS1 application identifier. */
import { toGtin14 } from "./gtin.js";
import { type Unreadable, unreadable } from "./unreadable.js";

/** An application identifier and what stands behind it. */
export type Element = readonly [ai: string, value: string];

/** What was read of a product. */
export interface Product {
  /** Fourteen digits; shorter numbers have zeros in front. */
  readonly gtin: string;
  /** AI 22, consumer product variant. */
  readonly variant?: string;
  /** AI 10, batch or lot. */
  readonly batch?: string;
  /** AI 21. */
  readonly serial?: string;
  /** AI 17, `2026-12-31`: not to be sold or used after that day. */
  readonly expiresOn?: string;
  /** AI 15, `2026-12-31`: at its best until then. */
  readonly bestBefore?: string;
  /** AI 30 or 37: how many items are in it. */
  readonly count?: number;
  /** AI 310n: net weight of goods that are weighed. */
  readonly weightKg?: number;
}

type Read = (value: string, year: number, ai: string) => string | number | undefined;

/** Figure 7.11-1: the 82 characters that free text may have, 20 of them at most. */
const text: Read = (value) => (/^[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,20}$/.test(value) ? value : undefined);
const count: Read = (value) => (/^\d{1,8}$/.test(value) && Number(value) > 0 ? Number(value) : undefined);
const weight: Read = (value, _, ai) => (/^\d{6}$/.test(value) ? Number(value) / 10 ** Number(ai[3]) : undefined);

/** By their numbers in the General Specifications, section 3. What else a barcode says is no matter of a cart's. */
const readers: readonly (readonly [ai: RegExp, name: keyof Product, read: Read])[] = [
  [/^01$/, "gtin", (value) => (value.length === 14 ? toGtin14(value) : undefined)],
  [/^22$/, "variant", text], [/^10$/, "batch", text], [/^21$/, "serial", text],
  [/^17$/, "expiresOn", day], [/^15$/, "bestBefore", day],
  [/^3[07]$/, "count", count], [/^310[0-5]$/, "weightKg", weight],
];

/** Puts the elements together; one that is known and has not its form makes all of it unreadable, as does one that is said twice and differently. */
export function productOf(elements: readonly Element[], now: number): Product | Unreadable {
  const found = new Map<string, string | number>();
  const year = new Date(now).getUTCFullYear();
  for (const [ai, value] of elements) {
    const [, name, read] = readers.find(([known]) => known.test(ai)) ?? [];
    if (name === undefined || read === undefined) continue;
    const said = read(value, year, ai);
    if (said === undefined) return unreadable(ai === "01" && /^\d{14}$/.test(value) ? "wrong-check-digit" : "malformed");
    if ((found.get(name) ?? said) !== said) return unreadable("malformed");
    found.set(name, said);
  }
  return found.has("gtin") ? (Object.fromEntries(found) as unknown as Product) : unreadable("no-gtin");
}

/**
 * YYMMDD. The century is the one that brings the year nearest (General Specifications 7.12: 49 years back, 50 ahead); day 00 is
 * the last of its month (3.4.7).
 */
function day(value: string, thisYear: number): string | undefined {
  const [, yy, mm, dd] = /^(\d\d)(\d\d)(\d\d)$/.exec(value) ?? [];
  if (yy === undefined) return undefined;
  const ahead = Number(yy) - (thisYear % 100);
  const year = thisYear + ahead + (ahead >= 51 ? -100 : ahead <= -50 ? 100 : 0);
  const month = Number(mm);
  const date = dd === "00" ? new Date(Date.UTC(year, month, 0)) : new Date(Date.UTC(year, month - 1, Number(dd)));
  const isReal = month >= 1 && date.getUTCMonth() === month - 1;
  return isReal ? date.toISOString().slice(0, 10) : undefined;
}

/** The events a cart is made of, and what each must carry to mean something. */
import type { Cart } from "./cart.js";
import { areMarks, type Entry } from "./event.js";
import { isCount, isRecord, isText, NAME_LENGTH } from "./limits.js";
import { isLine } from "./line.js";

/** How a visitor's cart meets the customer's at sign-in. */
export type Merge = "union" | "keep-visitor" | "keep-customer";

/** What each type of cart event carries. */
export interface CartData {
  "line-added": { line: string; n: number; details?: Record<string, unknown> };
  "line-set": { line: string; n: number };
  /** Names the units it takes, so that two devices that take the last one take the same one. */
  "line-decreased": { line: string; units: readonly (readonly [string, number])[] };
  "line-removed": { line: string };
  /** The same product with other options: what was seen of `line` goes, `n` of `to` come. */
  "line-changed": { line: string; to: string; n: number; details?: Record<string, unknown>; fields?: Record<string, unknown> };
  "field-set": { line: string; name: string; value: unknown };
  "cart-cleared": Record<string, never>;
  "cart-kept": Record<string, never>;
  "coupon-added": { code: string };
  "coupon-removed": { code: string };
  "coupon-judged": { code: string; valid: boolean };
  "order-placed": { order: string; lines: readonly { line: string; n: number }[] };
  "visitor-adopted": { log: string; merge: Merge };
  /** The link is taken back; `cart` is what the server finds without it. */
  "visitor-released": { log: string; cart: Cart };
}

type Data = Record<string, unknown>;

const merges: readonly unknown[] = ["union", "keep-visitor", "keep-customer"];
const isOptionalRecord = (value: unknown): boolean => value === undefined || isRecord(value);
const areFields = (value: unknown): boolean => value === undefined || (isRecord(value) && Object.keys(value).every((name) => isText(name, NAME_LENGTH)));
const isUnit = (unit: unknown): boolean => Array.isArray(unit) && typeof unit[0] === "string" && isCount(unit[1]);

const isCart = (cart: unknown): boolean => isRecord(cart) && areRecords(cart.lines) && cart.lines.every(({ id, marks }) => typeof id === "string" && areMarks(marks))
  && areRecords(cart.gone) && areMarks(cart.ordered) && areRecords(cart.linked);
const areRecords = (all: unknown): all is Data[] => Array.isArray(all) && all.every(isRecord);

const checks: { readonly [T in keyof CartData]: (data: Data) => boolean } = {
  "line-added": (d) => isLine(d.line) && isCount(d.n) && isOptionalRecord(d.details),
  "line-set": (d) => isLine(d.line) && isCount(d.n),
  "line-decreased": (d) => isLine(d.line) && Array.isArray(d.units) && d.units.every(isUnit),
  "line-removed": (d) => isLine(d.line),
  "line-changed": (d) => isLine(d.line) && isLine(d.to) && isCount(d.n) && isOptionalRecord(d.details) && areFields(d.fields),
  "field-set": (d) => isLine(d.line) && isText(d.name, NAME_LENGTH),
  "cart-cleared": () => true,
  "cart-kept": () => true,
  "coupon-added": (d) => isText(d.code, NAME_LENGTH),
  "coupon-removed": (d) => isText(d.code, NAME_LENGTH),
  "coupon-judged": (d) => isText(d.code, NAME_LENGTH) && typeof d.valid === "boolean",
  "order-placed": (d) => Array.isArray(d.lines) && d.lines.every((l: unknown) => isRecord(l) && isLine(l.line) && isCount(l.n)),
  "visitor-adopted": (d) => typeof d.log === "string" && merges.includes(d.merge),
  "visitor-released": (d) => typeof d.log === "string" && isCart(d.cart),
};

/** Events that only the server may write. */
const serverOnly: readonly string[] = ["coupon-judged", "order-placed", "visitor-adopted", "visitor-released"];

export type CartEvent = { [T in keyof CartData]: { readonly type: T; readonly data: CartData[T] } }[keyof CartData];

/** The entry as a cart event, or undefined when it is none or is malformed: then the fold passes it over. */
export function cartData(entry: Pick<Entry, "type" | "data">): CartEvent | undefined {
  const isWhole = isCartType(entry.type) && isRecord(entry.data) && checks[entry.type](entry.data);
  return isWhole ? (entry as CartEvent) : undefined;
}

export function isCartType(type: string): type is keyof CartData {
  return Object.hasOwn(checks, type);
}

export function isServerOnly(type: string): boolean {
  return serverOnly.includes(type);
}

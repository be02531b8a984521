/** The forms in which an address asks for a cart: an advertisement's (`?products=A:1,B:2&coupon=C`) and the permalink (`/buy/A:1,B:2`). */
import { isCount, isText, LINES_PER_CART, SKU_LENGTH } from "../model/limits.js";
import { base64url } from "./encode.js";

/** Why a part of a link is left out. */
export type LinkRefusal =
  /** It has not the form of a product with a number from 1 to 9 999. */
  | "malformed"
  /** The shop's `resolve` does not know it, or would not have it. */
  | "unknown"
  /** A link asks for 200 products at most, and a cart holds no more lines. */
  | "too-many"
  /** `resolve` failed: the address stays as it is, and a reload asks again. */
  | "failed";

/** What was left out of a link. */
export interface RefusedItem {
  /** As it stands in the link. */
  readonly item: string;
  readonly why: LinkRefusal;
}

export interface Link {
  readonly items: readonly { readonly item: string; readonly sku: string; readonly quantity: number }[];
  readonly refused: readonly RefusedItem[];
  readonly coupons: readonly string[];
  /** Where the link wants the shopper to go on: a path of this shop. */
  readonly continueTo: string | undefined;
  /** The address without what was asked for. */
  readonly rest: URL;
}

type Read = (item: string) => readonly [sku: string, quantity: number] | undefined;

/**
 * Meta, "Set up a checkout URL": `products=12345%3A3%2C23456%3A1&coupon=SUMMERSALE20`. Universal Commerce Protocol,
 * `dev.ucp.shopping.permalink`: `/buy/sku_123:2,~aWQvMQ:1?discounts/codes/0=SAVE10&continue_to=/cart`. Undefined where an
 * address is neither. `path` is where the shop takes permalinks, without a slash at its end.
 */
export function readCartLink(address: URL, path: string): Link | undefined {
  const rest = new URL(address);
  const take = (name: string): string[] => {
    const values = rest.searchParams.getAll(name).filter((value) => value !== "");
    rest.searchParams.delete(name);
    return values;
  };
  const isPermalink = address.pathname.startsWith(`${path}/`) && address.pathname.length > path.length + 1;
  if (!isPermalink && !["products", "coupon"].some((name) => address.searchParams.has(name))) return undefined;
  const products = take("products"); // beside a permalink's path it says nothing
  const read = isPermalink ? itemsOf([unescaped(address.pathname.slice(path.length + 1))], readStrictly) : itemsOf(products, readLoosely);
  const names = [...new Set(rest.searchParams.keys())];
  const codes = names.filter((name) => isPermalink && /^\/?discounts\/codes\/\d{1,3}$/.test(name));
  const coupons = [...take("coupon"), ...codes.flatMap(take)].filter((code) => isText(code, 100));
  const continueTo = isPermalink ? pathOf(take("continue_to"), address.origin) : undefined;
  if (isPermalink) rest.pathname = path || "/";
  return { ...read, coupons, continueTo, rest };
}

/** The same product twice is one addition of both. */
function itemsOf(lists: readonly string[], read: Read): Pick<Link, "items" | "refused"> {
  const items = new Map<string, { item: string; sku: string; quantity: number }>();
  const refused: RefusedItem[] = [];
  for (const item of lists.flatMap((list) => list.split(","))) {
    const [sku = "", quantity = 0] = read(item) ?? [];
    const sum = quantity + (items.get(sku)?.quantity ?? 0);
    const isFull = items.size >= LINES_PER_CART && !items.has(sku);
    if (!isText(sku, SKU_LENGTH) || !isCount(quantity) || !isCount(sum)) refused.push({ item, why: "malformed" });
    else if (isFull) refused.push({ item, why: "too-many" });
    else items.set(sku, { item, sku, quantity: sum });
  }
  return { items: [...items.values()], refused };
}

/** Advertisements may leave the number out. */
const readLoosely: Read = (item) => {
  const at = item.lastIndexOf(":");
  return at < 0 ? [item.trim(), 1] : /^\d{1,4}$/.test(item.slice(at + 1)) ? [item.slice(0, at).trim(), Number(item.slice(at + 1))] : undefined;
};

const readStrictly: Read = (item) => {
  const [, token = "", quantity] = /^([\w.-]+|~[\w-]+):([1-9]\d{0,3})$/.exec(item) ?? [];
  const sku = token.startsWith("~") ? decoded(token.slice(1)) : token;
  return sku ? [sku, Number(quantity)] : undefined;
};

/** Base64url of UTF-8, without padding, in the one form that the text has. */
function decoded(token: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(token.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
    return base64url(bytes) === token ? new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) : undefined;
  } catch {
    return undefined;
  }
}

/** Programs escape the colons and commas of an address, though nobody asks them to. */
function unescaped(text: string): string {
  return text.replace(/%3A/gi, ":").replace(/%2C/gi, ",").replace(/%7E/gi, "~");
}

/** A path of this origin and nothing else: whoever made the link leads nobody away. One only: two contradict each other. */
function pathOf([wanted, ...more]: readonly string[], origin: string): string | undefined {
  if (wanted === undefined || more.length > 0 || !/^\/(?![/\\])[^\\\s\p{Cc}]*$/u.test(wanted)) return undefined;
  const url = new URL(wanted, origin);
  return url.origin === origin ? url.pathname + url.search + url.hash : undefined;
}

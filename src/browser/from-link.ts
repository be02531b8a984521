/** A cart out of an address: each link adds once, and only what the shop knows. */
import type { AddOptions } from "../model/cart-commands.js";
import { isRecord } from "../model/limits.js";
import { lineId } from "../model/line.js";
import type { Client } from "./client.js";
import { type Link, readCartLink, type RefusedItem } from "./link-forms.js";

/** What the shop sells under the name in a link. */
export type Resolved = { readonly sku?: string; readonly quantity?: number } & AddOptions;

/** The shop's word on a product that a link names: what to add, or undefined to leave it out. It may ask its own server. */
export type Resolve = (sku: string, quantity: number) => Resolved | undefined | Promise<Resolved | undefined>;

/** What a shop says about links into its carts. */
export interface LinkOptions {
  /** Where the shop takes permalinks: `/buy` by default. */
  readonly path?: string;
}

/** What came of a link. */
export interface FromLink {
  /** The lines that are in the cart because of it, also where an earlier look at the same link has put them there. */
  readonly lines: readonly string[];
  /** What was left out, for the shop to show. */
  readonly refused: readonly RefusedItem[];
  /** Where a permalink wants the shopper to go on: a path of this origin. */
  readonly continueTo?: string;
}

type Shop = Pick<Client, "cart" | "ready" | "on">;

/** As long as what a link has added is in the cart, the same link on the same day adds nothing more. */
const SAME_MS = 86_400_000;

/**
 * Adds what the page's address asks for, in the form of advertisements (`?products=A:1,B:2&coupon=C`) or of permalinks
 * (`/buy/A:1,B:2`), and takes it out of the address. Each addition carries a note of its link (`details.fromLink`), so that a
 * page that dies before its address has changed, a restored tab and a click on the same link an hour later add nothing; on
 * another day, or once the shopper has removed the line, the link adds again. Never rejects.
 *
 * @example
 * const { refused, continueTo } = await addFromLink(shop, (sku) => catalogue.get(sku));
 */
export async function addFromLink(client: Shop, resolve: Resolve, { path = "/buy" }: LinkOptions = {}): Promise<FromLink> {
  const link = typeof location === "undefined" ? undefined : readCartLink(new URL(location.href), path);
  if (link === undefined) return { lines: [], refused: [] };
  let isHere = true;
  const stopHearing = client.on("left", () => void (isHere = false));
  await client.ready;
  const found = await Promise.all(link.items.map(async ({ sku, quantity }) => {
    try {
      return (await resolve(sku, quantity)) ?? "unknown";
    } catch {
      return "failed";
    }
  }));
  stopHearing();
  // Whoever followed the link has left meanwhile: it must not fill the next shopper's cart.
  return isHere ? fill(client, link, found) : { lines: [], refused: [] };
}

/** From here on nothing is waited for: the additions, each with its note, and then the address. */
function fill({ cart }: Shop, link: Link, found: readonly (Resolved | "unknown" | "failed")[]): FromLink {
  const note = noteOf(link);
  const refused = [...link.refused];
  const lines = new Set<string>();
  link.items.forEach(({ item, sku, quantity }, i) => {
    const product = found[i] ?? "unknown";
    const line = typeof product === "string" ? product : addOne(cart, note, { sku, quantity, ...product });
    if (line === "unknown" || line === "failed" || line === "too-many") refused.push({ item, why: line });
    else lines.add(line);
  });
  for (const code of link.coupons) cart.addCoupon(code);
  if (!found.includes("failed")) history.replaceState(history.state, "", link.rest);
  return { lines: [...lines], refused, ...(link.continueTo !== undefined && { continueTo: link.continueTo }) };
}

function addOne(cart: Shop["cart"], note: string, { sku, quantity, ...more }: Required<Pick<Resolved, "sku" | "quantity">> & AddOptions): string {
  const line = lineId(sku, more.options);
  const before = cart.lines.find((one) => one.line === line);
  if (isNoted(before?.details, note)) return line;
  try {
    cart.add(sku, quantity, { ...more, details: { ...more.details, fromLink: { note, at: Date.now() } } });
  } catch {
    return "unknown"; // what cannot be added is as good as not sold
  }
  return cart.lines.some((one) => one.line === line) ? line : "too-many";
}

function isNoted(details: unknown, note: string): boolean {
  const noted = isRecord(details) && isRecord(details.fromLink) ? details.fromLink : {};
  return noted.note === note && Math.abs(Date.now() - Number(noted.at)) < SAME_MS;
}

/** Which link it is, without what tells one click from another: those are nobody's to keep before they are allowed. */
function noteOf({ items, coupons }: Link): string {
  return [...items.map(({ sku, quantity }) => `${sku}:${quantity}`).sort(), ...coupons].reduce((hash, part) => hashOn(`${hash} ${part}`), "");
}

/** FNV-1a, twice 32 bits: two links of one cart must not be taken for one another, and nobody gains by making it so. */
function hashOn(text: string): string {
  let [a, b] = [0x811c9dc5, 0x01000193];
  for (let i = 0; i < text.length; i++) {
    a = Math.imul(a ^ text.charCodeAt(i), 0x01000193);
    b = Math.imul(b + text.charCodeAt(i), 0x5bd1e995) ^ (b >>> 15);
  }
  return (a >>> 0).toString(36) + (b >>> 0).toString(36);
}

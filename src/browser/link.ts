/** Links into a cart: `?products=SCHOEN-42:1,BOEK-1:2&coupon=WEB10`, as advertisements carry them. */
import type { AddOptions } from "../model/cart-commands.js";
import { isCount, isText, SKU_LENGTH } from "../model/limits.js";
import type { Client } from "./client.js";

/** The shop's word on a product that a link names: what to add, or undefined to leave it out. */
export type Resolve = (sku: string, quantity: number) => ({ readonly sku?: string; readonly quantity?: number } & AddOptions) | undefined;

/**
 * Adds what the page's address asks for, and takes it out of the address before returning, so that a reload or a
 * bookmark adds nothing again. Anything malformed is left out. Returns the ids of the lines it added.
 *
 * @example
 * addFromLink(shop, (sku) => (catalogue.has(sku) ? {} : undefined));
 */
export function addFromLink(client: Pick<Client, "cart">, resolve: Resolve = () => ({})): string[] {
  if (typeof location === "undefined") return [];
  const address = new URL(location.href);
  const products = address.searchParams.get("products");
  const coupon = address.searchParams.get("coupon");
  if (products === null && coupon === null) return [];
  const lines = (products ?? "").split(",").flatMap((item) => addOne(client, item, resolve));
  if (isText(coupon, 100)) client.cart.addCoupon(coupon);
  address.searchParams.delete("products");
  address.searchParams.delete("coupon");
  history.replaceState(history.state, "", address);
  return lines;
}

function addOne({ cart }: Pick<Client, "cart">, item: string, resolve: Resolve): string[] {
  const at = item.lastIndexOf(":");
  const [named, wanted] = at < 0 ? [item, 1] : [item.slice(0, at), Number(item.slice(at + 1))];
  if (!isText(named, SKU_LENGTH) || !isCount(wanted)) return [];
  const { sku = named, quantity = wanted, ...more } = resolve(named, wanted) ?? { quantity: 0 };
  return quantity > 0 ? [cart.add(sku, quantity, more)] : [];
}

/** What advertisements hang on an address to know a person again: never part of what we pass on. */
const TRACES = /^(utm_\w+|\w*clk?id|gclsrc|gbraid|wbraid|mc_[ce]id|igshid|li_fat_id)$/;

/** The address of a page without the traces and without its fragment. */
export function withoutTraces(href: string): string {
  const url = new URL(href);
  for (const name of [...url.searchParams.keys()]) if (TRACES.test(name)) url.searchParams.delete(name);
  url.hash = "";
  return url.href;
}

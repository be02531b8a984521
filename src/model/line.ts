/** Which product is meant: one sku with one set of options is one line, on every device the same. */
import { isRecord, isText, NAME_LENGTH, SKU_LENGTH } from "./limits.js";

/** Options that make a product another product: size, colour, engraving. */
export type Options = Readonly<Record<string, string>>;

export const LINE_LENGTH = 4 * SKU_LENGTH;
const options = /^([^=&]+)=([^=&]+)$/;

/**
 * The id of a line: `SCHOEN-42?kleur=rood&maat=42`. Options stand in the order of their names, so that two
 * devices that add the same product name the same line.
 */
export function lineId(sku: string, chosen: Options = {}): string {
  const pairs = Object.keys(chosen).sort().map((name) => `${encodeURIComponent(name)}=${encodeURIComponent(chosen[name] as string)}`);
  return encodeURIComponent(sku) + (pairs.length > 0 ? `?${pairs.join("&")}` : "");
}

/** The product behind a line's id, or undefined when it is no such id. */
export function productOf(line: string): { readonly sku: string; readonly options: Options } | undefined {
  try {
    const [sku = "", query, rest] = line.split("?");
    if (rest !== undefined || query === "") return undefined;
    const pairs = (query?.split("&") ?? []).map((pair) => {
      const [, name, value] = options.exec(pair) ?? [];
      return [decodeURIComponent(name as string), decodeURIComponent(value as string)];
    });
    return { sku: decodeURIComponent(sku), options: Object.fromEntries(pairs) as Options };
  } catch {
    return undefined; // a percent sign that encodes nothing: not an id of ours
  }
}

/** Is this the canonical id of a product within the limits? Anything else is passed over by the fold. */
export function isLine(value: unknown): value is string {
  if (!isText(value, LINE_LENGTH)) return false;
  const product = productOf(value);
  return product !== undefined && isText(product.sku, SKU_LENGTH) && areOptions(product.options)
    && lineId(product.sku, product.options) === value;
}

export function areOptions(value: unknown): value is Options {
  return isRecord(value) && Object.entries(value).every(([name, chosen]) => isText(name, NAME_LENGTH) && isText(chosen, SKU_LENGTH));
}

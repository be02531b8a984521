/** GS1 Digital Link: a web address that names a product, whoever's web server it leads to. Nothing is fetched. */
import type { Element } from "./element.js";
import { toGtin14 } from "./gtin.js";
import { type Unreadable, unreadable } from "./unreadable.js";

/** GS1 Digital Link URI Syntax 1.2, 4.3 to 4.6; the words instead of numbers are those of release 1.1 and before. */
const NUMBERS: Readonly<Record<string, string>> = { gtin: "01", cpv: "22", lot: "10", ser: "21", exp: "17" };
/** What narrows a product down stands in the path, in this order. */
const QUALIFIERS = ["22", "10", "21"];

const ADDRESS = /^https?:\/\/[^/?#\s]+([^?#]*)(?:\?([^#]*))?(?:#|$)/i;
/** The last segment that can be the key: in front of it a path of the shop's own may stand. */
const KEY = /^(.*)\/(?:01|gtin)\/(\d{8}|\d{12,14})(\/.*)?$/;

/** The elements of a link, or why it has none; undefined when the text is no web address. */
export function readLink(text: string): Element[] | Unreadable | undefined {
  const [, path, query = ""] = ADDRESS.exec(text) ?? [];
  if (path === undefined) return undefined;
  const [, , digits, rest = ""] = KEY.exec(path) ?? [];
  // A compressed link is one segment of base64url behind the host (release 1.2, the standard on compression).
  if (digits === undefined) return unreadable(/^\/[\w-]{10,}$/.test(path) ? "compressed" : "no-gtin");
  const gtin = toGtin14(digits);
  if (gtin === undefined) return unreadable("wrong-check-digit");
  const qualifiers = qualifiersOf(rest);
  if (!Array.isArray(qualifiers)) return qualifiers;
  const attributes = query.split(/[&;]/).map(halves).filter(isAttribute).map(([name, value]) => elementOf(name, value));
  return attributes.includes(undefined) ? unreadable("malformed") : [["01", gtin], ...qualifiers, ...(attributes as Element[])];
}

function qualifiersOf(path: string): Element[] | Unreadable {
  const segments = path.split("/").slice(1);
  // Half compressed: the GTIN is readable, what follows it is not.
  if (segments.length === 1 && /^[\w-]{4,}$/.test(segments[0] ?? "")) return unreadable("compressed");
  if (segments.length % 2 !== 0) return unreadable("malformed");
  const elements: Element[] = [];
  for (let i = 0; i < segments.length; i += 2) {
    const element = elementOf(segments[i] ?? "", segments[i + 1] ?? "");
    if (element === undefined || element[1] === "") return unreadable("malformed");
    elements.push(element);
  }
  const order = elements.map(([ai]) => QUALIFIERS.indexOf(ai));
  return order.every((place, i) => place > (order[i - 1] ?? -1)) ? elements : unreadable("malformed");
}

function halves(pair: string): [string, string] {
  const at = pair.indexOf("=");
  return at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
}

/** The rest of the query is between the address and whoever serves it. */
function isAttribute([name]: readonly [string, string]): boolean {
  return /^\d{2,4}$/.test(name) || Object.hasOwn(NUMBERS, name);
}

/** Undefined where the percent signs stand for nothing. */
function elementOf(name: string, value: string): Element | undefined {
  try {
    return [Object.hasOwn(NUMBERS, name) ? (NUMBERS[name] as string) : name, decodeURIComponent(value)];
  } catch {
    return undefined;
  }
}

/** Each kind of entry in a few words. */
import { productOf } from "/shop/products.js";

/** `SCHOEN-42?maat=42` as "Sneaker Amstel 42". */
function product(line) {
  const [sku, query = ""] = String(line).split("?");
  const name = productOf(decodeURIComponent(sku))?.name ?? decodeURIComponent(sku);
  return [name, ...new URLSearchParams(query).values()].join(" ");
}

const sum = (units) => units.reduce((total, [, n]) => total + n, 0);

const words = {
  "line-added": ({ line, n }) => `${product(line)} +${n}`,
  "line-set": ({ line, n }) => `${product(line)} = ${n}`,
  "line-decreased": ({ line, units }) => `${product(line)} −${sum(units)}`,
  "line-removed": ({ line }) => `${product(line)} removed`,
  "line-changed": ({ line, to }) => `${product(line)} became ${product(to)}`,
  "field-set": ({ line, name }) => `${product(line)}: ${name}`,
  "cart-cleared": () => "cart emptied",
  "cart-kept": () => "cart kept for longer",
  "coupon-added": ({ code }) => `coupon ${code} added`,
  "coupon-removed": ({ code }) => `coupon ${code} removed`,
  "coupon-judged": ({ code, valid }) => `coupon ${code} is ${valid ? "valid" : "not valid"}`,
  "visitor-adopted": () => "a guest’s cart joined this one",
  "customer-identified": () => "signed in: this log is a customer’s",
  "consent-decided": ({ purposes }) => `cookies: ${decision(Object.values(purposes))}`,
};

function decision(values) {
  if (values.every((isAllowed) => isAllowed)) return "accepted";
  return values.some((isAllowed) => isAllowed) ? "some accepted" : "refused";
}

/** @param {{ type: string, data: any }} entry */
export function describe({ type, data }) {
  return words[type]?.(data) ?? type.replaceAll("-", " ");
}

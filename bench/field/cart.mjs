/** The cart that every contender carries: so many lines, each with its product's number, title, price and quantity. */

/** As many as in README's figures: a large weekly shop. */
export const LINES = 50;

/** The same lines for everybody, `SKU-0` first. */
export function linesOf(count) {
  return Array.from({ length: count }, (_, i) => ({ sku: skuOf(i), title: `Stevige schoen nummer ${i}`, price: 4_999 + i, quantity: 1 }));
}

export function skuOf(i) {
  return `SKU-${i}`;
}

/** The cart as a shop shows it. */
import { type Cart, COUPONS, byTime, isUnit, type Line, quantityOf } from "./cart.js";
import { UNITS_PER_LINE } from "./limits.js";
import { type Options, productOf } from "./line.js";

/** Where some units of a line came from. */
export interface Added {
  readonly quantity: number;
  readonly channel: string;
  readonly device: string;
  /** ms since epoch. */
  readonly at: number;
}

/** One product with its options, as a shop shows it. */
export interface CartLine {
  /** The id to name the line by in every call. */
  readonly line: string;
  readonly sku: string;
  readonly options: Options;
  /** 1 to 9 999. */
  readonly quantity: number;
  /** What the shop gave along at the last `add`: title, picture, price to show. Prices that count come from the server. */
  readonly details: Readonly<Record<string, unknown>>;
  /** What the shopper wrote: a note, a gift text. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly added: readonly Added[];
}

/** A coupon in the cart. */
export interface CartCoupon {
  readonly code: string;
  /** Absent until the server has judged it. */
  readonly valid?: boolean;
}

/** The cart as a shop shows it; frozen. */
export interface CartView {
  readonly lines: readonly CartLine[];
  readonly coupons: readonly CartCoupon[];
  /** Units of all lines together. */
  readonly quantity: number;
  readonly kept: boolean;
}

/** The cart's lines in the order in which they came, its coupons, its total. */
export const viewCart = once((cart: Cart): CartView => {
  const lines = Object.freeze(cart.lines.map(viewLine).filter((line) => line.quantity > 0));
  const verdicts = Object.entries(valuesOf(cart.lines.find(({ id }) => id === COUPONS)?.marks));
  const coupons = verdicts.map(([code, valid]) => Object.freeze({ code, ...(typeof valid === "boolean" && { valid }) }));
  const quantity = lines.reduce((sum, line) => sum + line.quantity, 0);
  return Object.freeze({ lines, coupons: Object.freeze(coupons), quantity, kept: cart.kept });
});

const viewLine = once((line: Line): CartLine => {
  const { "": details = {}, ...fields } = valuesOf(line.marks);
  const product = productOf(line.id) ?? { sku: line.id, options: {} };
  return Object.freeze({
    line: line.id,
    sku: product.sku,
    options: Object.freeze(product.options),
    quantity: Math.min(UNITS_PER_LINE, quantityOf(line)),
    details: Object.freeze(details as Record<string, unknown>),
    fields: Object.freeze(fields),
    added: Object.freeze(line.marks.filter(isUnit).filter(({ n }) => n > 0).map(({ n, channel, device, at }) => ({ quantity: n, channel, device, at }))),
  });
});

/** A fold shares what it did not touch, so a view does too: showing a cart of 200 costs what changed. */
function once<Part extends object, View>(show: (part: Part) => View): (part: Part) => View {
  const shown = new WeakMap<Part, View>();
  return (part) => {
    const view = shown.get(part) ?? show(part);
    shown.set(part, view);
    return view;
  };
}

/** Of each field the latest value; the details of the product stand under the empty name. */
export function valuesOf(marks: Line["marks"] = []): Record<string, unknown> {
  return Object.fromEntries(byTime(marks).flatMap((mark) => (isUnit(mark) ? [] : [[mark.name, mark.value]])));
}

/** What a shopper can do with a cart, as events that say what they had in front of them. */
import { type Cart, COUPONS, isUnit, type Line, numberOf, quantityOf } from "./cart.js";
import { type CartLine, type CartView, valuesOf } from "./cart-view.js";
import { pendingIn } from "./event.js";
import { PEND_PER_EVENT, UNITS_PER_LINE } from "./limits.js";
import { lineId, type Options, productOf } from "./line.js";
import * as rule from "./rule.js";

/** An event before the device has stamped it. */
export interface Gesture {
  readonly type: string;
  readonly data: unknown;
  readonly pend?: readonly string[] | undefined;
  /** When it was done, if not just now. */
  readonly at?: number;
}

/** What a product is beyond its sku. */
export interface AddOptions {
  /** What makes it another product: `{ maat: "42" }`. At most 200 characters a value. */
  readonly options?: Options;
  /** What the shop wants back with the line, JSON, at most 2 KiB. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** `shop.cart`: every call is synchronous; `lines` shows its effect when it returns. */
export interface CartCommands {
  readonly lines: readonly CartLine[];
  /** Puts `quantity` (1 to 9 999) of a product in the cart and returns the line's id. */
  add(sku: string, quantity?: number, more?: AddOptions): string;
  /** The "+" of a stepper. */
  increase(line: string, n?: number): void;
  /** The "–" of a stepper; takes at most what is there. */
  decrease(line: string, n?: number): void;
  /** A number typed in, 0 to 9 999; 0 removes the line. */
  setQuantity(line: string, n: number): void;
  /** The same product in another size or colour. Returns the id of the line it is now. */
  setOptions(line: string, options: Options): string;
  /** A note of at most 2 KiB that goes with the line; any JSON value. */
  setField(line: string, name: string, value: unknown): void;
  remove(line: string): void;
  clear(): void;
  addCoupon(code: string): void;
  removeCoupon(code: string): void;
  /** The shopper asks to keep the cart: 90 days instead of 7 after the last edit. */
  keep(): void;
}

/** Binds the cart's commands to a device: `read` shows its cart, `record` takes what was done. */
export function cartCommands(read: () => Cart, view: () => CartView, record: (gesture: Gesture) => void): CartCommands {
  const marksOn = (id: string): Line["marks"] => read().lines.find((line) => line.id === id)?.marks ?? [];

  const seenOn = (where: string, id: string): Line["marks"] => {
    rule.check(where, id, rule.line);
    return marksOn(id);
  };

  /** The value that a new one is written over: two edits of one phone do not wait for its clock. */
  const valueOf = (id: string, name: string): Line["marks"] => marksOn(id).filter((mark) => mark.name === name);

  /** Names what is seen and not yet confirmed; more than one event holds is taken by events of its own before it. */
  const take = (type: string, data: { line?: string; [key: string]: unknown }, seen: Line["marks"]): void => {
    let pend = pendingIn(seen);
    for (; pend.length > PEND_PER_EVENT; pend = pend.slice(PEND_PER_EVENT)) {
      const some = pend.slice(0, PEND_PER_EVENT);
      const { line } = data;
      if (line === undefined) record({ type, data, pend: some });
      else if (type === "line-set") record({ type: "line-decreased", data: { line, units: some.map((id) => [id, UNITS_PER_LINE]) } });
      else record({ type: "line-removed", data: { line }, pend: some }); // would take the notes as well, which a number leaves
    }
    record(pend.length > 0 ? { type, data, pend } : { type, data });
  };

  return {
    get lines() {
      return view().lines;
    },
    add(sku, quantity = 1, { options = {}, details } = {}) {
      rule.check("cart.add(sku)", sku, rule.sku);
      rule.check("cart.add(sku, quantity)", quantity, rule.units);
      rule.check("cart.add(…, { options })", options, rule.options);
      const line = idOf("cart.add(sku, …, { options })", sku, options);
      const known = details && { details: copyOf("cart.add(…, { details })", details) };
      take("line-added", { line, n: quantity, ...known }, known ? valueOf(line, "") : []);
      return line;
    },
    increase(id, n = 1) {
      rule.check("cart.increase(line, n)", n, rule.units);
      seenOn("cart.increase(line)", id);
      record({ type: "line-added", data: { line: id, n } });
    },
    decrease(id, n = 1) {
      rule.check("cart.decrease(line, n)", n, rule.units);
      const units = unitsToTake(seenOn("cart.decrease(line)", id), n);
      for (let i = 0; i < units.length; i += PEND_PER_EVENT) {
        record({ type: "line-decreased", data: { line: id, units: units.slice(i, i + PEND_PER_EVENT) } });
      }
    },
    setQuantity(id, n) {
      rule.check("cart.setQuantity(line, n)", n, rule.quantity);
      const marks = seenOn("cart.setQuantity(line)", id);
      if (n > 0) take("line-set", { line: id, n }, marks.filter(isUnit));
      else if (marks.length > 0) take("line-removed", { line: id }, marks);
    },
    setOptions(id, options) {
      rule.check("cart.setOptions(line, options)", options, rule.options);
      const marks = seenOn("cart.setOptions(line)", id);
      const to = idOf("cart.setOptions(line, options)", productOf(id)?.sku ?? "", options);
      const n = Math.min(UNITS_PER_LINE, quantityOf({ marks }));
      const { "": details, ...fields } = valuesOf(marks);
      if (to !== id && n > 0) take("line-changed", { line: id, to, n, fields, details }, marks);
      return to;
    },
    setField(id, name, value) {
      rule.check("cart.setField(line, name)", name, rule.name);
      seenOn("cart.setField(line)", id);
      take("field-set", { line: id, name, value: copyOf("cart.setField(…, value)", value) }, valueOf(id, name));
    },
    remove(id) {
      const marks = seenOn("cart.remove(line)", id);
      if (marks.length > 0) take("line-removed", { line: id }, marks);
    },
    clear() {
      const { lines } = read();
      if (lines.length > 0) take("cart-cleared", {}, lines.flatMap(({ marks }) => marks));
    },
    addCoupon(code) {
      rule.check("cart.addCoupon(code)", code, rule.name);
      record({ type: "coupon-added", data: { code } });
    },
    removeCoupon(code) {
      if (view().coupons.some((coupon) => coupon.code === code)) take("coupon-removed", { code }, valueOf(COUPONS, code));
    },
    keep() {
      if (!read().kept) record({ type: "cart-kept", data: {} });
    },
  };
}

/** Which units a "–" takes: the additions first, the newest of them first, and of a typed number what is then missing. */
function unitsToTake(marks: Line["marks"], n: number): [string, number][] {
  const units = marks.filter(isUnit);
  const number = numberOf(units);
  const taken: [string, number][] = [];
  let left = n;
  for (const unit of [...units.filter(({ set }) => !set).reverse(), ...(number ? [number] : [])]) {
    const some = Math.min(left, unit.n);
    if (some > 0) taken.push([unit.id, some]);
    left -= some;
  }
  return taken;
}

function idOf(where: string, sku: string, options: Options): string {
  const line = lineId(sku, options);
  rule.check(where, line, rule.product);
  return line;
}

/** A copy that later changes by the shop do not reach. */
function copyOf(where: string, value: unknown): unknown {
  rule.check(where, value, rule.json);
  return JSON.parse(JSON.stringify(value));
}

/** What is in the cart: the fold of the cart's events. The rules are the table "Cart" of docs/semantics.md. */
import { type Entry, type Mark, markOf, saw } from "./event.js";
import { cartData, type CartEvent } from "./cart-events.js";
import { LATE_MS } from "./limits.js";

/** Some units of a product: from an addition, or the deliberate number that somebody typed. */
export interface Unit extends Mark {
  readonly name?: undefined;
  /** What is left of them, 0 or more. */
  readonly n: number;
  /** A deliberate number; of several that had not seen each other the latest counts. */
  readonly set?: boolean | undefined;
  readonly device: string;
  readonly channel: string;
}

/** One value of a field; the details of a product are the field whose name is empty. */
export interface Field extends Mark {
  readonly name: string;
  readonly value: unknown;
  readonly n?: undefined;
  readonly set?: undefined;
}

/**
 * What the log says of one product.
 *
 *     marks    a: +2   b: +1   c: =3   d: note      quantity = additions + the latest number
 *               ▲       ▲       ▲       ▲           an event takes away only the marks it had seen
 *               └───────┴───────┴───────┘
 */
export interface Line {
  readonly id: string;
  readonly marks: readonly (Unit | Field)[];
}

/** What was taken away before the event that brings it has arrived. */
export interface Gone {
  /** The event's id; for one field of it alone, followed by `/` and the field's name. */
  readonly id: string;
  /** How many of its units are taken; UNITS for all of them, ALL for its fields as well. */
  readonly n: number;
  readonly at: number;
}

/** Units that an order has taken along. */
export interface Ordered extends Mark {
  readonly line: string;
  readonly n: number;
}

export interface Linked {
  readonly log: string;
  readonly seq: number;
  /** The log was linked without its cart. */
  readonly isIgnored: boolean;
}

/** The state of a cart: what the fold of its events comes to. Plain JSON. */
export interface Cart {
  /** In the order in which they last came to be. */
  readonly lines: readonly Line[];
  readonly gone: readonly Gone[];
  readonly ordered: readonly Ordered[];
  /** Visitors' logs that were linked. */
  readonly linked: readonly Linked[];
  /** The shopper asked to keep the cart for longer than a visit. */
  readonly kept: boolean;
}

/** Where every fold begins. */
export const emptyCart: Cart = { lines: [], gone: [], ordered: [], linked: [], kept: false };

/** The line of no product: each coupon is a field of it, with the server's verdict, once there is one, as the value. */
export const COUPONS = "";

const ALL = Number.MAX_SAFE_INTEGER;
const UNITS = 2 ** 32;

/** What an event does to a line: it takes away so much of each mark, and puts down marks of its own. */
interface Effect {
  readonly line: string;
  readonly takes?: (mark: Unit | Field) => number;
  readonly puts?: readonly (Unit | Field)[];
}

/** The cart after one more entry. Total: an entry that means nothing here changes nothing. */
export function applyCart(cart: Cart, entry: Entry): Cart {
  const event = cartData(entry);
  if (event === undefined || entry.from?.some(({ log }) => linksOf(cart, log).at(-1)?.isIgnored)) return cart;
  const before = noteAbsent(beside(cart, entry, event), entry, event);
  return effectsOf(before, entry, event).reduce((all, effect) => onLine(all, entry, effect), before);
}

/** How many of a product are in the cart: additions and the latest number together. */
export function quantityOf({ marks }: Pick<Line, "marks">): number {
  return marks.reduce((sum, { n = 0, set }) => sum + (set ? 0 : n), numberOf(marks)?.n ?? 0);
}

/** Of the deliberate numbers the one that counts. */
export function numberOf(marks: Line["marks"]): Unit | undefined {
  const numbers = marks.filter((mark): mark is Unit => isUnit(mark) && mark.set === true);
  return numbers.length > 1 ? byTime(numbers).at(-1) : numbers[0];
}

export function isUnit(mark: Unit | Field): mark is Unit {
  return mark.name === undefined;
}

/** The latest last, by corrected time; at the same millisecond the id decides, so that every device decides alike. */
export function byTime<T extends Mark>(marks: readonly T[]): T[] {
  return [...marks].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
}

/** What an event says beside the lines. */
function beside(cart: Cart, entry: Entry, { type, data }: CartEvent): Cart {
  switch (type) {
    case "cart-kept": return cart.kept ? cart : { ...cart, kept: true };
    case "order-placed": {
      const lasting = cart.ordered.filter(({ at }) => at > entry.at - LATE_MS);
      return { ...cart, ordered: [...lasting, ...data.lines.map(({ line, n }) => ({ ...markOf(entry), line, n }))] };
    }
    case "visitor-adopted": return { ...cart, linked: [...cart.linked, { log: data.log, seq: entry.seq, isIgnored: data.merge === "keep-customer" }] };
    case "visitor-released": return data.cart;
    case "coupon-judged": {
      const judged = (mark: Unit | Field): Unit | Field => (mark.name === data.code ? { ...mark, value: data.valid } : mark);
      return { ...cart, lines: cart.lines.map((line) => (line.id === COUPONS ? { ...line, marks: line.marks.map(judged) } : line)) };
    }
    default: return cart;
  }
}

/** What an event says of each line. */
function effectsOf(cart: Cart, entry: Entry, { type, data }: CartEvent): readonly Effect[] {
  const { id, seq, from, at, device, channel } = entry;
  const units = (n: number, set?: true): Unit => ({ id, seq, from, at, n, set, device, channel });
  const fields = (values: object = {}): Field[] => Object.entries(values).map(([name, value]) => ({ id, seq, from, at, name, value }));
  const details = (value: unknown): object => (value === undefined ? {} : { "": value });
  const takes = (seen: Mark): number => (saw(entry, seen) ? ALL : 0);
  const cleared = (): Effect[] => cart.lines.map(({ id }) => ({ line: id, takes }));
  switch (type) {
    case "line-added": return [{ line: data.line, puts: [...fields(details(data.details)), units(data.n)] }];
    case "line-set": return [{ line: data.line, puts: [units(Math.max(0, data.n - orderedUnseen(cart, entry, data.line)), true)] }];
    case "line-decreased": return [{ line: data.line, takes: ({ id }) => data.units.reduce((sum, [unit, n]) => (unit === id ? sum + n : sum), 0) }];
    case "line-removed": return [{ line: data.line, takes }];
    case "line-changed": return [{ line: data.line, takes }, { line: data.to, puts: [...fields({ ...data.fields, ...details(data.details) }), units(data.n)] }];
    case "field-set": return [{ line: data.line, puts: fields({ [data.name]: data.value }) }];
    case "cart-cleared": return cleared();
    case "coupon-added": return [{ line: COUPONS, puts: fields({ [data.code]: undefined }) }];
    case "coupon-removed": return [{ line: COUPONS, takes: (field) => (field.name === data.code ? takes(field) : 0) }];
    case "order-placed": return data.lines.map(({ line, n }) => ({ line, takes: (unit) => takes(unit) || (unit.set && !isApart(cart, entry, unit) ? n : 0) }));
    case "visitor-adopted": return data.merge === "keep-visitor" ? cleared() : [];
    default: return [];
  }
}

/** Rewrites one line. A value takes the place of those it had seen, an addition joins them; a line without marks is dropped. */
function onLine(cart: Cart, entry: Entry, { line: id, takes = () => 0, puts = [] }: Effect): Cart {
  const at = cart.lines.findIndex((line) => line.id === id);
  const before = cart.lines[at] ?? { id, marks: [] };
  const isReplaced = (mark: Unit | Field): boolean => puts.some(({ name, set }) => (set || name !== undefined) && name === mark.name) && saw(entry, mark);
  const stay = before.marks.flatMap((mark) => leftOf(mark, isReplaced(mark) ? ALL : takes(mark)));
  const marks = [...stay, ...puts.flatMap((mark) => leftOf(mark, takenAhead(cart, mark)))];
  if (marks.length === 0 && at < 0) return cart;
  const after = { id, marks };
  const isBack = quantityOf(before) === 0 && quantityOf(after) > 0;
  // What was emptied unit by unit keeps its fields for whoever has not seen it, until nobody can come who has not.
  const isLasting = (line: Line): boolean => at >= 0 || line.id === COUPONS || quantityOf(line) > 0 || line.marks.some((mark) => mark.at > entry.at - LATE_MS);
  const lines = cart.lines.filter((line) => line.id !== id && isLasting(line));
  if (marks.length > 0) lines.splice(at < 0 || isBack ? lines.length : at, 0, after);
  return { ...cart, lines };
}

/** A number of which all units were taken one by one stays: it is 0 then, and still deliberate. */
function leftOf(mark: Unit | Field, taken: number): (Unit | Field)[] {
  if (taken === 0) return [mark];
  if (!isUnit(mark)) return taken < ALL ? [mark] : [];
  if (taken >= UNITS) return [];
  const n = Math.max(0, mark.n - taken);
  return n > 0 || mark.set ? [{ ...mark, n }] : [];
}

/** Units that were ordered without their shopper knowing the number that is set now, nor its setter the order. */
function orderedUnseen(cart: Cart, entry: Entry, line: string): number {
  return cart.ordered.reduce((sum, order) => (order.line !== line || saw(entry, order) || isApart(cart, order, entry) ? sum : sum + order.n), 0);
}

/** What was ordered in another log, or before the number's log was linked, is no part of what its setter had in mind. */
function isApart(cart: Cart, order: Pick<Mark, "seq" | "from">, number: Pick<Mark, "from">): boolean {
  const [written, ordered] = [number.from?.[0]?.log, order.from?.[0]?.log];
  return written !== ordered && (ordered !== undefined || order.seq < (linksOf(cart, written)[0]?.seq ?? 0));
}

/** Remembers what an event takes away that has not arrived: it must not appear when it does. */
function noteAbsent(cart: Cart, entry: Entry, event: CartEvent): Cart {
  const isHere = (id: string): boolean => cart.lines.some(({ marks }) => marks.some((mark) => mark.id === id));
  const absent = namedBy(entry, event).filter(([id]) => !isHere(id));
  if (absent.length === 0) return cart;
  const all = new Map(cart.gone.map((gone) => [gone.id, gone]));
  for (const [id, n, field = ""] of absent) {
    const noted = { id: id + field, n: Math.min(ALL, (all.get(id + field)?.n ?? 0) + n), at: entry.at };
    all.delete(noted.id); // the latest last
    all.set(noted.id, noted);
  }
  return { ...cart, gone: [...all.values()].filter(({ at }) => at > entry.at - LATE_MS) };
}

/** What an event takes by name: a number units, an addition and a field one field, a decrease so many, the others all. */
function namedBy({ pend = [] }: Entry, { type, data }: CartEvent): readonly (readonly [id: string, n: number, field?: string])[] {
  if (type === "line-decreased") return data.units;
  const field = type === "field-set" ? `/${data.name}` : type === "line-added" ? "/" : "";
  return pend.map((id) => [id, type === "line-set" ? UNITS : ALL, field]);
}

function takenAhead(cart: Cart, { id, name }: Unit | Field): number {
  return Math.max(goneOf(cart, id), name === undefined ? 0 : goneOf(cart, `${id}/${name}`));
}

function goneOf(cart: Cart, id: string): number {
  return cart.gone.find((gone) => gone.id === id)?.n ?? 0;
}

/** More than one where screens shared a log and more than one of them has signed in: the latest rules what comes after it. */
function linksOf(cart: Cart, log: string | undefined): readonly Linked[] {
  return cart.linked.filter((link) => link.log === log);
}

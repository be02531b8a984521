/** What is in the cart: the fold of the cart's events. The rules are the table "Cart" of docs/semantics.md. */
import { type Entry, type Mark, markOf, saw } from "./event.js";
import { type CartData, cartData, type CartEvent } from "./cart-events.js";
import { LATE_MS } from "./limits.js";

/** Some units of a product: from an addition, or the deliberate number that somebody typed. */
export interface Unit extends Mark {
  /** What is left of them, 0 or more. */
  readonly n: number;
  /** A deliberate number; of several that had not seen each other the latest counts. */
  readonly set?: true;
  readonly at: number;
  readonly device: string;
  readonly channel: string;
}

/** One value of a field; the details of a product are the field without a name. */
export interface Field extends Mark {
  readonly name: string;
  readonly value: unknown;
  readonly at: number;
}

/** Units of this line that an order has taken along. */
export interface Ordered extends Mark {
  readonly n: number;
  readonly at: number;
}

/**
 * What the log says of one product.
 *
 *     units    a: +2   b: +1   c: =3      quantity = additions + the latest number
 *               ▲       ▲       ▲         an event takes away only the units it had seen
 *               └───────┴───────┘
 */
export interface Line {
  readonly id: string;
  readonly units: readonly Unit[];
  readonly fields: readonly Field[];
  readonly ordered: readonly Ordered[];
}

/** What was taken away before the event that brings it has arrived. */
export interface Gone {
  /** The event's id; for one field of it alone, followed by `/` and the field's name. */
  readonly id: string;
  /** How many of its units are taken; UNITS for all of them, ALL for its fields as well. */
  readonly n: number;
  readonly at: number;
}

export interface Coupon extends Mark {
  readonly code: string;
  /** The server's verdict, once it has one. */
  readonly valid?: boolean;
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
  readonly coupons: readonly Coupon[];
  readonly gone: readonly Gone[];
  /** Visitors' logs that were linked. */
  readonly linked: readonly Linked[];
  /** The shopper asked to keep the cart for longer than a visit. */
  readonly kept: boolean;
}

/** Where every fold begins. */
export const emptyCart: Cart = { lines: [], coupons: [], gone: [], linked: [], kept: false };

const ALL = Number.MAX_SAFE_INTEGER;
const UNITS = 2 ** 32;

/** The cart after one more entry. Total: an entry that means nothing here changes nothing. */
export function applyCart(cart: Cart, entry: Entry): Cart {
  const event = cartData(entry);
  if (event === undefined || entry.from?.some(({ log }) => linkOf(cart, log)?.isIgnored)) return cart;
  const noted = noteAbsent(cart, entry, event);
  switch (event.type) {
    case "line-added": return onLine(noted, entry, event.data.line, (line, gone) => added(noted, line, entry, event.data.n, event.data.details, gone));
    case "line-set": return onLine(noted, entry, event.data.line, (line, gone) => numbered(noted, line, entry, event.data.n, gone));
    case "line-decreased": return decreased(noted, entry, event.data);
    case "line-removed": return onLine(noted, entry, event.data.line, (line) => emptied(line, entry));
    case "line-changed": return changed(noted, entry, event.data);
    case "field-set": return onLine(noted, entry, event.data.line, (line) => edited(noted, line, entry, event.data.name, event.data.value));
    case "cart-cleared": return cleared(noted, entry);
    case "cart-kept": return cart.kept ? cart : { ...cart, kept: true };
    case "coupon-added": return couponAdded(noted, entry, event.data.code);
    case "coupon-removed": return { ...noted, coupons: noted.coupons.filter((c) => c.code !== event.data.code || !saw(entry, c)) };
    case "coupon-judged": return { ...cart, coupons: cart.coupons.map((c) => (c.code === event.data.code ? { ...c, valid: event.data.valid } : c)) };
    case "order-placed": return event.data.lines.reduce((all, { line, n }) => onLine(all, entry, line, (l) => placed(all, l, entry, n)), noted);
    case "visitor-adopted": return adopted(cart, entry, event.data);
  }
}

/** How many of a product are in the cart: additions and the latest number together. */
export function quantityOf(line: Line): number {
  const latest = line.units.reduce<Unit | undefined>((best, u) => (u.set && (best === undefined || isLater(u, best)) ? u : best), undefined);
  return line.units.reduce((sum, u) => sum + (u.set ? 0 : u.n), latest?.n ?? 0);
}

/** Later by corrected time; at the same millisecond the id decides, so that every device decides alike. */
export function isLater(a: { at: number; id: string }, b: { at: number; id: string }): boolean {
  return a.at > b.at || (a.at === b.at && a.id > b.id);
}

function added(cart: Cart, line: Line, entry: Entry, n: number, details: unknown, gone: number): Line {
  const left = n - gone;
  const detailed = details === undefined ? line : edited(cart, line, entry, "", details);
  return left > 0 ? { ...detailed, units: [...line.units, unit(entry, left)] } : detailed;
}

function numbered(cart: Cart, line: Line, entry: Entry, n: number, gone: number): Line {
  const units = line.units.filter((u) => !saw(entry, u));
  if (gone >= UNITS) return { ...line, units };
  const missed = line.ordered.reduce((sum, o) => sum + (saw(entry, o) || isApart(cart, o, entry) ? 0 : o.n), 0);
  return { ...line, units: [...units, { ...unit(entry, Math.max(0, n - gone - missed)), set: true }] };
}

function edited(cart: Cart, line: Line, entry: Entry, name: string, value: unknown): Line {
  const fields = line.fields.filter((f) => f.name !== name || !saw(entry, f));
  if (goneOf(cart, entry.id) === ALL || goneOf(cart, `${entry.id}/${name}`) > 0) return { ...line, fields };
  return { ...line, fields: [...fields, { ...markOf(entry), name, value, at: entry.at }] };
}

function emptied(line: Line, entry: Entry): Line {
  return { ...line, units: line.units.filter((u) => !saw(entry, u)), fields: line.fields.filter((f) => !saw(entry, f)) };
}

/** An order takes what its shopper had seen; a number nobody had seen by then is less by what was ordered. */
function placed(cart: Cart, line: Line, entry: Entry, n: number): Line {
  const { units, fields } = emptied(line, entry);
  const ordered = [...line.ordered.filter((o) => o.at > entry.at - LATE_MS), { ...markOf(entry), n, at: entry.at }];
  return { ...line, fields, ordered, units: units.map((u) => (u.set && !isApart(cart, entry, u) ? { ...u, n: Math.max(0, u.n - n) } : u)) };
}

/** What was ordered in another log, or before the number's log was linked, is no part of what its setter had in mind. */
function isApart(cart: Cart, order: Mark, number: Pick<Mark, "from">): boolean {
  const [written, ordered] = [number.from?.[0]?.log, order.from?.[0]?.log];
  return written !== ordered && (ordered !== undefined || order.seq < (linkOf(cart, written)?.seq ?? 0));
}

function decreased(cart: Cart, entry: Entry, data: CartData["line-decreased"]): Cart {
  const present = new Set(cart.lines.find((l) => l.id === data.line)?.units.map((u) => u.id));
  const absent = data.units.filter(([id]) => !present.has(id));
  const noted = absent.reduce((all, [id, n]) => withGone(all, entry, id, n), cart);
  return onLine(noted, entry, data.line, (line) => ({
    ...line,
    units: data.units.reduce(take, line.units).filter((u) => u.set || u.n > 0),
  }));
}

function take(units: readonly Unit[], [id, n]: readonly [string, number]): readonly Unit[] {
  return units.map((u) => (u.id === id ? { ...u, n: Math.max(0, u.n - n) } : u));
}

function changed(cart: Cart, entry: Entry, data: CartData["line-changed"]): Cart {
  const left = onLine(cart, entry, data.line, (line) => emptied(line, entry));
  return onLine(left, entry, data.to, (line, gone) => {
    const moved = Object.entries(data.fields ?? {}).reduce((l, [name, value]) => edited(cart, l, entry, name, value), line);
    return added(cart, moved, entry, data.n, data.details, gone);
  });
}

function cleared(cart: Cart, entry: Entry): Cart {
  const left: Cart = { ...cart, coupons: cart.coupons.filter((c) => !saw(entry, c)) };
  return cart.lines.reduce((all, { id }) => onLine(all, entry, id, (line) => emptied(line, entry)), left);
}

function couponAdded(cart: Cart, entry: Entry, code: string): Cart {
  const coupons = cart.coupons.filter((c) => c.code !== code || !saw(entry, c));
  if (goneOf(cart, entry.id) === ALL) return { ...cart, coupons };
  return { ...cart, coupons: [...coupons, { ...markOf(entry), code }] };
}

function adopted(cart: Cart, entry: Entry, data: CartData["visitor-adopted"]): Cart {
  const link = { log: data.log, seq: entry.seq, isIgnored: data.merge === "keep-customer" };
  const linked = { ...cart, linked: [...cart.linked, link] };
  return data.merge === "keep-visitor" ? cleared(linked, entry) : linked;
}

function unit(entry: Entry, n: number): Unit {
  return { ...markOf(entry), n, at: entry.at, device: entry.device, channel: entry.channel };
}

/** Rewrites one line. A line of which nothing is left to know is dropped. */
function onLine(cart: Cart, entry: Entry, id: string, change: (line: Line, gone: number) => Line): Cart {
  const at = cart.lines.findIndex((l) => l.id === id);
  const before = cart.lines[at] ?? { id, units: [], fields: [], ordered: [] };
  const after = change(before, goneOf(cart, entry.id));
  const isBack = quantityOf(before) === 0 && quantityOf(after) > 0;
  const isBlank = after.units.length + after.fields.length + after.ordered.length === 0;
  if (isBlank && at < 0) return cart;
  const rest = cart.lines.filter((l) => l.id !== id);
  if (!isBlank) rest.splice(at < 0 || isBack ? rest.length : at, 0, after);
  return { ...cart, lines: rest };
}

/** Remembers what an event takes away that has not arrived: it must not appear when it does. */
function noteAbsent(cart: Cart, entry: Entry, { type, data }: CartEvent): Cart {
  const n = takes[type];
  if (entry.pend === undefined || n === undefined) return cart;
  const field = type === "field-set" ? `/${data.name}` : type === "line-added" ? "/" : "";
  const here = new Set<string>(cart.coupons.map((c) => c.id));
  for (const line of cart.lines) for (const mark of [...line.units, ...line.fields]) here.add(mark.id);
  return entry.pend.filter((id) => !here.has(id)).reduce((all, id) => withGone(all, entry, id + field, n), cart);
}

/** What an event takes of those it names: a number their units, an addition and a field one field, the others all. */
const takes: { readonly [type: string]: number | undefined } = {
  "line-added": ALL, "line-set": UNITS, "line-removed": ALL, "line-changed": ALL, "field-set": ALL, "cart-cleared": ALL, "coupon-removed": ALL,
};

function withGone(cart: Cart, entry: Entry, id: string, n: number): Cart {
  const sum = Math.min(ALL, goneOf(cart, id) + n);
  const others = cart.gone.filter((g) => g.id !== id && g.at > entry.at - LATE_MS);
  return { ...cart, gone: [...others, { id, n: sum, at: entry.at }] };
}

function linkOf(cart: Cart, log: string | undefined): Linked | undefined {
  return cart.linked.find((link) => link.log === log);
}

function goneOf(cart: Cart, id: string): number {
  return cart.gone.find((g) => g.id === id)?.n ?? 0;
}

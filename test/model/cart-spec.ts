/** The cart's rules as one statement about all events at once, written from the design and not from the fold. */
import { type Deed, hadSeen } from "./deed.js";

export interface SpecifiedLine {
  readonly line: string;
  readonly quantity: number;
  readonly details: unknown;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface SpecifiedCart {
  /** In the order of their ids: the order of showing is another matter. */
  readonly lines: readonly SpecifiedLine[];
  readonly coupons: readonly string[];
  readonly kept: boolean;
}

interface Writing {
  readonly deed: Deed;
  readonly value: unknown;
}

const UNITS_SHOWN = 9_999;

/** What the shopper must see after these deeds, in whatever order they are listed. */
export function specifiedCart(all: readonly Deed[]): SpecifiedCart {
  const deeds = withoutIgnoredLogs(withoutReleasedLogs(all));
  const ids = [...new Set(deeds.flatMap((d) => [d.data.line, d.data.to]).filter((id) => id !== undefined))].sort();
  const lines = ids.map((line) => specifiedLine(deeds, line)).filter(({ quantity }) => quantity > 0);
  const codes = deeds.filter((d) => d.type === "coupon-added" && !deeds.some((t) => takesCoupon(t, d.data.code) && hadSeen(t, d)));
  const coupons = [...new Set(codes.map((d) => d.data.code as string))].sort();
  return { lines, coupons, kept: deeds.some((d) => d.type === "cart-kept") };
}

function specifiedLine(deeds: readonly Deed[], line: string): SpecifiedLine {
  const { "": details = {}, ...fields } = specifiedFields(deeds, line);
  return { line, quantity: Math.min(UNITS_SHOWN, specifiedQuantity(deeds, line)), details, fields };
}

/** Additions nobody took away, and the latest number nobody took away. */
function specifiedQuantity(deeds: readonly Deed[], line: string): number {
  const takers = deeds.filter((d) => takesUnits(d, line));
  const lives = (deed: Deed): boolean => !takers.some((t) => t !== deed && hadSeen(t, deed));
  const additions = deeds.filter((d) => addsTo(d, line) && lives(d));
  const numbers = deeds.filter((d) => d.type === "line-set" && d.data.line === line && lives(d));
  const latest = numbers.find((n) => numbers.every((m) => m === n || m.at < n.at || (m.at === n.at && m.id < n.id)));
  const sum = additions.reduce((total, d) => total + Math.max(0, d.data.n - decreases(deeds, line, d)), 0);
  return latest === undefined ? sum : sum + Math.max(0, latest.data.n - decreases(deeds, line, latest) - orders(deeds, line, latest));
}

/** How many of its units the decreases have named. */
function decreases(deeds: readonly Deed[], line: string, deed: Deed): number {
  const named = deeds.filter((d) => d.type === "line-decreased" && d.data.line === line).flatMap((d) => d.data.units);
  return named.filter(([id]) => id === deed.id).reduce((sum, [, n]) => sum + n, 0);
}

/**
 * How much of a number was ordered by somebody who did not know it, and whom its setter did not know. Only orders from
 * the log the number speaks of, or from one it had been linked to by then: what was ordered elsewhere is another matter.
 */
function orders(deeds: readonly Deed[], line: string, number: Deed): number {
  const link = deeds.find((d) => d.type === "visitor-adopted" && d.data.log === number.writtenIn);
  const isRelated = (o: Deed): boolean => o.writtenIn === number.writtenIn || (link !== undefined && hadSeen(o, link));
  const unseen = deeds.filter((o) => o.type === "order-placed" && isRelated(o) && !hadSeen(o, number) && !hadSeen(number, o));
  return unseen.reduce((sum, order) => sum + (orderedOf(order, line) ?? 0), 0);
}

/** Of each field the latest value that no removal and no later edit had in front of it. */
function specifiedFields(deeds: readonly Deed[], line: string): Record<string, unknown> {
  const wipers = deeds.filter((d) => d.type !== "line-set" && takesUnits(d, line));
  const names = new Set(deeds.flatMap((d) => Object.keys(writings(d, line))));
  const shown: [string, unknown][] = [];
  for (const name of names) {
    const all: Writing[] = deeds.filter((d) => Object.hasOwn(writings(d, line), name)).map((deed) => ({ deed, value: writings(deed, line)[name] }));
    const living = all.filter(({ deed }) => ![...wipers, ...all.map((w) => w.deed)].some((t) => t !== deed && hadSeen(t, deed)));
    living.sort((a, b) => a.deed.at - b.deed.at || (a.deed.id < b.deed.id ? -1 : 1));
    if (living.length > 0) shown.push([name, living.at(-1)?.value]);
  }
  return Object.fromEntries(shown);
}

function writings({ type, data }: Deed, line: string): Record<string, unknown> {
  if (type === "field-set" && data.line === line) return { [data.name]: data.value };
  const details = data.details === undefined ? {} : { "": data.details };
  if (type === "line-added" && data.line === line) return details;
  return type === "line-changed" && data.to === line ? { ...data.fields, ...details } : {};
}

function addsTo({ type, data }: Deed, line: string): boolean {
  return (type === "line-added" && data.line === line) || (type === "line-changed" && data.to === line);
}

function takesUnits(deed: Deed, line: string): boolean {
  const { type, data } = deed;
  if (type === "cart-cleared" || startsOver(deed)) return true;
  if (type === "order-placed") return orderedOf(deed, line) !== undefined;
  return data.line === line && ["line-removed", "line-set", "line-changed"].includes(type);
}

function takesCoupon(deed: Deed, code: string): boolean {
  return deed.type === "cart-cleared" || startsOver(deed) || (deed.type === "coupon-removed" && deed.data.code === code);
}

function orderedOf({ data }: Deed, line: string): number | undefined {
  return (data.lines as { line: string; n: number }[]).find((l) => l.line === line)?.n;
}

function startsOver({ type, data }: Deed): boolean {
  return type === "visitor-adopted" && data.merge === "keep-visitor";
}

/** Where screens shared a log, more than one may bring it along: then that sign-in decides by which a deed came in. */
/** Once a link is taken back, nothing that came by it has ever been here. */
function withoutReleasedLogs(deeds: readonly Deed[]): readonly Deed[] {
  const releases = deeds.filter((d) => d.type === "visitor-released");
  const isReleased = (deed: Deed, log: string): boolean => releases.some((release) => release.data.log === log && comesAfter(release, deed));
  return deeds.filter((deed) => !(deed.type === "visitor-adopted" && isReleased(deed, deed.data.log)) && !deed.through.some((log) => isReleased(deed, log)));
}

function withoutIgnoredLogs(deeds: readonly Deed[]): readonly Deed[] {
  const links = deeds.filter((d) => d.type === "visitor-adopted");
  const broughtBy = (deed: Deed, log: string): Deed | undefined => links.filter((link) => link.data.log === log && !comesAfter(link, deed)).at(-1);
  return deeds.filter((deed) => !deed.through.some((log) => broughtBy(deed, log)?.data.merge === "keep-customer"));
}

function comesAfter(one: Deed, other: Deed): boolean {
  return [...other.numbers].some(([log, number]) => (one.numbers.get(log) ?? 0) > number);
}

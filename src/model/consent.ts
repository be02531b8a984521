/** Which purposes are allowed: the fold of decisions. Granted iff some grant had seen every refusal of the purpose. */
import { type Entry, type Mark, markOf, pendingIn, saw } from "./event.js";
import { isRecord, isText, NAME_LENGTH } from "./limits.js";

/** Whose choice: of this device while nobody is signed in, or of the account on all its devices. */
export type Scope = "device" | "account";

/** What a decision holds for; `here`: for this device of a customer, beside the account's. */
export type Reach = Scope | "here";

/** What somebody had in front of them when they decided: what makes a decision provable. */
export interface Shown {
  /** SHA-256 of the words, base64url. */
  readonly text?: string | undefined;
  /** Their language, as in `lang`. */
  readonly lang?: string | undefined;
  /** Where they stood: `banner`, `preferences`, `notice`, or the name of the consent platform that asked. */
  readonly layer?: string | undefined;
  /** Global Privacy Control was on, and the question said so. */
  readonly isSignalled?: boolean | undefined;
}

/** What a decision carries. */
export interface ConsentDecided extends Shown {
  readonly scope: Reach;
  /** The reach that the text shown named; only a choice asked for all devices may become the account's. */
  readonly asked: Scope;
  readonly policy: string;
  readonly purposes: Readonly<Record<string, boolean>>;
}

/** What becomes of a visitor's choice when the account has another: CNIL 2025-131, both modalities. */
export type ConsentRule = "newest" | "account" | "none";

export interface Grant extends Mark {
  readonly policy: string;
  readonly base: number;
  readonly pend?: readonly string[] | undefined;
  /** Given in spite of Global Privacy Control. */
  readonly isSignalled?: true;
}

export interface Purpose {
  readonly name: string;
  readonly refusals: readonly Mark[];
  /** Refusals up to this seq were folded away; a grant must have seen that far. */
  readonly floor: number;
  /** Grants that have seen every refusal so far. */
  readonly grants: readonly Grant[];
}

/** The decisions of one device, or of the account. */
export interface Decisions {
  /** A device's id, `account`, or a customer's device as `hereOf` calls it. */
  readonly scope: string;
  readonly purposes: readonly Purpose[];
  readonly latestAt: number;
  /** The visitor's log that the latest choice was adopted from; absent once somebody decided here. */
  readonly from?: string | undefined;
}

/** The state of all choices in a log. Plain JSON. */
export interface Consent {
  readonly scopes: readonly Decisions[];
  readonly rules: readonly { readonly log: string; readonly rule: ConsentRule }[];
}

export const ACCOUNT = "account";
const REFUSALS_KEPT = 32;
const GRANTS_KEPT = 8;
const WORD_LENGTH = 35; // of a language tag, and long enough for a layer

/** Nobody has decided anything. */
export const emptyConsent: Consent = { scopes: [], rules: [] };

/** The choices after one more entry. */
export function applyConsent(consent: Consent, entry: Entry): Consent {
  if (entry.type === "visitor-adopted") return linked(consent, entry.data);
  if (entry.type === "visitor-released") return released(consent, entry.data);
  if (entry.type !== "consent-decided" || !isDecision(entry.data)) return consent;
  return entry.from === undefined
    ? decided(consent, entry, entry.data, scopeOf(entry.data.scope, entry.device), undefined)
    : adopted(consent, entry, entry.data, entry.from.map(({ log }) => log));
}

export function isDecision(data: unknown): data is ConsentDecided {
  return isRecord(data) && (isScope(data.scope) || data.scope === "here") && isScope(data.asked) && isText(data.policy, NAME_LENGTH) && isRecord(data.purposes)
    && Object.entries(data.purposes).every(([name, value]) => isText(name, NAME_LENGTH) && typeof value === "boolean") && isShown(data);
}

function isShown({ text, lang, layer, isSignalled }: Readonly<Record<string, unknown>>): boolean {
  return (text === undefined || (typeof text === "string" && /^[\w-]{43}$/.test(text)))
    && [lang, layer].every((word) => word === undefined || isText(word, WORD_LENGTH))
    && (isSignalled === undefined || typeof isSignalled === "boolean");
}

/** Ids of this scope's decisions that are not confirmed yet: what a new decision has seen by name. */
export function pendingDecisions(consent: Consent, scope: string): string[] {
  return pendingIn(decisionsOf(consent, scope)?.purposes.flatMap((p) => [...p.refusals, ...p.grants]) ?? []);
}

export function decisionsOf(consent: Consent, scope: string): Decisions | undefined {
  return consent.scopes.find((s) => s.scope === scope);
}

const HERE = "here:";

/** What a customer's device is called beside their account. */
export function hereOf(device: string): string {
  return HERE + device;
}

/** The one device that a scope is about; undefined for the account's. */
export function deviceIn(scope: string): string | undefined {
  return scope === ACCOUNT ? undefined : scope.startsWith(HERE) ? scope.slice(HERE.length) : scope;
}

function scopeOf(reach: Reach, device: string): string {
  return reach === "account" ? ACCOUNT : reach === "here" ? hereOf(device) : device;
}

function isScope(value: unknown): value is Scope {
  return value === "device" || value === "account";
}

function linked(consent: Consent, data: unknown): Consent {
  if (!isRecord(data) || typeof data.log !== "string") return consent;
  const rule: ConsentRule = data.consent === "newest" || data.consent === "account" ? data.consent : "none";
  return { ...consent, rules: [...consent.rules, { log: data.log, rule }] };
}

/** The visitor's permissions were never the account's; their refusals stay until the customer allows again. */
function released(consent: Consent, data: unknown): Consent {
  if (!isRecord(data)) return consent;
  const isOwn = ({ from }: Mark): boolean => !from?.some(({ log }) => log === data.log);
  const without = (purpose: Purpose): Purpose => ({ ...purpose, grants: purpose.grants.filter(isOwn) });
  return { ...consent, scopes: consent.scopes.map((s) => (s.scope === ACCOUNT ? { ...s, purposes: s.purposes.map(without) } : s)) };
}

/** A visitor's choice reaches the account only if it was asked for all devices, and never past the site's rule. */
function adopted(consent: Consent, entry: Entry, data: ConsentDecided, logs: readonly string[]): Consent {
  const rules = logs.map((log) => consent.rules.filter((r) => r.log === log).at(-1)?.rule ?? "none");
  const [log, rule] = [logs.at(-1), rules.at(-1)];
  if (rules.includes("none") || data.asked !== "account") return consent;
  // A customer's own decision, put down on a page that still had the visitor's log before it.
  if (data.scope === "account") return decided(consent, entry, data, ACCOUNT, undefined);
  const account = decisionsOf(consent, ACCOUNT);
  const isOpen = account === undefined || account.from === log || (rule === "newest" && entry.at > account.latestAt);
  return isOpen ? decided(consent, metAtSignIn(entry, account, log), data, ACCOUNT, log) : consent;
}

/**
 * The sign-in is where the two choices met: what stood in the visitor's log by then counts as having seen the account's
 * refusals. It has not seen those of the visitor's own other tabs; and what such a tab sends later has seen neither.
 */
function metAtSignIn(entry: Entry, account: Decisions | undefined, log: string | undefined): Entry {
  if (entry.from?.at(-1)?.seq === undefined) return entry;
  const refusals = account?.purposes.flatMap((p) => p.refusals) ?? [];
  const met = refusals.filter((refusal) => !refusal.from?.some((origin) => origin.log === log)).map(({ id }) => id);
  return met.length > 0 ? { ...entry, pend: [...(entry.pend ?? []), ...met] } : entry;
}

function decided(consent: Consent, entry: Entry, data: ConsentDecided, scope: string, from: string | undefined): Consent {
  const before = decisionsOf(consent, scope) ?? { scope, purposes: [], latestAt: 0 };
  const purposes = Object.entries(data.purposes).reduce<readonly Purpose[]>((all, [name, isGranted]) => {
    const purpose = all.find((p) => p.name === name) ?? { name, refusals: [], floor: 0, grants: [] };
    const after = isGranted ? granted(purpose, entry, data) : refused(purpose, entry);
    return all.includes(purpose) ? all.map((p) => (p === purpose ? after : p)) : [...all, after];
  }, before.purposes);
  const after = { scope, purposes, latestAt: Math.max(before.latestAt, entry.at), from };
  return { ...consent, scopes: [...consent.scopes.filter((s) => s.scope !== scope), after] };
}

function granted(purpose: Purpose, entry: Entry, { policy, isSignalled }: ConsentDecided): Purpose {
  const hasSeenAll = purpose.refusals.every((refusal) => saw(entry, refusal))
    && (purpose.floor === 0 || (entry.from === undefined && entry.base >= purpose.floor));
  if (!hasSeenAll) return purpose;
  const grant: Grant = { ...markOf(entry), policy, base: entry.base, pend: entry.pend, ...(isSignalled && { isSignalled }) };
  return { ...purpose, grants: [...purpose.grants, grant].slice(-GRANTS_KEPT) };
}

function refused(purpose: Purpose, entry: Entry): Purpose {
  const refusal = markOf(entry);
  const refusals = [...purpose.refusals, refusal];
  const folded = refusals.slice(0, -REFUSALS_KEPT);
  return {
    ...purpose,
    refusals: refusals.slice(-REFUSALS_KEPT),
    floor: folded.reduce((floor, r) => Math.max(floor, r.seq), purpose.floor),
    grants: purpose.grants.filter((grant) => saw(grant, refusal)),
  };
}

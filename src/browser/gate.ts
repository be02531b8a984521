/** Consent on this device: what is allowed now, and by whose choice. */
import { ACCOUNT, type ConsentDecided, hereOf, pendingDecisions, type Reach, type Scope, type Shown } from "../model/consent.js";
import type { Gesture } from "../model/cart-commands.js";
import { misuse } from "../model/misuse.js";
import { answerOn, DECISION_MS, type Place, SIGNALLED } from "../model/standing.js";
import type { State } from "../model/state.js";
import type { ConsentSettings } from "./consent-options.js";
import type { ConsentNotice } from "./notice.js";
import type { Shelf } from "./shelf.js";

const DAY = 86_400_000;

/**
 * The device's own answers by purpose, as they lie on the shelf: no identifier, and the same bytes for everyone who
 * refuses. The day counts from 1970 and is no time of day, which would tell people apart.
 */
type Choice = Readonly<Record<string, readonly [isGranted: boolean, policy: string, day: number, isSignalled?: 1]>>;

/** By purpose what was answered, if there is an answer that still holds. */
export type Answers = Readonly<Record<string, boolean | undefined>>;

/** The choices as they stand. */
export interface ConsentState {
  /** Every purpose has an answer that still holds; where another platform asks, and on shared screens, nobody is asked. */
  readonly isDecided: boolean;
  /** Whose answer it is. */
  readonly scope: Scope;
  readonly purposes: Readonly<Record<string, boolean>>;
  /** How far an answer given now will reach: the question has to say so. */
  readonly asked: Scope;
  /** The version of the text that is to be shown. */
  readonly policy: string;
  /** The browser sends Global Privacy Control: marketing stays refused until somebody allows it knowing that. */
  readonly isSignalled: boolean;
  /** False while it is not known yet what the account says: until then nothing is allowed. */
  readonly isSure: boolean;
  /** What the customer is to be told, until `consent.dismiss()`. */
  readonly notice?: ConsentNotice | undefined;
}

/** What was in front of whoever decides, for the record; `scope: "device"` makes a customer's device stricter than their account. */
export type DecisionContext = Omit<Shown, "isSignalled"> & { readonly scope?: "device" };

/** Whose screen it is, and whether the account has been heard since it was opened. */
export interface Who extends Place {
  readonly isSure: boolean;
}

export interface Gate {
  answers(state: State, who: Who): Answers;
  /** What a shop shows of them. */
  view(found: Answers, who: Who): ConsentState;
  /** Keeps a decision; returns what the log is to be told, if there is a log. */
  decide(decision: Readonly<Record<string, boolean>>, state: State, who: Who, shown?: DecisionContext): Gesture;
  /** The standing choice of this device, for a log that has just come to be: as old as it is, or it would beat a newer one. */
  standing(): Gesture[];
  /** What stands was chosen today: it may meet an account's as the newest. An older choice stays this device's own. */
  isOfToday(): boolean;
}

export function createGate(consent: ConsentSettings, now: () => number, shelf: Pick<Shelf, "read" | "write">): Gate {
  const { purposes, policy, material, shared, source } = consent;
  let seen = shelf.read("choice");
  const today = (): number => Math.floor(now() / DAY);

  /** The answers that still hold; grants older than a material change or given before the signal, and all after six months, do not. */
  const choice = (): Choice => {
    const kept = Object.entries(parse(shelf.read("choice"))).filter(([purpose, [isGranted, under, day, knew]]) =>
      day * DAY + DECISION_MS > now() && (!isGranted || (under >= (material[purpose] ?? "") && (purpose !== SIGNALLED || !isSignalled() || knew === 1))));
    return Object.fromEntries(kept);
  };

  const gesture = (scope: Reach, decision: Readonly<Record<string, boolean>>, under = policy, shown: Shown = {}): Gesture => {
    const knew = decision[SIGNALLED] === true && isSignalled();
    const data: ConsentDecided = { scope, asked: scope === ACCOUNT ? scope : consent.asked, policy: under, purposes: decision, ...shown, ...(knew && { isSignalled: knew }) };
    return { type: "consent-decided", data };
  };

  const answers = (state: State, who: Who): Answers => {
    const terms = { now: now(), material, isSignalled: isSignalled() };
    const own = choice();
    const ofAccount = (purpose: string): boolean | undefined => shared?.includes(purpose) !== false && answerOn(state.consent, who, purpose, terms);
    return Object.fromEntries(purposes.map((purpose) => [purpose, who.isCustomer ? ofAccount(purpose) : own[purpose]?.[0]]));
  };

  /** Keeps the device's own answers; returns them all. */
  const keep = (decision: Readonly<Record<string, boolean>>): Readonly<Record<string, boolean>> => {
    const found = choice();
    const isStale = shelf.read("choice") !== seen;
    const made = Object.entries(decision).map(([purpose, isGranted]): [string, Choice[string]] => {
      // A grant given while another tab had just refused was not given knowing it: the refusal stands.
      const isInformed = !(isStale && found[purpose]?.[0] === false);
      const answer = [isGranted && isInformed, policy, today()] as const;
      return [purpose, isGranted && purpose === SIGNALLED && isSignalled() ? [...answer, 1] : answer] as const;
    });
    const all: Choice = { ...found, ...Object.fromEntries(made) };
    // In the order of the site's purposes, or the order of the answers would tell people apart.
    const sorted = purposes.flatMap((purpose) => (all[purpose] ? [[purpose, all[purpose]] as const] : []));
    seen = JSON.stringify(Object.fromEntries(sorted));
    shelf.write("choice", seen);
    return Object.fromEntries(sorted.map(([purpose, [isGranted]]) => [purpose, isGranted]));
  };

  return {
    answers,
    view(found, who) {
      seen = shelf.read("choice");
      const isAsked = !shared && !source;
      return Object.freeze({
        scope: who.isCustomer && !source ? ACCOUNT : "device",
        asked: who.isCustomer && !source ? ACCOUNT : consent.asked,
        policy, isSignalled: isSignalled(), isSure: who.isSure,
        isDecided: !isAsked || Object.values(found).every((answer) => answer !== undefined),
        purposes: Object.freeze({ necessary: true, ...Object.fromEntries(purposes.map((purpose) => [purpose, who.isSure && found[purpose] === true])) }),
      });
    },
    decide(decision, state, who, { scope, ...shown } = {}) {
      check(decision, purposes, shown);
      if (who.isCustomer && scope !== "device" && !source) return { ...gesture(ACCOUNT, decision, policy, shown), pend: pendingDecisions(state.consent, ACCOUNT) };
      const all = who.isCustomer && !source ? decision : keep(decision);
      const [reach, own] = who.isCustomer ? (["here", hereOf(who.device)] as const) : (["device", who.device] as const);
      return { ...gesture(reach, all, policy, shown), pend: pendingDecisions(state.consent, own) };
    },
    // Of a choice only the day is known: a grant counts from its beginning, a refusal to its end.
    standing: () => Object.entries(choice()).map(([purpose, [isGranted, under, day]]) =>
      ({ ...gesture("device", { [purpose]: isGranted }, under), at: isGranted ? day * DAY : Math.min(now(), (day + 1) * DAY) })),
    isOfToday: () => Object.values(choice()).every(([, , day]) => day === today()),
  };
}

/** https://w3c.github.io/gpc/: read afresh, since a visitor may switch it on at any time. */
function isSignalled(): boolean {
  return (globalThis.navigator as { readonly globalPrivacyControl?: boolean } | undefined)?.globalPrivacyControl === true;
}

function parse(text: string | undefined): Choice {
  try {
    const found: unknown = JSON.parse(text ?? "{}");
    const isWhole = typeof found === "object" && found !== null && Object.values(found).every(Array.isArray);
    return isWhole ? (found as Choice) : {};
  } catch {
    return {};
  }
}

function check(decision: Readonly<Record<string, boolean>>, purposes: readonly string[], { text }: Shown): void {
  const allowed = `true or false for some of ${purposes.join(", ")}`;
  if (typeof decision !== "object" || decision === null) misuse("consent.decide(decision)", decision, allowed);
  for (const [purpose, isGranted] of Object.entries(decision)) {
    if (!purposes.includes(purpose)) misuse("consent.decide(decision)", purpose, allowed);
    if (typeof isGranted !== "boolean") misuse(`consent.decide({ ${purpose} })`, isGranted, "true or false");
  }
  if (text !== undefined && !/^[\w-]{43}$/.test(text)) misuse("consent.decide(decision, { text })", text, "a SHA-256 in base64url, 43 characters");
}

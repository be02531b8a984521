/** Consent on this device: what is allowed now, and by whose choice. */
import { ACCOUNT, type ConsentDecided, pendingDecisions, type Scope } from "../model/consent.js";
import { answerOf, DECISION_MS } from "../model/standing.js";
import type { Gesture } from "../model/cart-commands.js";
import { misuse } from "../model/misuse.js";
import type { State } from "../model/state.js";
import type { Settings } from "./options.js";
import type { Shelf } from "./shelf.js";

const DAY = 86_400_000;

/**
 * The device's own answers by purpose, as they lie on the shelf: no identifier, and the same bytes for everyone who
 * refuses. The day counts from 1970 and is no time of day, which would tell people apart.
 */
type Choice = Readonly<Record<string, readonly [isGranted: boolean, policy: string, day: number]>>;

/** The choices as they stand. */
export interface ConsentState {
  /** Every purpose has an answer that still holds. */
  readonly isDecided: boolean;
  /** Whose answer it is. */
  readonly scope: Scope;
  readonly purposes: Readonly<Record<string, boolean>>;
}

export interface Gate {
  view(state: State, isSignedIn: boolean): ConsentState;
  /** Keeps a decision; returns what the log is to be told, if there is a log. */
  decide(decision: Readonly<Record<string, boolean>>, state: State, isSignedIn: boolean): Gesture;
  /** The standing choice of this device, for a log that has just come to be: as old as it is, or it would beat a newer one. */
  standing(): Gesture[];
}

export function createGate({ consent, now }: Settings, shelf: Shelf): Gate {
  let seen = shelf.read("choice");

  /** The answers that still hold; grants older than a material change, and all after six months, do not. */
  const choice = (): Choice => {
    const kept = Object.entries(parse(shelf.read("choice"))).filter(([purpose, [isGranted, policy, day]]) =>
      day * DAY + DECISION_MS > now() && (!isGranted || policy >= (consent.material[purpose] ?? "")));
    return Object.fromEntries(kept);
  };

  const gesture = (scope: Scope, purposes: Readonly<Record<string, boolean>>, policy = consent.policy): Gesture => {
    const data: ConsentDecided = { scope, asked: scope === ACCOUNT ? scope : consent.asked, policy, purposes };
    return { type: "consent-decided", data };
  };

  return {
    view(state, isSignedIn) {
      seen = shelf.read("choice");
      const found = choice();
      const terms = { now: now(), material: consent.material };
      const answers = consent.purposes.map((purpose) => [purpose, isSignedIn ? answerOf(state.consent, ACCOUNT, purpose, terms) : found[purpose]?.[0]] as const);
      return Object.freeze({
        scope: isSignedIn ? ACCOUNT : "device",
        isDecided: answers.every(([, answer]) => answer !== undefined),
        purposes: Object.freeze({ necessary: true, ...Object.fromEntries(answers.map(([purpose, answer]) => [purpose, answer === true])) }),
      });
    },
    decide(decision, state, isSignedIn) {
      check(decision, consent.purposes);
      if (isSignedIn) return { ...gesture(ACCOUNT, decision), pend: pendingDecisions(state.consent, ACCOUNT) };
      const found = choice();
      const isStale = shelf.read("choice") !== seen;
      const day = Math.floor(now() / DAY);
      const made = Object.entries(decision).map(([purpose, isGranted]) => {
        // A grant given while another tab had just refused was not given knowing it: the refusal stands.
        const isInformed = !(isStale && found[purpose]?.[0] === false);
        return [purpose, [isGranted && isInformed, consent.policy, day]] as const;
      });
      const all: Choice = { ...found, ...Object.fromEntries(made) };
      // In the order of the site's purposes, or the order of the answers would tell people apart.
      const sorted = consent.purposes.flatMap((purpose) => (all[purpose] ? [[purpose, all[purpose]] as const] : []));
      seen = JSON.stringify(Object.fromEntries(sorted));
      shelf.write("choice", seen);
      return gesture("device", Object.fromEntries(sorted.map(([purpose, [isGranted]]) => [purpose, isGranted])));
    },
    // Of a choice only the day is known: a grant counts from its beginning, a refusal to its end.
    standing: () => Object.entries(choice()).map(([purpose, [isGranted, policy, day]]) =>
      ({ ...gesture("device", { [purpose]: isGranted }, policy), at: isGranted ? day * DAY : Math.min(now(), (day + 1) * DAY) })),
  };
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

function check(decision: Readonly<Record<string, boolean>>, purposes: readonly string[]): void {
  const allowed = `true or false for some of ${purposes.join(", ")}`;
  if (typeof decision !== "object" || decision === null) misuse("consent.decide(decision)", decision, allowed);
  for (const [purpose, isGranted] of Object.entries(decision)) {
    if (!purposes.includes(purpose)) misuse("consent.decide(decision)", purpose, allowed);
    if (typeof isGranted !== "boolean") misuse(`consent.decide({ ${purpose} })`, isGranted, "true or false");
  }
}

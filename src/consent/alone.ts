/** Consent without a cart: the choices of this browser, in step over its tabs, for a page that wants no more of carryover. */
import { type ConsentCommands, consentCommands } from "../browser/consent.js";
import { type ConsentOptions, readConsent } from "../browser/consent-options.js";
import { createEmitter, fromNow } from "../browser/emitter.js";
import { followSource } from "../browser/following.js";
import { type ConsentState, createGate } from "../browser/gate.js";
import { createWords } from "../browser/words.js";
import { misuse } from "../model/misuse.js";
import { emptyState } from "../model/state.js";

/** What is to be asked. */
export interface ConsentAloneOptions extends ConsentOptions {
  /** The publishable site key; a client with the same key takes over the choices. */
  readonly site: string;
  /** ms since epoch. */
  readonly now?: () => number;
}

/** What a page shows of it. Frozen; a new object at each change. */
export interface ConsentAloneState {
  readonly consent: ConsentState;
  readonly customer: { readonly isSignedIn: false };
  readonly sync: { readonly state: "local" };
}

/** The part of a client that is about consent. */
export interface ConsentAlone {
  readonly ready: Promise<void>;
  readonly state: ConsentAloneState;
  /** Calls at once, then after each change; returns the function that stops it. */
  subscribe(listener: (state: ConsentAloneState) => void): () => void;
  readonly consent: ConsentCommands;
  close(): void;
}

const nobody = { device: "", isCustomer: false, isSure: true };

/**
 * Synchronous; throws a TypeError when an option cannot be used. Nothing is stored before a choice is made, and nothing is sent.
 *
 * @example
 * const shop = createConsent({ site: "pk_demo", purposes: ["analytics"] });
 * shop.consent.decide({ analytics: true });
 */
export function createConsent({ site, now = Date.now, ...options }: ConsentAloneOptions): ConsentAlone {
  const settings = readConsent(options, (name, found, allowed) => misuse(`createConsent({ ${name.replace("consent.", "")} })`, found, allowed));
  const name = `carryover:${site}`;
  const gate = createGate(settings, now, createWords(name));
  const states = createEmitter<ConsentAloneState>();
  const look = (): ConsentAloneState => Object.freeze({ consent: gate.view(gate.answers(emptyState, nobody), nobody), customer: Object.freeze({ isSignedIn: false }), sync: Object.freeze({ state: "local" }) });
  let state = look();
  const refresh = (): void => states.emit((state = look()));
  const commands = consentCommands({
    settings, isReady: () => true, state: () => state.consent, subscribe: states.on, dismiss() {}, since: () => undefined,
    decide(decision, shown) {
      gate.decide(decision, emptyState, nobody, shown);
      refresh();
    },
  });
  const hear = ({ key }: StorageEvent): void => void (key === `${name}:choice` && refresh());
  globalThis.addEventListener?.("storage", hear);
  const stopFollowing = followSource(settings.source, () => undefined, states.on, commands.decide);
  return {
    ready: Promise.resolve(),
    get state() {
      return state;
    },
    subscribe: fromNow(states, () => state),
    consent: commands,
    close() {
      globalThis.removeEventListener?.("storage", hear);
      stopFollowing();
    },
  };
}

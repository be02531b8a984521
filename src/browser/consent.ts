/** `shop.consent`: what a page asks and says about choices. */
import type { ConsentSettings } from "./consent-options.js";
import type { ConsentState, DecisionContext } from "./gate.js";

/** The choices of this device or, signed in, of the account. */
export interface ConsentCommands {
  /** Synchronous. False before `ready`, for an unknown purpose, and whenever no standing grant is known. */
  allows(purpose: string): boolean;
  /**
   * Since when the purpose is granted on this page, ms since epoch; 0 when it was as the page began. What lies before is not
   * to be observed afterwards.
   */
  since(purpose: string): number | undefined;
  /** Resolves once the purpose is allowed; at once when it is. */
  when(purpose: string): Promise<void>;
  /**
   * Decides every purpose named, on this device or, signed in, for the account. `shown` tells for the record what was in front
   * of whoever decides. Throws a TypeError for a purpose that is not asked for.
   */
  decide(decision: Readonly<Record<string, boolean>>, shown?: DecisionContext): void;
  /** Refuses everything but what is necessary. */
  withdraw(shown?: DecisionContext): void;
  /** The notice of `state.consent.notice` was read. */
  dismiss(): void;
}

interface Parts {
  readonly settings: ConsentSettings;
  readonly isReady: () => boolean;
  readonly state: () => ConsentState;
  readonly subscribe: (listener: () => void) => () => void;
  readonly decide: ConsentCommands["decide"];
  readonly dismiss: () => void;
  readonly since: ConsentCommands["since"];
}

export function consentCommands({ settings, isReady, state, subscribe, decide, dismiss, since }: Parts): ConsentCommands {
  const allows = (purpose: string): boolean => {
    const { purposes } = state();
    return purpose === "necessary" || (isReady() && Object.hasOwn(purposes, purpose) && purposes[purpose] === true);
  };
  return {
    allows, decide, dismiss, since,
    when: (purpose) => new Promise((resolve) => {
      if (allows(purpose)) return resolve();
      const stop = subscribe(() => {
        if (!allows(purpose)) return;
        stop();
        resolve();
      });
    }),
    withdraw: (shown) => decide(Object.fromEntries(settings.purposes.map((purpose) => [purpose, false])), shown),
  };
}

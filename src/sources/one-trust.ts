/** Consent from OneTrust, by its documented globals and the events it sends to the window. */
import type { ConsentSource } from "../browser/source.js";
import { answersOf, checkMapping, type Mapping } from "./purposes.js";
import { createSource, onArrival, quietly } from "./source.js";

interface OneTrustGlobals {
  OnetrustActiveGroups?: string; // ",C0001,C0002,": what is active, also while nobody has answered
  OptanonWrapper?: () => void;
  OneTrust?: { IsAlertBoxClosed?(): boolean; OnConsentChanged?(changed: () => void): void };
}

/** How the shop's purposes lie over OneTrust's groups. */
export interface OneTrustOptions {
  /** By purpose of the shop the ids of OneTrust's groups; all of them must be active. */
  readonly groups: Mapping;
}

/**
 * Follows OneTrust. Its active groups count once the visitor has closed the banner with an answer, not before.
 *
 * @example
 * oneTrustSource({ groups: { analytics: ["C0002"], personalisation: ["C0003"], marketing: ["C0004"] } });
 */
export function oneTrustSource({ groups }: OneTrustOptions): ConsentSource {
  checkMapping("oneTrustSource({ groups })", groups);
  const page = globalThis as OneTrustGlobals;
  return createSource("onetrust", (tell) => {
    const answered = (): void => void quietly(() => {
      const active = page.OnetrustActiveGroups?.split(",") ?? [];
      if (active.length > 0) tell(answersOf(groups, (group) => active.includes(group)));
    });
    const look = (): void => void quietly(() => hasAnswered(page) && answered());
    addEventListener("OneTrustGroupsUpdated", look); // also on every load, answered or not
    const unwrap = wrap(page, look);
    const stop = onArrival(() => {
      look();
      page.OneTrust?.OnConsentChanged?.(answered);
      return page.OneTrust?.OnConsentChanged !== undefined;
    });
    return () => {
      stop();
      unwrap();
      removeEventListener("OneTrustGroupsUpdated", look);
    };
  });
}

/** The banner writes the cookie when it is closed; the call is there as soon as OneTrust is. */
function hasAnswered({ OneTrust }: OneTrustGlobals): boolean {
  return OneTrust?.IsAlertBoxClosed?.() ?? /(^|; )OptanonAlertBoxClosed=/.test(document.cookie);
}

/** OneTrust calls one function of the page: the shop's own goes on being called. */
function wrap(page: OneTrustGlobals, look: () => void): () => void {
  const own = page.OptanonWrapper;
  const both = (): void => [own, look].forEach((each) => each?.());
  page.OptanonWrapper = both;
  return () => void (page.OptanonWrapper === both && (page.OptanonWrapper = own ?? (() => {})));
}

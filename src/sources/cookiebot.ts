/** Consent from Cookiebot, by its documented global and the events it sends to the window. */
import type { ConsentSource } from "../browser/source.js";
import { type Answers, createSource, quietly } from "./source.js";

interface Cookiebot {
  readonly hasResponse: boolean;
  readonly consent: {
    readonly preferences: boolean;
    readonly statistics: boolean;
    readonly marketing: boolean;
    /** "implied" where Cookiebot itself decided, from a scroll or a region. */
    readonly method?: "explicit" | "implied" | null;
  };
}

const SAYS = ["CookiebotOnConsentReady", "CookiebotOnAccept", "CookiebotOnDecline"];

/**
 * Follows Cookiebot: its statistics are `analytics`, its preferences `personalisation`, its marketing `marketing`. A consent
 * that Cookiebot calls implied is nobody's answer.
 *
 * @example
 * cookiebotSource();
 */
export function cookiebotSource(): ConsentSource {
  return createSource("cookiebot", (tell) => {
    const look = (): void => void quietly(() => tell(answersNow()));
    for (const type of SAYS) addEventListener(type, look);
    look();
    return () => SAYS.forEach((type) => removeEventListener(type, look));
  });
}

function answersNow(): Answers | undefined {
  const { Cookiebot: found } = globalThis as { Cookiebot?: Cookiebot };
  if (found?.hasResponse !== true || found.consent.method === "implied") return undefined;
  const { statistics, preferences, marketing } = found.consent;
  return { analytics: statistics === true, personalisation: preferences === true, marketing: marketing === true };
}

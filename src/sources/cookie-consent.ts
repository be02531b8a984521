/** Consent from vanilla-cookieconsent, version 3. */
import type { ConsentSource } from "../browser/source.js";
import { answersOf, checkMapping, type Mapping } from "./purposes.js";
import { createSource } from "./source.js";

/** What is needed of the module, as it is imported or as its script leaves it at `window.CookieConsent`. */
export interface CookieConsentModule {
  validConsent(): boolean;
  acceptedCategory(name: string): boolean;
}

/** How the shop's purposes lie over the categories. */
export interface CookieConsentOptions {
  /** By purpose of the shop the categories; all of them must be accepted. */
  readonly categories: Mapping;
  /** The module, where the shop bundles it; its script is found without. */
  readonly platform?: CookieConsentModule;
}

/**
 * Follows vanilla-cookieconsent, before and after its `run()`.
 *
 * @example
 * cookieConsentSource({ categories: { analytics: ["analytics"], marketing: ["ads", "social"] } });
 */
export function cookieConsentSource({ categories, platform }: CookieConsentOptions): ConsentSource {
  checkMapping("cookieConsentSource({ categories })", categories);
  return createSource("vanilla-cookieconsent", (tell) => {
    const hear = (event: Event): void => {
      const { cookie } = (event as CustomEvent<{ cookie?: { categories?: readonly string[] } }>).detail ?? {};
      if (cookie?.categories !== undefined) tell(answersOf(categories, (name) => cookie.categories?.includes(name) === true));
    };
    for (const type of ["cc:onConsent", "cc:onChange"]) addEventListener(type, hear);
    const found = platform ?? (globalThis as { CookieConsent?: Partial<CookieConsentModule> }).CookieConsent;
    // Cookiebot has an object of the same name.
    if (isModule(found) && found.validConsent()) tell(answersOf(categories, (name) => found.acceptedCategory(name)));
    return () => ["cc:onConsent", "cc:onChange"].forEach((type) => removeEventListener(type, hear));
  });
}

function isModule(found: Partial<CookieConsentModule> | undefined): found is CookieConsentModule {
  return typeof found?.validConsent === "function" && typeof found.acceptedCategory === "function";
}

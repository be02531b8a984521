/** carryover/ui: optional screens, custom elements that see only the public client. */
import { ConsentElement } from "./consent.js";
import type { ConsentTexts } from "./consent-texts.js";
import { consentInDutch, handoffInDutch } from "./dutch.js";
import { consentInEnglish, handoffInEnglish } from "./english.js";
import { consentInFrench, handoffInFrench } from "./french.js";
import { consentInGerman, handoffInGerman } from "./german.js";
import { HandoffElement } from "./handoff.js";
import type { HandoffTexts } from "./handoff-texts.js";
import type { Languages } from "./language.js";
import { defineElement, type Screens } from "./screen.js";

export type { ConsentTexts, NoticeTexts, PurposeTexts } from "./consent-texts.js";
export type { ByMode, HandoffTexts } from "./handoff-texts.js";
export type { Languages, OwnTexts } from "./language.js";
export type { Screens } from "./screen.js";
export type { ConsentElement } from "./consent.js";
export type { HandoffElement } from "./handoff.js";
export { consentInDutch, handoffInDutch } from "./dutch.js";
export { consentInEnglish, handoffInEnglish } from "./english.js";
export { consentInFrench, handoffInFrench } from "./french.js";
export { consentInGerman, handoffInGerman } from "./german.js";

/**
 * Defines `<carryover-consent>` and `<carryover-handoff>` for this client, in Dutch, English, German and French. A
 * second call changes nothing. Without a page it does nothing.
 *
 * @example
 * import { createClient } from "carryover";
 * import { defineScreens } from "carryover/ui";
 * defineScreens(createClient({ site: "pk_demo", endpoint: "https://sync.shop.example" }));
 */
export function defineScreens(client: Screens): void {
  defineConsent(client, { nl: consentInDutch, en: consentInEnglish, de: consentInGerman, fr: consentInFrench });
  defineHandoff(client, { nl: handoffInDutch, en: handoffInEnglish, de: handoffInGerman, fr: handoffInFrench });
}

/**
 * Defines `<carryover-consent>` alone, in the languages named; a bundler leaves the others out. The first language is
 * spoken where the page's own is not among them.
 *
 * @example
 * defineConsent(shop, { nl: consentInDutch, en: { ...consentInEnglish, title: "Cookies at {shop}" } });
 */
export function defineConsent(client: Screens, languages: Languages<ConsentTexts>): void {
  defineElement("carryover-consent", ConsentElement, { client, languages });
}

/**
 * Defines `<carryover-handoff>` alone, in the languages named.
 *
 * @example
 * defineHandoff(shop, { nl: handoffInDutch });
 */
export function defineHandoff(client: Screens, languages: Languages<HandoffTexts>): void {
  defineElement("carryover-handoff", HandoffElement, { client, languages });
}

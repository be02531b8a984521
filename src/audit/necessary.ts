/** What may lie on the device without being asked for. */

/** Where consent platforms keep the answer itself, which needs no consent (L5). */
const CHOICES = [
  "carryover:*:choice", "cc_cookie", "klaro", "CookieConsent", "OptanonConsent", "OptanonAlertBoxClosed", "euconsent-v2", "cookieyes-consent",
  "cmplz_*", "didomi_token", "_iub_cs-*", "axeptio_*", "CookieScriptConsent", "tarteaucitron", "borlabs-cookie", "uc_settings", "usercentrics",
];

export type IsNecessary = (name: string) => boolean;

/** Whether a key keeps nothing but the answer. */
export const isChoice: IsNecessary = matching(CHOICES);

/** Whether a name fits one of the patterns, in which `*` stands for anything. */
export function matching(patterns: readonly string[]): IsNecessary {
  const forms = patterns.map((pattern) => new RegExp(`^${pattern.split("*").map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, "\\$&")).join(".*")}$`, "i"));
  return (name) => forms.some((form) => form.test(name));
}

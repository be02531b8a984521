/** carryover/sources: the consent platforms that a shop may have already, each followed by one function. */

export type { ConsentSource } from "../browser/source.js";
export type { Mapping } from "./purposes.js";
export { cookieConsentSource, type CookieConsentModule, type CookieConsentOptions } from "./cookie-consent.js";
export { cookiebotSource } from "./cookiebot.js";
export { klaroSource, type KlaroManager, type KlaroModule, type KlaroOptions } from "./klaro.js";
export { oneTrustSource, type OneTrustOptions } from "./one-trust.js";
export { tcfSource, type TcfOptions } from "./tcf.js";

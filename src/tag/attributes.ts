/** The tag's attributes as options of the client. */
import type { ClientOptions } from "../browser/options.js";

/**
 * `data-site`, `data-endpoint` (by default where the script came from), `data-channel`, `data-name`,
 * `data-kiosk` (idle milliseconds, or empty), `data-cookie`, `data-merge`, `data-policy`, `data-purposes` (with commas), `data-asked`,
 * `data-rule`; `data-consent-mode` speaks to Google's tags, `data-clears` holds JSON of what goes at a refusal, and with
 * `data-reload` the page is then loaded anew;
 * `data-journey` observes the visit once that is allowed; `data-links` lets the
 * page's address add products (`?products=SKU-1:2&coupon=WEB10`, or `/buy/SKU-1:2`): those that the page has a button for.
 */
export function optionsOf(script: HTMLScriptElement | null): ClientOptions {
  const { site = "", endpoint, channel, name, kiosk, merge, policy, purposes, asked, rule, cookie } = script?.dataset ?? {};
  const home = script?.src ? new URL(".", script.src).href : undefined;
  // What is not said is undefined, and stands for what the client does by default.
  return {
    site, channel, name, merge,
    endpoint: (endpoint ?? home) || undefined,
    kiosk: kiosk === "" ? {} : kiosk && { idleMs: Number(kiosk) },
    cookie: cookie === undefined ? cookie : true,
    consent: { policy, asked, rule, purposes: purposes?.split(",").map((purpose) => purpose.trim()).filter(Boolean) },
  } as ClientOptions;
}

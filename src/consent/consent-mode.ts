/** Google Consent Mode v2: everything denied before Google's scripts do anything, and what was chosen as soon as it is known. */
import type { Choices } from "./choices.js";

/** https://developers.google.com/tag-platform/security/guides/consent: which of Google's words stand for which purpose. */
const SIGNALS: Signals = {
  analytics: ["analytics_storage"],
  personalisation: ["personalization_storage"],
  marketing: ["ad_storage", "ad_user_data", "ad_personalization"],
};
/** Google's scripts wait so long for an answer before they go on without. */
const WAIT_MS = 500;

/** By purpose of the site the words of Google that it stands for. */
export type Signals = Readonly<Record<string, readonly string[]>>;

/** What Google's tag is told, and where it listens. */
export interface ConsentModeOptions {
  readonly signals?: Signals;
  /** The name of the list that the page's Google tag reads; "dataLayer" by default. */
  readonly dataLayer?: string;
}

type Layer = unknown[];

/**
 * Puts the default before every other command that waits in the list, whoever came first, and updates it at each choice.
 * A page whose Google tag has already begun is told by a warning: there the default came too late. Ends with the returned function.
 *
 * @example
 * consentMode(shop);
 */
export function consentMode(shop: Choices, { signals = SIGNALS, dataLayer = "dataLayer" }: ConsentModeOptions = {}): () => void {
  const layer = ((globalThis as unknown as Record<string, Layer | undefined>)[dataLayer] ??= []);
  setDefault(layer, Object.values(signals).flat());
  let told = "";
  return shop.subscribe(({ consent: { isDecided, isSure, purposes } }) => {
    if (!isDecided || !isSure) return;
    const answer = Object.fromEntries(Object.entries(signals).flatMap(([purpose, words]) => words.map((word) => [word, purposes[purpose] ? "granted" : "denied"])));
    if (JSON.stringify(answer) === told) return;
    told = JSON.stringify(answer);
    layer.push(command("consent", "update", answer));
  });
}

function setDefault(layer: Layer, words: readonly string[]): void {
  const isSet = layer.some((found) => (found as ArrayLike<unknown> | undefined)?.[0] === "consent" && (found as ArrayLike<unknown>)[1] === "default");
  if (isSet) return; // by the page itself, before any script could come
  const denied = Object.fromEntries(words.map((word) => [word, "denied"]));
  const first = [
    command("consent", "default", { ...denied, functionality_storage: "granted", security_storage: "granted", wait_for_update: WAIT_MS }),
    command("set", "ads_data_redaction", true),
  ];
  if (layer.push === Array.prototype.push) return void layer.unshift(...first);
  console.warn("carryover: Google's tag began before its consent mode had a default. Set it in the page, as docs/consent.md shows.");
  first.forEach((one) => layer.push(one));
}

/** Google's tag takes commands only as the `arguments` of a function. */
function command(..._: unknown[]): IArguments {
  return arguments;
}

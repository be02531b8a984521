/** What a shop says when it makes a client, checked before anything else happens. */
import { isText } from "../model/limits.js";
import { misuse } from "../model/misuse.js";
import { type ConsentOptions, type ConsentSettings, readConsent, type Say } from "./consent-options.js";
import type { Random } from "./encode.js";
import type { KioskScreen } from "./kiosk.js";
import type { Shelf } from "./shelf.js";

/** Everything a shop can say when it makes a client; only `site` is needed. */
export interface ClientOptions {
  /** The publishable site key. */
  readonly site: string;
  /** Absolute http(s) URL of the server; left out: local only, nothing is sent. */
  readonly endpoint?: string;
  /** "web" by default; any name the site declares. */
  readonly channel?: string;
  /** What a handoff calls this screen: "Kiosk 3", at most 60 characters. */
  readonly name?: string;
  readonly consent?: ConsentOptions;
  /**
   * Only on shared screens: nothing is stored, and after `idleMs` without a touch the visit ends. Of what a customer's account
   * allows, only `purposes` are allowed here, "analytics" by default: strangers may look on.
   */
  readonly kiosk?: {
    readonly idleMs?: number;
    readonly purposes?: readonly string[];
    /** What clears the page itself and says who the screen is: `kioskScreen` of carryover/kiosk. */
    readonly screen?: KioskScreen;
  };
  /** How a visitor's cart meets the customer's at sign-in; "union" by default. */
  readonly merge?: "union" | "keep-visitor" | "keep-customer" | "ask";
  /** How long a guest's cart is kept after its last edit, 1 hour to 90 days; 7 days by default. As the server's. */
  readonly guestCartMs?: number;
  /**
   * The visitor is known again by a first-party cookie too, when the browser has wiped what scripts may write (Safari after 7
   * days). Needs the site's option `cookie`, https, and an endpoint on the shop's own registrable domain. Never on a kiosk.
   */
  readonly cookie?: boolean;
  /** From `carryover/bound`: requests are signed by a key that never leaves the browser, so that a copied credential opens nothing. */
  readonly key?: BoundKey;
  /** "memory": a device of its own that shares nothing and leaves nothing. */
  readonly storage?: "browser" | "memory" | Shelf;
  readonly fetch?: typeof fetch;
  /** ms since epoch. */
  readonly now?: () => number;
  readonly random?: Random;
}

/** Signs what goes out, as `boundKey()` of `carryover/bound` does. */
export interface BoundKey {
  /** Puts itself around the requests of a site. */
  around(ask: typeof fetch, site: string): typeof fetch;
}

export interface Settings {
  readonly site: string;
  readonly endpoint: string | undefined;
  readonly channel: string;
  readonly name: string | undefined;
  readonly consent: ConsentSettings;
  readonly idleMs: number | undefined;
  readonly screen: KioskScreen | undefined;
  readonly merge: NonNullable<ClientOptions["merge"]>;
  readonly guestCartMs: number;
  /** Whether requests carry the cookie. */
  readonly cookies: () => "include" | "omit";
  readonly storage: NonNullable<ClientOptions["storage"]>;
  readonly fetch: typeof fetch;
  readonly now: () => number;
  readonly random: Random;
}

const HOUR = 3_600_000;
const word = /^[a-z][a-z0-9-]{0,31}$/;

/** Throws a TypeError, as a sentence, on the first option that cannot be used. */
export function readOptions(options: ClientOptions): Settings {
  const say: Say = (name, found, allowed) => misuse(`createClient({ ${name} })`, found, allowed);
  const { site, channel = options?.kiosk ? "kiosk" : "web", name, kiosk, consent = {}, guestCartMs = 7 * 24 * HOUR } = options ?? {};
  if (!isText(site, 100)) say("site", site, "the site key, a text of 1 to 100 characters");
  if (!word.test(channel)) say("channel", channel, 'a lower-case word such as "web"');
  if (name !== undefined && !isText(name, 60)) say("name", name, "a text of 1 to 60 characters");
  const idleMs = kiosk && (kiosk.idleMs ?? 60_000);
  if (idleMs !== undefined && !(idleMs >= 1_000)) say("kiosk.idleMs", idleMs, "milliseconds, 1 000 or more");
  if (!(guestCartMs >= HOUR && guestCartMs <= 90 * 24 * HOUR)) say("guestCartMs", guestCartMs, "1 hour to 90 days in milliseconds");
  const { merge = "union", key, fetch: ask = (...args) => fetch(...args) } = options;
  if (!["union", "keep-visitor", "keep-customer", "ask"].includes(merge)) say("merge", merge, "union, keep-visitor, keep-customer or ask");
  return {
    site, channel, name, idleMs, guestCartMs, merge,
    cookies: () => (options.cookie && !kiosk ? "include" : "omit"),
    screen: kiosk?.screen,
    endpoint: endpointOf(options.endpoint, say),
    consent: readConsent(consent, say, kiosk && (kiosk.purposes ?? ["analytics"])),
    storage: kiosk ? "memory" : (options.storage ?? "browser"),
    fetch: key ? key.around(ask, site) : ask,
    now: options.now ?? Date.now,
    random: options.random ?? ((length) => crypto.getRandomValues(new Uint8Array(length))),
  };
}

function endpointOf(endpoint: string | undefined, say: Say): string | undefined {
  if (endpoint === undefined) return undefined;
  if (typeof endpoint !== "string" || !/^https?:\/\/[^/]/.test(endpoint)) say("endpoint", endpoint, "an absolute http(s) URL");
  return endpoint.replace(/\/+$/, "");
}

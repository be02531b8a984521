/** The shops this server works for: their keys, origins, channels and how their customers prove themselves. */
import { createPublicKey } from "node:crypto";
import type { Context as Call } from "hono";
import * as v from "valibot";
import { GUEST_MS } from "../model/lifetime.js";
import { SiteLimits } from "./limits.js";
import { isPublicHost } from "./public-address.js";
import { FEED_MS, RECEIPTS_MS } from "./retention.js";
import { Refused } from "./refusal.js";
import { isWebhookSecret } from "./webhook-signature.js";

const Origin = v.pipe(v.string(), v.regex(/^https?:\/\/[^/\s]+$/, "is an origin such as https://shop.example, without a path; a port may be *"));
const Hours = (min: number, max: number) => v.pipe(v.number(), v.minValue(min * 3_600_000), v.maxValue(max * 3_600_000));

const CustomerTokens = v.union([
  v.strictObject({ secret: v.pipe(v.string(), v.minLength(32, "has at least 32 bytes for HS256")), issuer: v.optional(v.string()), audience: v.optional(v.string()) }),
  v.strictObject({ jwksUrl: v.pipe(v.string(), v.url()), issuer: v.optional(v.string()), audience: v.optional(v.string()) }),
  v.strictObject({ publicKey: v.pipe(v.string(), v.check(isPublicKey, "is a public key as PEM text, BEGIN PUBLIC KEY")), algorithm: v.picklist(["RS256", "ES256", "EdDSA"]), issuer: v.optional(v.string()), audience: v.optional(v.string()) }),
]);

/** How long observations are kept at most, by purpose; a site's own purposes: as long as analytics, 90 days unless it says otherwise. */
export const KEPT_AT_MOST_DAYS: Readonly<Record<string, number>> = { analytics: 750, personalisation: 182, marketing: 90 };
const OWN_DAYS = { most: 750, usual: 90 };

const Days = v.pipe(
  v.record(v.string(), v.pipe(v.number(), v.minValue(1))),
  v.check((days) => Object.entries(days).every(([purpose, n]) => n <= (KEPT_AT_MOST_DAYS[purpose] ?? OWN_DAYS.most)), "keeps analytics and a site's own purposes 750 days at most, personalisation 182, marketing 90"),
);

const SiteConsent = v.strictObject({
  /** By purpose the policy that changed it materially, as in the pages: grants of earlier policies are void. */
  material: v.optional(v.record(v.string(), v.string()), {}),
  /** By purpose how many days its observations are kept, where that is to be shorter. */
  keptDays: v.optional(Days, {}),
});

const SiteCookie = v.strictObject({
  /** What the shop's pages have in common, `.shop.example`, when they stand on other hosts than the endpoint. */
  domain: v.optional(v.pipe(v.string(), v.regex(/^\.[a-z0-9-]+(\.[a-z0-9-]+)+$/, "is the part that the pages' hosts have in common, such as .shop.example"))),
});

const Name = v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,31}$/));

const Webhook = v.pipe(
  v.strictObject({
    name: Name,
    url: v.pipe(v.string(), v.url(), v.regex(/^https?:/)),
    /** `whsec_` and base64 of 24 to 64 bytes; two or three while one takes the place of another. */
    secrets: v.pipe(v.array(v.pipe(v.string(), v.check(isWebhookSecret, "is whsec_ and base64 of 24 to 64 bytes"))), v.minLength(1), v.maxLength(3)),
    /** Types of events; all where none are named. That a log is gone is always told. */
    types: v.optional(v.array(v.string())),
    /** Stands in one's own network: plain http and private addresses may be used. */
    isInside: v.optional(v.boolean(), false),
  }),
  v.check(({ url, isInside }) => isInside || (url.startsWith("https:") && isPublicHost(new URL(url).hostname)), "is reached by https at a public address, unless isInside says that it stands in your own network"),
);
const Webhooks = v.pipe(v.array(Webhook), v.check((all) => new Set(all.map(({ name }) => name)).size === all.length, "have a name each"));

const SiteConfig = v.strictObject({
  /** Publishable, stands in the page. */
  key: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
  secretKey: v.optional(v.pipe(v.string(), v.minLength(1))),
  origins: v.array(Origin),
  customerTokens: v.optional(CustomerTokens),
  channels: v.optional(v.array(v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,31}$/))), ["web", "app", "kiosk", "store"]),
  /** How long a guest's cart is kept after its last edit, 1 hour to 90 days. */
  guestCartMs: v.optional(Hours(1, 90 * 24), GUEST_MS),
  /** How long a receipt says what was decided, after the decision can no longer stand: a day to ten years. */
  receiptsMs: v.optional(Hours(24, 10 * 366 * 24), RECEIPTS_MS),
  /** How long the feed is kept for systems that were away: a day to 90 days. */
  feedMs: v.optional(Hours(24, 90 * 24), FEED_MS),
  /** The shop's other systems that are told of each event. */
  webhooks: v.optional(Webhooks, []),
  consent: v.optional(SiteConsent, {}),
  /** Visitors are known again by a first-party cookie as well; needs an endpoint on the shop's own registrable domain, by https. */
  cookie: v.optional(SiteCookie),
  /** `registered`: the channel `kiosk` is open only to screens that `carryover kiosk add` has announced. */
  kiosks: v.optional(v.picklist(["any", "registered"]), "any"),
  /** How much one device, and all devices of the site together, may ask of one server process. */
  limits: SiteLimits,
});

/** A key that cookies are called by has to be a name for one. */
const isNamed = ({ key, cookie }: v.InferOutput<typeof SiteConfig>): boolean => cookie === undefined || /^[\w.-]+$/.test(key);

export const Sites = v.pipe(v.array(v.pipe(SiteConfig, v.check(isNamed, "a site with a cookie has a key of letters, digits, - _ and ."))), v.minLength(1, "names at least one site"));

/** One shop as its configuration says it: keys, origins, channels, how its customers prove themselves. */
export type SiteConfig = v.InferInput<typeof SiteConfig>;
export type Site = v.InferOutput<typeof SiteConfig>;
export type CustomerTokens = v.InferOutput<typeof CustomerTokens>;

function isPublicKey(pem: string): boolean {
  try {
    return pem.includes("BEGIN PUBLIC KEY") && createPublicKey(pem).type === "public";
  } catch {
    return false;
  }
}

/** Reads a configuration; throws a TypeError that says where, what was found and what is allowed. */
export function readSites(config: unknown): ReadonlyMap<string, Site> {
  const parsed = v.safeParse(Sites, config);
  if (!parsed.success) {
    const said = parsed.issues.map((issue) => `sites${pathOf(issue)}: ${issue.message}`);
    throw new TypeError(`carryover: the configuration cannot be used. ${said.join("; ")}.`);
  }
  return new Map(parsed.output.map((site) => [site.key, site]));
}

function pathOf(issue: v.BaseIssue<unknown>): string {
  return (issue.path ?? []).map(({ key }) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
}

/** The site of a request. A browser names its origin, and the site must allow it; a program names none. */
export function siteFor(sites: ReadonlyMap<string, Site>, key: string, origin: string | undefined, channel: string | undefined): Site {
  const site = sites.get(key);
  if (site === undefined) throw new Refused("site-unknown", "The site key is not one of this server's.");
  if (origin !== undefined && !allows(site, origin)) throw new Refused("origin-refused", "The page's origin is not in the site's list of origins.");
  if (channel !== undefined && !site.channels.includes(channel)) {
    throw new Refused("channel-unknown", `The site declares the channels ${site.channels.join(", ")}; found ${channel}.`);
  }
  return site;
}

/** How long an observation is kept, ms. */
export function keptMs({ consent }: Site, purpose: string): number {
  return (consent.keptDays[purpose] ?? KEPT_AT_MOST_DAYS[purpose] ?? OWN_DAYS.usual) * 86_400_000;
}

/** May pages of this origin speak for the site? */
export function allows(site: Site, origin: string): boolean {
  return site.origins.some((o) => o === origin || (o.endsWith(":*") && origin.replace(/:\d+$/, "") === o.slice(0, -2)));
}

/** Which site a message is for, if its page and channel may speak for it. */
export type SiteOf = (call: Call, body: { readonly site: string; readonly channel?: string; readonly credential?: string | undefined }) => Site;

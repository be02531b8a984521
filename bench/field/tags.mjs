/** The tags that shops load today, each from its npm package with the start and the first call that its documentation shows, ours, and the least that ours could be. */
import { fileURLToPath } from "node:url";
import { readFileSync } from "node:fs";
import { bundle } from "./bundle.mjs";

const ours = fileURLToPath(new URL("../../dist/tag.js", import.meta.url));
const bare = fileURLToPath(new URL("pages/bare-tag.js", import.meta.url));
const JSON_TYPE = "application/json";

const FIRST_CALL = '<script>window.carryover = window.carryover || []; carryover.push(["cart.add", "SKU-1", 1]);</script>';

/** `start(origin)` is the script; `answers` what the vendor's servers would say to it, so that none is asked. `head` stands in the page before it; `server` speaks to it for real. */
export const TAGS = [
  { id: "carryover", name: "carryover", packages: ["carryover"], server: "carryover", head: FIRST_CALL, script: async () => readFileSync(ours, "utf8") },
  { id: "plausible", name: "Plausible", packages: ["@plausible-analytics/tracker"], start: (origin) => `import { init, track } from "@plausible-analytics/tracker";
    init({ domain: "shop.example", endpoint: "${origin}/event", captureOnLocalhost: true });
    track("Add to cart", { props: { sku: "SKU-1" } });` },
  { id: "segment", name: "Segment", packages: ["@segment/analytics-next"], answers: { "/v1/projects/key/settings": () => [JSON_TYPE, JSON.stringify({ integrations: { "Segment.io": { apiKey: "key", apiHost: "127.0.0.1/v1" } } })] },
    start: (origin) => `import { AnalyticsBrowser } from "@segment/analytics-next";
    const analytics = AnalyticsBrowser.load({ writeKey: "key", cdnURL: "${origin}" }, { integrations: { "Segment.io": { apiHost: "${origin.slice(7)}/v1", protocol: "http" } } });
    analytics.track("Product Added", { sku: "SKU-1" });` },
  { id: "snowplow", name: "Snowplow", packages: ["@snowplow/browser-tracker"], start: (origin) => `import { newTracker, trackPageView, trackStructEvent } from "@snowplow/browser-tracker";
    newTracker("sp", "${origin}", { appId: "shop" });
    trackPageView();
    trackStructEvent({ category: "cart", action: "add", label: "SKU-1" });` },
  { id: "rudderstack", name: "RudderStack", packages: ["@rudderstack/analytics-js"], answers: { "/sourceConfig/": () => [JSON_TYPE, JSON.stringify({ source: { id: "1", name: "shop", writeKey: "key", enabled: true, workspaceId: "1", config: { statsCollection: { errors: { enabled: false }, metrics: { enabled: false } } }, connections: [], destinations: [], dataplanes: {} }, updatedAt: "2026-01-01T00:00:00.000Z" })] },
    start: (origin) => `import { RudderAnalytics } from "@rudderstack/analytics-js/bundled";
    const analytics = new RudderAnalytics();
    analytics.load("key", "${origin}", { configUrl: "${origin}" });
    analytics.track("Product Added", { sku: "SKU-1" });` },
  { id: "posthog", name: "PostHog", packages: ["posthog-js"], answers: { "/flags/": () => [JSON_TYPE, '{"flags":{}}'] }, start: (origin) => `import posthog from "posthog-js";
    posthog.init("phc_key", { api_host: "${origin}", opt_out_useragent_filter: true }); // a headless Chromium counts as a shopper here
    posthog.capture("product added", { sku: "SKU-1" });` },
  { id: "bare", name: "a bare tag", packages: [], isFloor: true, server: "http", head: FIRST_CALL, script: () => bundle(readFileSync(bare, "utf8")) },
];

/** The script's text, minified; the same for every load. */
export async function scriptOf(tag, origin) {
  return tag.script === undefined ? bundle(tag.start(origin)) : tag.script();
}

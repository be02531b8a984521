/** How much one device, and one site, may ask of this server: one that asks for more waits, and the others do not notice. */
import * as v from "valibot";
import { hashOf } from "./credential.js";
import { Refused } from "./refusal.js";
import { remember } from "./remember.js";
import type { Site } from "./sites.js";

const Many = v.pipe(v.number(), v.integer("is a whole number"), v.minValue(1, "is 1 or more"));
const Allowance = (requestsPerSecond: number, burst: number, streams: number) => v.optional(v.strictObject({
  /** On average. */
  requestsPerSecond: v.optional(v.pipe(v.number(), v.minValue(0.1, "is 0.1 or more")), requestsPerSecond),
  /** At once, after a rest. */
  burst: v.optional(Many, burst),
  streams: v.optional(Many, streams),
}), {});

/**
 * By default far beyond what pages do: a device that is tapped as fast as can be asks some ten times a second, and one that comes
 * back from a day offline a hundred times in one breath.
 */
export const SiteLimits = v.optional(v.strictObject({
  device: Allowance(100, 1_000, 16),
  site: Allowance(20_000, 40_000, 50_000),
}), {});

export interface Limits {
  /** Refuses a request of a device, or of nobody known, when it or its site has asked too often. */
  check(site: Site, credential: string | undefined): void;
  /** Counts a stream, and refuses it when the site has too many. Returns what ends the counting. */
  open(site: Site): () => void;
}

/** So many devices are remembered; whoever is forgotten has rested. The site's own allowance stands whoever they say they are. */
const REMEMBERED = 50_000;
/** Streams end all the time. */
const CROWDED_MS = 5_000;

export function createLimits(now: () => number): Limits {
  const [ofDevice, ofSite] = [createAllowances(now), createAllowances(now)];
  const streams = new Map<string, number>();
  const refuseFor = (waitMs: number, who: string): void => {
    if (waitMs > 0) throw new Refused("too-many-requests", `${who} asks more often than is allowed; wait as long as Retry-After says.`, waitMs);
  };
  return {
    check({ key, limits }, credential) {
      if (credential !== undefined) refuseFor(ofDevice.take(hashOf(credential), limits.device), "This device");
      refuseFor(ofSite.take(key, limits.site), "This site");
    },
    open({ key, limits }) {
      const open = streams.get(key) ?? 0;
      if (open >= limits.site.streams) throw new Refused("too-many-requests", "This site has as many streams open as it may have.", CROWDED_MS);
      streams.set(key, open + 1);
      let isOpen = true;
      return () => {
        if (isOpen) streams.set(key, (streams.get(key) ?? 1) - 1);
        isOpen = false;
      };
    },
  };
}

interface Allowance {
  readonly requestsPerSecond: number;
  readonly burst: number;
}

/** Token buckets: each fills again evenly, up to its burst. */
function createAllowances(now: () => number): { take(key: string, allowance: Allowance): number } {
  const buckets = new Map<string, { readonly left: number; readonly at: number }>();
  return {
    /** Takes one; 0, or how long to wait until there is one. */
    take(key, { requestsPerSecond, burst }) {
      const [bucket, at] = [buckets.get(key), now()];
      const rested = bucket === undefined ? 0 : Math.max(0, at - bucket.at) / 1_000;
      const left = bucket === undefined ? burst : Math.min(burst, bucket.left + rested * requestsPerSecond);
      const isAllowed = left >= 1;
      remember(buckets, key, { left: isAllowed ? left - 1 : left, at }, REMEMBERED);
      return isAllowed ? 0 : ((1 - left) / requestsPerSecond) * 1_000;
    },
  };
}

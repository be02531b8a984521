/** The door for the shop's own people and programs: a secret key opens it, and no page ever does. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { Context as Call } from "hono";
import { Refused } from "./refusal.js";
import type { Site } from "./sites.js";

/**
 * The site whose secret key the Authorization header holds. Refused for pages, whatever they bring: a secret key in a page
 * is no secret any more.
 */
export function officeOf(sites: ReadonlyMap<string, Site>, call: Call): Site {
  if (call.req.header("origin") !== undefined) throw new Refused("secret-refused", "A secret key is not taken from a page.");
  const [, given] = /^Bearer (.+)$/.exec(call.req.header("authorization") ?? "") ?? [];
  const found = given !== undefined && [...sites.values()].find(({ secretKey }) => secretKey !== undefined && isSame(secretKey, given));
  if (!found) throw new Refused("secret-refused", "The Authorization header holds no site's secret key.");
  return found;
}

/** By their hashes, so that the time taken tells nothing of the key. */
export function isSame(key: string, given: string): boolean {
  const hash = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(key), hash(given));
}

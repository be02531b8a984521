/** The first-party cookie: who this browser is, also when it has wiped all that scripts may write. */
import type { Context as Call } from "hono";
import { markerOf, type Restore, type RestoreAnswer } from "../wire/restore.js";
import type { Context } from "./context.js";
import { COOKIE, hashOf, randomCredential } from "./credential.js";
import { deviceByCookie, knownDevice, type Presented } from "./device.js";
import { Refused } from "./refusal.js";
import type { Site } from "./sites.js";

const DAY = 86_400_000;
/** No browser keeps a cookie for longer (RFC 6265bis). */
const LASTING_MS = 400 * DAY;
/** The end is put off once a day. */
const ROLLED_MS = DAY;
/** A browser that refuses cookies, or lost the answer, is offered one no more often than this. */
const OFFERED_MS = 60_000;

/**
 * The prefix ties it to this very host, whatever the site's `domain` says: no sibling sub-domain can put one of its own in
 * its place. All pages of the shop reach it here; only the marker has to be read elsewhere.
 */
function nameOf(site: string): string {
  return `__Host-carryover-${site}`;
}

/** The cookie of a request, as long as it is a page's of this very site that shows it. */
export function cookieIn(call: Call, site: string): string | undefined {
  if (!isOwnPage(call)) return undefined;
  const pairs = (call.req.header("cookie") ?? "").split(/; */).map((pair) => pair.split("="));
  const found = pairs.filter(([name]) => name === nameOf(site));
  return found.length === 1 ? found[0]?.[1] : undefined;
}

/**
 * Against forgery from other sites: every POST of a browser names its origin, which must be on the site's list (`siteFor` sees
 * to that); and where the browser says so as well (Safari since 16.4), the page is of the same registrable domain.
 */
function isOwnPage(call: Call): boolean {
  const from = call.req.header("sec-fetch-site");
  return call.req.header("origin") !== undefined && (from === undefined || from === "same-origin" || from === "same-site");
}

/** Sees to it that the browser of this device has its cookie: with the first push, and again each day. */
export async function bake({ store, now }: Context, call: Call, site: Site, who: Presented): Promise<void> {
  if (site.cookie === undefined || !isOwnPage(call)) return;
  const at = now();
  const due = await store.read(async (tx) => {
    const { device } = await knownDevice(tx, site, who, at);
    const cookies = (await tx.credentialsOf(device.hash)).filter(({ chain }) => chain === COOKIE);
    const shown = who.cookie === undefined ? undefined : cookies.find(({ hash }) => hash === hashOf(who.cookie as string));
    const bakedAt = Math.max(...(shown ? [shown] : cookies).map(({ retiresAt = 0 }) => retiresAt - LASTING_MS));
    if (at - bakedAt < (shown ? ROLLED_MS : OFFERED_MS)) return undefined;
    return { device, stale: shown ? [] : cookies, cookie: shown && who.cookie };
  });
  if (due === undefined) return;
  const cookie = due.cookie ?? randomCredential(due.device.device);
  await store.transact(async (tx) => {
    for (const { hash } of due.stale) await tx.dropCredential(hash); // the browser has lost them, or never took them
    await tx.putCredential({ hash: hashOf(cookie), device: due.device.hash, chain: COOKIE, usedAt: at, retiresAt: at + LASTING_MS });
  });
  put(call, site, cookie, LASTING_MS);
}

/** Takes the cookie away, where there may be one. */
export function clear(call: Call, site: Site): void {
  if (site.cookie !== undefined && isOwnPage(call)) put(call, site, "", 0);
}

function put(call: Call, site: Site, value: string, ms: number): void {
  const rules = `Path=/; Max-Age=${ms / 1_000}; Secure; SameSite=Lax`;
  const domain = site.cookie?.domain === undefined ? "" : `; Domain=${site.cookie.domain}`;
  call.header("set-cookie", `${nameOf(site.key)}=${value}; ${rules}; HttpOnly`, { append: true });
  call.header("set-cookie", `${markerOf(site.key)}=${value && 1}; ${rules}${domain}`, { append: true });
}

/** The visitor of the cookie goes on with a new secret. What other sub-domains prove the same device with stays good. */
export async function restore({ store, now }: Context, site: Site, { secret, cookie }: Restore & Pick<Presented, "cookie">): Promise<RestoreAnswer> {
  const at = now();
  return store.transact(async (tx) => {
    const device = cookie === undefined ? undefined : await deviceByCookie(tx, site, cookie, at);
    const log = device && (await tx.log(device.log));
    // The key of a device went with all else that was wiped: whoever has only its cookie is not believed to be it.
    if (device === undefined || log === undefined || device.thumbprint !== undefined) throw new Refused("credential-unknown", "No cookie of this browser is known here.");
    for (const old of await tx.credentialsOf(device.hash)) if (old.chain !== COOKIE && (old.usedAt ?? at) < at - LASTING_MS) await tx.dropCredential(old.hash);
    const hash = hashOf(`${device.device}.${secret}`);
    await tx.putCredential({ hash, device: device.hash, chain: hash, usedAt: at });
    return { device: device.device, ...(log.customer !== undefined && { customer: log.customer }) };
  });
}

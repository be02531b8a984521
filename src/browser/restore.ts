/** The cookie's word on who this is: asked when the browser has wiped everything else, or when a page believes something else. */
import { type Restore, type RestoreAnswer, markerOf } from "../wire/restore.js";
import { PATHS } from "../wire/version.js";
import type { Device } from "./device.js";
import { base64url } from "./encode.js";
import { callerOf } from "./post.js";
import type { Session } from "./visitor.js";

/** Resolves to the visitor that the cookie stands for. Where there is none nobody is asked: the answer cannot be read, but its marker can. */
export async function restored({ settings, post }: Device): Promise<Session | undefined> {
  // In this order: to read cookies a page waits for the browser's own process, and most shops have none of ours.
  if (settings.cookies() === "omit" || !globalThis.document?.cookie.includes(`${markerOf(settings.site)}=1`)) return undefined;
  const secret = base64url(settings.random(32));
  const { credential: _, ...caller } = callerOf(settings, "");
  const asked: Restore = { ...caller, secret };
  const found = await post<RestoreAnswer>(PATHS.restore, asked).catch(() => undefined);
  const now = settings.now();
  return found && { credential: `${found.device}.${secret}`, isKnown: true, customer: found.customer, editedAt: now, bornAt: now };
}

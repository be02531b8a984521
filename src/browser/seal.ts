/** Puts away what could not be sent before sign-out, so that nobody on this device can read it or send it as somebody else. */
import type { Event } from "../model/event.js";
import type { Sealed } from "../wire/session.js";
import { WIRE } from "../wire/version.js";
import { base64url, type Random } from "./encode.js";

/**
 * Encrypts events under the hash of the credential, AES-256-GCM. The server has that hash and nothing else; the
 * device forgets the credential at the same moment. Rejects where there is no WebCrypto (pages without https).
 */
export async function seal(credential: string, channel: string, events: readonly Event[], random: Random): Promise<Sealed> {
  const hash = await sha256(credential);
  const key = await crypto.subtle.importKey("raw", hash, "AES-GCM", false, ["encrypt"]);
  const iv = random(12) as Uint8Array<ArrayBuffer>;
  const text = new TextEncoder().encode(JSON.stringify({ channel, events }));
  const box = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, text));
  return { v: WIRE, key: base64url(await sha256(base64url(hash))), box: base64url(new Uint8Array([...iv, ...box])) };
}

async function sha256(text: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

/** A proof in the manner of DPoP (RFC 9449): this request, made now, by whoever has the key and the credential. */
import type { Held } from "./ring.js";

/** Signed for one address, one moment and one credential; `jti` is drawn anew, so that it counts once. */
export async function prove({ pair, jwk, ath }: Held, url: string, method: string, now: number): Promise<string> {
  const header = { typ: "dpop+jwt", alg: "ES256", jwk };
  const claims = { htm: method, htu: url, iat: Math.floor(now / 1_000), jti: base64url(crypto.getRandomValues(new Uint8Array(16))), ath };
  const text = [header, claims].map((part) => base64url(utf8(JSON.stringify(part)))).join(".");
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, pair.privateKey, utf8(text));
  return `${text}.${base64url(new Uint8Array(signature))}`;
}

/** SHA-256, base64url. */
export async function hashOf(text: string): Promise<string> {
  return base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(text))));
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

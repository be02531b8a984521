/** What proves a device: 256 random bits that only the device has, and their hash, which is all that is kept. */
import { createHash, randomBytes } from "node:crypto";

/** SHA-256, base64url. A credential's secret has 256 bits, so that no slower hash is needed. */
export function hashOf(bytes: string | Uint8Array): string {
  return createHash("sha256").update(bytes).digest("base64url");
}

/** The short public name in front of the dot; entries carry it. */
export function deviceOf(credential: string): string {
  return credential.slice(0, 8);
}

/** The key that a sealed push names its device by: a hash of the hash, so that it opens nothing. */
export function sealKey(credentialHash: string): string {
  return hashOf(credentialHash);
}

/** The chain of a device's cookie: it brings a visitor back and is shown by the browser, never by a page. */
export const COOKIE = "cookie";

/** A secret of 256 bits for a device of that name. */
export function randomCredential(device: string): string {
  return `${device}.${randomBytes(32).toString("base64url")}`;
}

export function randomLogId(): string {
  return randomBytes(12).toString("base64url");
}

/** What the feed calls a log: the same for as long as it is there, and leading nowhere afterwards. */
export function subjectOf(log: string): string {
  return hashOf(`carryover-feed\n${log}`).slice(0, 22);
}

/** As long as a device's event ids. */
export function randomId(): string {
  return randomBytes(16).toString("base64url");
}

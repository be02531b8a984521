/** Seals as a device does what it could not send before its customer left. */
import { createCipheriv, createHash, randomBytes } from "node:crypto";
import type { Voice } from "./desk.js";

/** AES-256-GCM under the hash of the credential. */
export function boxOf({ credential }: Voice, inside: unknown): { v: 1; key: string; box: string } {
  const hash = createHash("sha256").update(credential).digest();
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", hash, nonce);
  const bytes = Buffer.concat([nonce, cipher.update(JSON.stringify(inside)), cipher.final(), cipher.getAuthTag()]);
  return { v: 1, key: createHash("sha256").update(hash.toString("base64url")).digest("base64url"), box: bytes.toString("base64url") };
}

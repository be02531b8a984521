/** Signs webhooks as the Standard Webhooks specification has it, so that its libraries verify them. */
import { createHmac } from "node:crypto";

const SECRET = /^whsec_([A-Za-z0-9+/]+={0,2})$/;
/** As the specification asks for. */
const BYTES = { least: 24, most: 64 } as const;

/** Is it a secret as the specification has it: base64 of 24 to 64 bytes behind `whsec_`? */
export function isWebhookSecret(secret: string): boolean {
  const { length } = keyOf(secret);
  return length >= BYTES.least && length <= BYTES.most;
}

/** Several while one secret takes the place of another: a receiver accepts any of them. */
export function signWebhook(secrets: readonly string[], id: string, seconds: number, body: string): string {
  return secrets.map((secret) => `v1,${createHmac("sha256", keyOf(secret)).update(`${id}.${seconds}.${body}`).digest("base64")}`).join(" ");
}

function keyOf(secret: string): Buffer {
  return Buffer.from(SECRET.exec(secret)?.[1] ?? "", "base64");
}

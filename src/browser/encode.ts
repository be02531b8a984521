/** Random bits as text that fits everywhere. */

/** Gives `length` random bytes. */
export type Random = (length: number) => Uint8Array;

/** Base64url without padding: 16 bytes become 22 characters, 32 become 43. */
export function base64url(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

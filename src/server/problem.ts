/** What each refusal is called and which status it has on the wire. */
import { isRetryable, type Problem, type ProblemCode } from "../wire/problem.js";

/** Refusals of the device itself never leave a server; refusals of single events stand inside a 200. */
const kinds: { readonly [C in ProblemCode]: readonly [status: number, title: string] } = {
  "event-malformed": [422, "The event does not carry what its type needs"],
  "event-too-large": [422, "The event is larger than 8 KiB"],
  "details-too-large": [422, "The details are larger than 2 KiB"],
  "cart-full": [422, "The cart holds 200 lines already"],
  "quantity-too-high": [422, "A line holds 9 999 units at most"],
  "server-only": [422, "Only the server writes events of this type"],
  "cart-only": [422, "A screen to which a cart was lent writes to the cart and to nothing else"],
  "shopper-only": [422, "Only the shopper decides this, on a screen of theirs"],
  "request-malformed": [400, "The request is not of the form this route takes"],
  "version-unknown": [400, "This server does not speak that version of the wire"],
  "credential-unknown": [401, "No device has this credential"],
  "device-revoked": [401, "This device was signed out"],
  "proof-stale": [401, "The proof is too old, too young, or was seen before"],
  "token-refused": [401, "The token does not prove who this is"],
  "secret-refused": [401, "No site has this secret key"],
  "not-granted": [403, "No grant of this purpose stands"],
  "site-unknown": [403, "No site has this key"],
  "origin-refused": [403, "The site does not allow this origin"],
  "channel-unknown": [403, "The site does not declare this channel"],
  "not-found": [404, "There is nothing here"],
  "method-refused": [405, "This address takes another method"],
  "signed-in-as-another": [409, "Somebody else is signed in on this device"],
  "unlink-impossible": [409, "This sign-in cannot be taken back"],
  "handoff-impossible": [409, "This cart cannot be handed over in this way"],
  "kiosk-unknown": [403, "No kiosk of this site has this code or registration"],
  "handoff-gone": [410, "This code is used, cancelled, expired or was never given out"],
  "cart-changed": [412, "The cart is not as it was read any more"],
  "cursor-gone": [410, "The feed is not kept for as long as that"],
  "request-too-large": [413, "The request is larger than 256 KiB"],
  "too-many-requests": [429, "This is asked more often than the site allows"],
  "too-many-tries": [429, "Too many tries; wait before the next"],
  unavailable: [503, "The server cannot serve this now"],
  "database-full": [507, "The server's disk takes no more"],
  unreachable: [503, "The server could not be reached"],
  "request-blocked": [503, "Something between the device and the server refuses this request"],
  "stream-held-back": [503, "Something on the way holds the stream back"],
  "queue-full": [507, "Too much waits on this device to be sent"],
  "storage-refused": [507, "This browser keeps nothing"],
};

export function problemOf(code: ProblemCode, detail: string): Problem {
  const [status, title] = kinds[code];
  return { type: `urn:carryover:problem:${code}`, title, status, detail, code, retryable: isRetryable(code) };
}

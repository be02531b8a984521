/** The closed list of refusals: what either end may answer instead of what was asked. */
import type { Objection } from "../model/admission.js";

export interface Refusal {
  readonly code: ProblemCode;
  /** A sentence for the shop's developer, without token or customer data. */
  readonly message: string;
  /** The same request may succeed later. */
  readonly retryable: boolean;
}

/** RFC 9457, `application/problem+json`. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ProblemCode;
  readonly retryable: boolean;
}

interface Kind {
  readonly status: number;
  readonly title: string;
  readonly retryable?: true;
}

/** One event of a push is refused; those beside it are not. */
const events: { readonly [C in Objection]: Kind } = {
  "event-malformed": { status: 422, title: "The event does not carry what its type needs" },
  "event-too-large": { status: 422, title: "The event is larger than 8 KiB" },
  "details-too-large": { status: 422, title: "The details are larger than 2 KiB" },
  "cart-full": { status: 422, title: "The cart holds 200 lines already" },
  "quantity-too-high": { status: 422, title: "A line holds 9 999 units at most" },
  "server-only": { status: 422, title: "Only the server writes events of this type" },
};

export const problems = {
  ...events,
  "request-malformed": { status: 400, title: "The request is not of the form this route takes" },
  "version-unknown": { status: 400, title: "This server does not speak that version of the wire" },
  "credential-unknown": { status: 401, title: "No device has this credential" },
  "device-revoked": { status: 401, title: "This device was signed out" },
  "token-refused": { status: 401, title: "The token does not prove who this is" },
  "site-unknown": { status: 403, title: "No site has this key" },
  "origin-refused": { status: 403, title: "The site does not allow this origin" },
  "channel-unknown": { status: 403, title: "The site does not declare this channel" },
  "not-found": { status: 404, title: "There is nothing here" },
  "method-refused": { status: 405, title: "This address takes another method" },
  "signed-in-as-another": { status: 409, title: "Somebody else is signed in on this device" },
  "handoff-gone": { status: 410, title: "This code is used, cancelled, expired or was never given out" },
  "handoff-impossible": { status: 409, title: "This cart cannot be handed over in this way" },
  "request-too-large": { status: 413, title: "The request is larger than 256 KiB" },
  "too-many-tries": { status: 429, title: "Too many tries; wait before the next", retryable: true },
  "queue-full": { status: 507, title: "Too much waits on this device to be sent" },
  "storage-refused": { status: 507, title: "This browser keeps nothing; the cart lives as long as the page" },
  unavailable: { status: 503, title: "The server cannot serve this now", retryable: true },
  unreachable: { status: 503, title: "The server could not be reached", retryable: true },
} as const satisfies Record<string, Kind>;

export type ProblemCode = keyof typeof problems;

export function problemOf(code: ProblemCode, detail: string): Problem {
  const kind: Kind = problems[code];
  return { type: `urn:carryover:problem:${code}`, title: kind.title, status: kind.status, detail, code, retryable: kind.retryable === true };
}

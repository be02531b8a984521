/** The closed list of refusals: what either end may answer instead of what was asked. */
import type { Objection } from "../model/admission.js";

/** A word for each refusal; `docs/problems.md` says what to do about it. */
export type ProblemCode =
  | Objection
  | "request-malformed" | "request-too-large" | "version-unknown" | "method-refused" | "not-found"
  | "credential-unknown" | "device-revoked" | "proof-stale" | "token-refused" | "secret-refused" | "signed-in-as-another" | "unlink-impossible"
  | "not-granted"
  | "site-unknown" | "origin-refused" | "channel-unknown"
  | "handoff-gone" | "handoff-impossible" | "cart-only" | "kiosk-unknown"
  // Said to the shop's own systems:
  | "shopper-only" | "cart-changed" | "cursor-gone"
  | "too-many-tries" | "too-many-requests" | "database-full" | "unavailable"
  // Said by the device itself:
  | "queue-full" | "storage-refused" | "unreachable" | "request-blocked" | "stream-held-back";

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
  /** Server time, ms since epoch, where the device's clock was the matter. */
  readonly now?: number;
}

const passing: readonly ProblemCode[] = ["proof-stale", "too-many-tries", "too-many-requests", "database-full", "unavailable", "unreachable", "request-blocked"];

export function isRetryable(code: ProblemCode): boolean {
  return passing.includes(code);
}

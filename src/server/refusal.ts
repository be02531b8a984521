/** A refusal on its way to the answer. */
import type { ProblemCode } from "../wire/problem.js";

/** Thrown inside a request, answered as `application/problem+json`; the transaction it leaves is undone. */
export class Refused extends Error {
  override readonly name = "Refused";

  /** `cause` is for whoever runs the server, never for the answer. */
  constructor(readonly code: ProblemCode, message: string, readonly retryAfterMs?: number, cause?: unknown) {
    super(message, { cause });
  }
}

/** A proof of another moment; the device is told the time, and makes another. */
export class Stale extends Refused {
  constructor(readonly now: number) {
    super("proof-stale", "The proof is not of this moment by the server's clock, or it was used before.");
  }
}

/** Somebody has shown a credential that was replaced; `device` is to be let go, whoever it was. */
export class Copied extends Refused {
  constructor(readonly device: string) {
    super("credential-unknown", "This credential was replaced by a newer one of the same device.");
  }
}

/** What the gates see of a client: the choices, and word of every change. */
import type { ConsentCommands } from "../browser/consent.js";
import type { ConsentState } from "../browser/gate.js";

/** The client of `createClient`, or what `createConsent` makes. */
export interface Choices {
  readonly state: { readonly consent: ConsentState };
  subscribe(listener: (state: { readonly consent: ConsentState }) => void): () => void;
  readonly consent: ConsentCommands;
}

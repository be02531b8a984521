/** carryover/consent: gates in the page, Google's consent mode, clearing after a refusal, and consent without a cart. */
export { type ConsentAlone, type ConsentAloneOptions, type ConsentAloneState, createConsent } from "./alone.js";
export type { Choices } from "./choices.js";
export { type ClearOptions, type Clears, clearRefused } from "./clearing.js";
export { consentMode, type ConsentModeOptions, type Signals } from "./consent-mode.js";
export { openGates } from "./gates.js";

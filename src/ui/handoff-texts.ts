/** What handing over a cart says, in any language. */
import type { HandoffState } from "../browser/handoff.js";

/** A sentence for each way of handing over. */
export type ByMode = Readonly<Record<HandoffState["mode"], string>>;

/** `{screen}` is the name of the other screen, `{time}` what is left of the two minutes. */
export interface HandoffTexts {
  readonly offer: ByMode;
  readonly lead: ByMode;
  readonly preparing: string;
  readonly qr: string;
  readonly type: string;
  readonly left: string;
  /** Said once, to screen readers. */
  readonly soon: string;
  readonly opened: string;
  readonly which: string;
  readonly none: string;
  readonly given: ByMode;
  readonly kept: string;
  readonly expired: string;
  readonly again: string;
  readonly cancel: string;
  readonly close: string;
  readonly signedIn: string;
  readonly empty: string;
  readonly enter: string;
  readonly code: string;
  readonly hint: string;
  readonly next: string;
  readonly looking: string;
  readonly ask: ByMode;
  readonly from: ByMode;
  readonly nothing: string;
  readonly own: string;
  readonly yes: ByMode;
  readonly no: string;
  readonly working: string;
  readonly number: string;
  readonly received: ByMode;
  readonly refused: string;
  readonly late: string;
  readonly goOn: string;
  /** Channels by name, where a screen has no name of its own. */
  readonly screens: Readonly<Record<string, string>>;
  /** By code of the refusal; `other` for the rest. */
  readonly problems: Readonly<Record<string, string>>;
}

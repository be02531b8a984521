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
  /** While a cart is lent: on the screen whose cart it is, and on the one that works in it. */
  readonly lent: string;
  readonly borrowed: string;
  readonly lentLeft: string;
  /** On the screen that has borrowed: ends it, and clears that screen. */
  readonly finish: string;
  /** What was lent is given back: on the one screen, and on the other. */
  readonly returned: string;
  readonly gone: string;
  readonly undo: string;
  readonly undone: string;
  readonly taken: string;
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
  readonly scan: string;
  readonly aim: string;
  readonly noCamera: string;
  readonly looking: string;
  readonly ask: ByMode;
  readonly from: ByMode;
  readonly nothing: string;
  readonly own: string;
  /** Of a line that is not in this cart yet, of one that is, and how many there are afterwards. */
  readonly fresh: string;
  readonly more: string;
  readonly after: string;
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

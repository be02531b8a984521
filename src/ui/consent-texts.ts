/** What the question about consent says, in any language. */

export interface PurposeTexts {
  /** As in the middle of a sentence: "statistieken". */
  readonly name: string;
  /** What is done with it, in one or two short sentences. */
  readonly why: string;
}

/** `{shop}` is the shop's name, `{purposes}` what is asked for. */
export interface ConsentTexts {
  readonly title: string;
  /** Who wants what. */
  readonly lead: string;
  /** How far the answer reaches, asked for this device only. */
  readonly here: string;
  /** How far the answer reaches, asked for the account; an answer given under other words may not become the account's. */
  readonly everywhere: string;
  /** That refusing costs nothing, and that the answer may be changed. */
  readonly free: string;
  readonly refuse: string;
  readonly accept: string;
  readonly choose: string;
  readonly heading: string;
  /** How long an answer holds. */
  readonly term: string;
  readonly necessary: PurposeTexts;
  readonly always: string;
  readonly purposes: Readonly<Record<string, PurposeTexts>>;
  readonly save: string;
  readonly saved: string;
  readonly close: string;
  readonly privacy: string;
  /** For visitors whose browser sends Global Privacy Control. */
  readonly signal: string;
  /** A permission given while another screen had just refused. */
  readonly stands: string;
  /** A customer's box: what is chosen counts on this device only, where the account allows more. */
  readonly stricter: PurposeTexts;
  readonly notice: NoticeTexts;
}

/** What is told after a sign-in, or when a permission did not hold; `{changed}` lists purposes with how they are now. */
export interface NoticeTexts {
  /** The account's choices count here. */
  readonly account: string;
  /** The choice made here counts everywhere. */
  readonly adopted: string;
  /** The account's choice is another than this device's was. */
  readonly changed: string;
  /** What was allowed here had been refused on another device. */
  readonly stands: string;
  /** `{purpose}` is its name. */
  readonly on: string;
  readonly off: string;
  /** Opens the page of preferences. */
  readonly change: string;
}

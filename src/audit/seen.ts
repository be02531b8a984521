/** What an audit has seen of a shop, step by step; whatever the time allowed is here. */

/** Something that lies on the visitor's device. */
export interface Kept {
  readonly where: "cookie" | "localStorage" | "sessionStorage" | "IndexedDB" | "Cache Storage" | "service worker";
  readonly name: string;
  /** Whose it is. */
  readonly host: string;
  readonly isThirdParty: boolean;
  /** How long a cookie is to be kept, as it was asked for; absent for the session, and for what stays until it is removed. */
  readonly keptMs?: number;
}

/** Another party that was spoken to. */
export interface Contact {
  readonly host: string;
  readonly count: number;
}

export interface Moment {
  readonly kept: readonly Kept[];
  readonly contacts: readonly Contact[];
}

/** The question about cookies as a visitor meets it. */
export interface FirstLayer {
  readonly accept: string;
  /** The name of the control that refuses, and on which layer it stands; absent where none was found. */
  readonly refuse?: { readonly name: string; readonly layer: 1 | 2 };
  /** In what the two answers differ, as sentences. */
  readonly differences: readonly string[];
  /** Boxes that were ticked before anybody had touched them. */
  readonly ticked: readonly string[];
  /** The question went away by scrolling alone. */
  readonly isGoneByScrolling: boolean;
}

export interface Refused {
  readonly after: Moment;
  readonly nextPage: Moment;
  readonly isAskedAgain: boolean;
}

export interface Withdrawn {
  readonly granted: Moment;
  /** What leads back to the question; absent where nothing was found. */
  readonly wayBack?: string;
  /** Clicks until everything was refused, with the one that opened the question. */
  readonly clicks?: number;
  readonly soon?: Moment;
  readonly later?: Moment;
  /** Names of what was read again after the withdrawal. */
  readonly reads?: readonly string[];
  /** Names of the cookies that the next page was asked for with. */
  readonly sent?: readonly string[];
}

/** Filled in by the walks as they go. */
export interface Seen {
  before?: Moment;
  layer?: FirstLayer;
  refused?: Refused;
  withdrawn?: Withdrawn;
  /** What could not be done, as sentences. */
  readonly notes: string[];
}

/** What a rule objects to. */
export interface Finding {
  /** The number of the rule in docs/audit.md. */
  readonly rule: string;
  readonly says: string;
  readonly evidence: readonly string[];
}

export interface Report {
  readonly url: string;
  readonly isComplete: boolean;
  readonly findings: readonly Finding[];
  readonly seen: Seen;
}

export interface AuditOptions {
  /** The browser's program; looked for in the usual places where it is left out. */
  readonly browser?: string | undefined;
  /** Names of keys and hosts that are strictly necessary; `*` stands for anything. */
  readonly allow?: readonly string[];
  /** How long nothing is done before a choice, and after a withdrawal. */
  readonly watchMs?: number;
  /** When the audit ends with what is known. */
  readonly limitMs?: number;
  /** CSS selectors of controls that cannot be found by their names. */
  readonly accept?: string | undefined;
  readonly refuse?: string | undefined;
  readonly withdraw?: string | undefined;
}

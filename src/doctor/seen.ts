/** What the doctor has found out about a page and its server, before anything is made of it. */

/** A script tag of the library, as it stands in the page. */
export interface TagSeen {
  readonly src: string;
  readonly site: string;
  /** Where it sends to; undefined: it sends nothing. */
  readonly endpoint: string | undefined;
}

/** Where a host leads to. */
export interface Names {
  /** The names behind it, one after the other. */
  readonly cnames: readonly string[];
  readonly addresses: readonly string[];
}

export interface Seen {
  readonly page: string;
  readonly tags: readonly TagSeen[];
  /** The library runs: `window.carryover` is a client. */
  readonly isRunning: boolean;
  /** Content security policies, of headers and of the page itself. */
  readonly policies: readonly string[];
  readonly pageNames: Names;
  readonly endpointNames: Names;
  /** What the server answered to the page's origin and site key: `taken`, a problem's code, or why it could not be asked. */
  readonly answer: "taken" | "unreadable" | "unreachable" | (string & {});
  /** How far the server's clock is ahead of this machine's, ms; undefined when it said nothing. */
  readonly clockMs: number | undefined;
  /** How long the first bytes of a stream took, ms; Infinity when none came; undefined when none was asked for. */
  readonly streamMs: number | undefined;
}

/** One thing to do, and why. */
export interface Finding {
  readonly rule: string;
  readonly says: string;
  readonly advice: string;
}

/** Finds out where a host leads to. Never rejects: what cannot be found out is empty. */
export type Resolve = (host: string) => Promise<Names>;

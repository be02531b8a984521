/** What devices and the database say of one run, as the checkers read it. */

/** An event that a device has sent, and what it was told of it. */
export interface Sent {
  readonly log: string;
  readonly id: string;
  readonly line: string;
  readonly n: number;
  /** The seq it was acknowledged with; absent when nobody ever said so. */
  readonly seq?: number;
}

/** An entry as somebody heard or read it. */
export interface Heard {
  readonly id: string;
  readonly seq: number;
}

/** What one device heard of its log, in the order in which it heard it, across all its streams. */
export interface Listener {
  readonly device: string;
  readonly log: string;
  /** The seq at which it began to listen. */
  readonly from: number;
  readonly heard: readonly Heard[];
}

/** What the server asks of a database about observations: never in a log, and gone with the consent to them. */

export interface ObservationRow {
  /** The credential hash of the device that observed it. */
  readonly device: string;
  readonly id: string;
  /** The log that the device wrote to at that time. */
  readonly log: string;
  readonly site: string;
  readonly purpose: string;
  readonly type: string;
  readonly channel: string;
  /** The visit went on with a cart from another device. */
  readonly isResumed: boolean;
  /** ms since epoch. */
  readonly at: number;
  readonly expiresAt: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Some observations together, by where they were made. */
export interface Crowd {
  readonly channel: string;
  readonly isResumed: boolean;
  readonly count: number;
}

/** Percentiles by nearest rank: the smallest value that at least so many of a hundred do not exceed. */
export interface VitalCrowd extends Crowd {
  readonly name: string;
  readonly p50: number;
  readonly p75: number;
  readonly p95: number;
}

export interface TypeCrowd extends Crowd {
  readonly type: string;
}

/** Some time of a site's life: from the one moment up to, and without, the other. */
export interface Period {
  readonly site: string;
  readonly from: number;
  readonly to: number;
}

export interface ObservationReading {
  /** The latest observation of a device since then. */
  lastObservation(device: string, since: number): Promise<{ readonly isResumed: boolean } | undefined>;
  /** How many a device has made since then, counted no further than `most`. */
  countObservations(device: string, since: number, most: number): Promise<number>;
  /** All that hangs on a log, and on the devices that write to it now, oldest first: for an export. */
  observationsOf(log: string): Promise<readonly ObservationRow[]>;
  /** One vital, by its name. */
  vitals(period: Period, name: string): Promise<readonly VitalCrowd[]>;
  observationCounts(period: Period): Promise<readonly TypeCrowd[]>;
}

export interface ObservationWriting {
  /** The same id of the same device again changes nothing, unless it is younger: then it takes the place of the former. */
  putObservations(rows: readonly ObservationRow[]): Promise<void>;
  /** Of a purpose, all that hangs on a log and on the devices that write to it now; with a device's name only what that one observed. */
  dropObservations(log: string, purpose: string, device?: string): Promise<void>;
  /** Erases what was kept for its time, at most `limit`; how many there were. */
  eraseExpiredObservations(now: number, limit: number): Promise<number>;
}

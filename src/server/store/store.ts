/** What the server asks of a database: logs of numbered entries, the devices that write them, handoffs. */
import type { Entry } from "../../model/event.js";
import type { State } from "../../model/state.js";
import type { Mode, Status } from "../../wire/handoff.js";
import type { KioskReading, KioskWriting } from "./kiosks.js";
import type { ObservationReading, ObservationWriting } from "./observations.js";
import type { ReceiptReading, ReceiptWriting } from "./receipts.js";

export interface LogRow {
  readonly id: string;
  readonly site: string;
  /** The seq of the newest entry, 0 when there is none. */
  readonly head: number;
  /** Fingerprint up to there. */
  readonly hash: number;
  /** The shop's name for the customer; absent for a visitor. */
  readonly customer?: string;
  /** The log that adopted this one: terminal. */
  readonly mergedInto?: string;
  /** When a visitor's log is forgotten, ms since epoch. */
  readonly expiresAt?: number;
}

export interface DeviceRow {
  /** SHA-256 of the credential; the credential itself is never kept. */
  readonly hash: string;
  /** The short public name that entries carry. */
  readonly device: string;
  readonly site: string;
  readonly log: string;
  readonly channel: string;
  readonly name?: string;
  readonly isRevoked: boolean;
  /** A visit at a registered kiosk: which, in which store, and since which start of it. */
  readonly kiosk?: string;
  readonly store?: string;
  readonly kioskStart?: string;
}

export interface HandoffRow {
  readonly id: string;
  readonly codeHash: string;
  readonly tokenHash: string;
  readonly site: string;
  readonly mode: Mode;
  readonly status: Status;
  /** Credential hash of the offering device. */
  readonly offerer: string;
  readonly log: string;
  readonly url?: string;
  readonly expiresAt: number;
  /** Credential hash of the receiving device, once there is one. */
  readonly receiver?: string;
  readonly number?: number;
}

export interface StoredSnapshot {
  readonly seq: number;
  readonly hash: number;
  readonly fold: number;
  readonly state: State;
}

/** What can be asked of a database. */
export interface Reading extends ReceiptReading, ObservationReading, KioskReading {
  log(id: string): Promise<LogRow | undefined>;
  customerLog(site: string, customer: string): Promise<LogRow | undefined>;
  /** The logs that this one has adopted and that are still kept. */
  logsInto(id: string): Promise<readonly LogRow[]>;
  /** Ids of visitors' logs that were to be forgotten by then, at most `limit`. */
  expiredLogs(now: number, limit: number): Promise<readonly string[]>;

  entries(log: string, after: number, limit: number): Promise<readonly Entry[]>;
  /** Which of these event ids the log holds, with their seq. */
  seqsOf(log: string, ids: readonly string[]): Promise<ReadonlyMap<string, number>>;
  hashAt(log: string, seq: number): Promise<number | undefined>;
  snapshot(log: string): Promise<StoredSnapshot | undefined>;

  /**
   * How far the log goes that a device of an earlier epoch has read as well: its head when a backup was put back.
   * Undefined when nothing is known of that epoch.
   */
  restoredHead(log: string, epoch: string): Promise<number | undefined>;

  device(hash: string): Promise<DeviceRow | undefined>;
  devicesOf(log: string): Promise<readonly DeviceRow[]>;
  /** The device whose sealed push is named by this key. */
  deviceBySeal(key: string): Promise<DeviceRow | undefined>;

  /** By the hash of a code or token. */
  handoff(site: string, keyHash: string): Promise<HandoffRow | undefined>;
  handoffOf(offerer: string): Promise<HandoffRow | undefined>;
  handoffsOf(log: string): Promise<readonly HandoffRow[]>;
}

/** One step of work. Everything in it happens, or nothing does. */
export interface Transaction extends Reading, ReceiptWriting, ObservationWriting, KioskWriting {
  putLog(row: LogRow): Promise<void>;
  /** Removes a log with all that hangs on it. */
  eraseLog(id: string): Promise<void>;

  /** Adds entries behind the head; `hashes` are the fingerprints up to each. */
  append(log: string, entries: readonly Entry[], hashes: readonly number[]): Promise<void>;
  putSnapshot(log: string, snapshot: StoredSnapshot): Promise<void>;

  putDevice(row: DeviceRow): Promise<void>;

  putHandoff(row: HandoffRow): Promise<void>;
  dropHandoffs(before: number): Promise<void>;
}

export interface Store {
  /** Random, drawn when the database was made or put back from a backup; told to devices, so that they notice. */
  readonly epoch: string;
  /** A backup was put back: draws a new epoch, and notes how far each log goes. */
  restored(): Promise<void>;
  /** Runs a job that only reads. It is answered also while the database takes nothing more. */
  read<T>(job: (tx: Reading) => Promise<T>): Promise<T>;
  /**
   * Runs a job against the database and resolves once its outcome is durable. Jobs that wait at the same moment
   * share one commit. A job that throws changes nothing and does not disturb those beside it; when the disk takes no
   * more, all that share the commit are refused with `database-full`, and nothing of them is written.
   * It must wait for nothing but the transaction itself.
   */
  transact<T>(job: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Takes what was erased off the disk as well, unless somebody else is reading it now; then the next time, or on closing. */
  shred(): Promise<void>;
  close(): Promise<void>;
}

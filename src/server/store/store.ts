/** What the server asks of a database: logs of numbered entries, the devices that write them, handoffs. */
import type { Entry } from "../../model/event.js";
import type { State } from "../../model/state.js";
import type { Mode, Status } from "../../wire/handoff.js";
import type { EndpointReading, EndpointWriting } from "./endpoints.js";
import type { FeedReading, FeedWriting } from "./feed.js";
import type { KioskReading, KioskWriting } from "./kiosks.js";
import type { ObservationReading, ObservationWriting } from "./observations.js";
import type { ReceiptReading, ReceiptWriting } from "./receipts.js";
import type { TallyReading, TallyWriting } from "./tally.js";

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
  /** What the books know this device by: SHA-256 of its first credential, and it stays so when the credential is renewed. */
  readonly hash: string;
  /** The short public name that entries carry. */
  readonly device: string;
  readonly site: string;
  readonly log: string;
  readonly channel: string;
  readonly name?: string;
  readonly isRevoked: boolean;
  /** The log it wrote to before: a visitor's until somebody signed in on it, or a customer's until that was taken back. */
  readonly cameFrom?: string;
  /** When it was last heard, to the hour. */
  readonly seenAt?: number;
  readonly signedInAt?: number;
  /** RFC 7638, of the key that must sign its requests. */
  readonly thumbprint?: string;
  /** A visit at a registered kiosk: which, in which store, and since which start of it. */
  readonly kiosk?: string;
  readonly store?: string;
  readonly kioskStart?: string;
}

/** One of the credentials that a device has had, or is about to have. */
export interface CredentialRow {
  /** SHA-256 of the credential; the credential itself is never kept. */
  readonly hash: string;
  /** `hash` of the device. */
  readonly device: string;
  /** The credentials that replace each other have one name for it. Each sub-domain that a cookie brought back has its own; the cookie is none of them. */
  readonly chain: string;
  /** When it was first used; absent while the device has only said that it will. */
  readonly usedAt?: number;
  /** From then on it proves nothing any more. */
  readonly retiresAt?: number;
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
  /** The store or kiosk that the typed code is for. */
  readonly place?: string;
  /** How often the typed code was looked at. */
  readonly looks: number;
  readonly expiresAt: number;
  /** Credential hash of the receiving device, once there is one. */
  readonly receiver?: string;
  readonly number?: number;
  /** Until when the cart is lent, or what was done may be undone, ms since epoch. */
  readonly endsAt?: number;
  /** The log that was written to, and its head before that; of a lent cart, what its borrower may read on from. */
  readonly target?: string;
  readonly since?: number;
}

export interface StoredSnapshot {
  readonly seq: number;
  readonly hash: number;
  readonly fold: number;
  readonly state: State;
}

/** What can be asked of a database. */
export interface Reading extends ReceiptReading, ObservationReading, KioskReading, FeedReading, EndpointReading, TallyReading {
  log(id: string): Promise<LogRow | undefined>;
  customerLog(site: string, customer: string): Promise<LogRow | undefined>;
  /** The logs that this one has adopted and that are still kept. */
  logsInto(id: string): Promise<readonly LogRow[]>;
  /** Ids of visitors' logs that were to be forgotten by then, at most `limit`. */
  expiredLogs(now: number, limit: number): Promise<readonly string[]>;

  /** The heads of those of these logs that are kept. */
  heads(logs: readonly string[]): Promise<ReadonlyMap<string, number>>;
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
  /** The logs that these devices write to; those that were signed out, or are not kept any more, are left out. */
  logsOfDevices(hashes: readonly string[]): Promise<ReadonlyMap<string, string>>;
  credential(hash: string): Promise<CredentialRow | undefined>;
  credentialsOf(device: string): Promise<readonly CredentialRow[]>;
  /** The credential under which the sealed push was made that is named by this key. */
  credentialBySeal(key: string): Promise<CredentialRow | undefined>;
  /** `hash` of the device that has used a token, by the SHA-256 of its name. */
  tokenUser(site: string, id: string): Promise<string | undefined>;

  /** By the hash of a code or token. */
  handoff(site: string, keyHash: string): Promise<HandoffRow | undefined>;
  /** Whether there is one; nobody who works on it is waited for. */
  hasHandoff(site: string, keyHash: string): Promise<boolean>;
  /** How many codes somebody who guesses could meet at this place, or at none. */
  liveHandoffs(site: string, place: string | undefined, now: number): Promise<number>;
  handoffOf(offerer: string): Promise<HandoffRow | undefined>;
  handoffsOf(log: string): Promise<readonly HandoffRow[]>;
  /** The cart that was lent to a device and not given back, whether or not its time is over. */
  loanTo(receiver: string): Promise<HandoffRow | undefined>;
}

/** One step of work. Everything in it happens, or nothing does. */
export interface Transaction extends Reading, ReceiptWriting, ObservationWriting, KioskWriting, FeedWriting, EndpointWriting, TallyWriting {
  putLog(row: LogRow): Promise<void>;
  /** Removes a log with all that hangs on it. Whoever reads the feed is told that it is gone. */
  eraseLog(id: string, now: number): Promise<void>;

  /** Adds entries behind the head; `hashes` are the fingerprints up to each. */
  append(log: string, entries: readonly Entry[], hashes: readonly number[]): Promise<void>;
  putSnapshot(log: string, snapshot: StoredSnapshot): Promise<void>;

  putDevice(row: DeviceRow): Promise<void>;
  putTokenUser(site: string, id: string, device: string, expiresAt: number): Promise<void>;
  /** Of tokens that had expired by then, at most `limit`; resolves to how many there were. */
  dropTokenUsers(now: number, limit: number): Promise<number>;
  putCredential(row: CredentialRow): Promise<void>;
  dropCredential(hash: string): Promise<void>;

  putHandoff(row: HandoffRow): Promise<void>;
  /** Forgets those that were over by then. */
  dropHandoffs(before: number): Promise<void>;
}

/** What a job will ask for in any case: fetched with its first question, where that saves a way to the database. */
export interface Ahead {
  /** Hash of the credential that is shown. */
  readonly credential: string;
  /** Ids of events that are to be written. */
  readonly events: readonly string[];
  /** Of the proof that came with it. */
  readonly proof?: string | undefined;
}

export interface Store {
  /** Several processes may serve it: what one of them remembers says nothing of the others. */
  readonly isShared: boolean;
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
   * It must wait for nothing but the transaction itself, and leave nothing behind but what it returns: where it meets
   * another job in the database it is run again from its beginning.
   */
  transact<T>(job: (tx: Transaction) => Promise<T>, ahead?: Ahead): Promise<T>;
  /** Takes what was erased off the disk as well, unless somebody else is reading it now; then the next time, or on closing. */
  shred(): Promise<void>;
  close(): Promise<void>;
}

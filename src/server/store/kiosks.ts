/** What the server asks of a database about screens in stores. */
import type { DeviceRow } from "./store.js";

/** A screen: announced with a code, then registered, then perhaps removed. */
export interface KioskRow {
  /** Short and public: what the command calls it. */
  readonly id: string;
  readonly site: string;
  readonly store: string;
  readonly name: string;
  /** SHA-256 of the code it was announced with. */
  readonly codeHash: string;
  readonly codeExpiresAt: number;
  /** SHA-256 of its registration, once it has one. */
  readonly hash?: string;
  /** When it last started, ms since epoch. */
  readonly startedAt?: number;
  readonly isRemoved: boolean;
}

export interface KioskReading {
  kiosk(id: string): Promise<KioskRow | undefined>;
  kioskByCode(site: string, codeHash: string): Promise<KioskRow | undefined>;
  kioskByRegistration(site: string, hash: string): Promise<KioskRow | undefined>;
  /** In the order of their stores and names; removed ones as well. */
  kiosksOf(site: string): Promise<readonly KioskRow[]>;
  /** Every device that is, or was, a visit at this screen and is still kept. */
  visitsAt(kiosk: string): Promise<readonly DeviceRow[]>;
}

export interface KioskWriting {
  putKiosk(row: KioskRow): Promise<void>;
}

/** What the server asks of a database for receipts: their chain, the keys that signed them, and what ties one to somebody. */
import type { ReceiptKey } from "../../wire/receipt.js";

export interface ReceiptRow {
  readonly site: string;
  readonly n: number;
  /** Of the link, which the next one names. */
  readonly hash: string;
  /** In canonical form, signed. */
  readonly link: string;
  readonly recordedAt: number;
  /** The log it is found by: where it was decided, or what has adopted that log since. Absent once erased, as is all below. */
  readonly owner?: string;
  readonly salt?: string;
  /** In canonical form. */
  readonly decision?: string;
}

export interface ReceiptReading {
  /** A value the server has put down for itself. */
  meta(name: string): Promise<string | undefined>;
  /** The end of a site's chain. */
  lastReceipt(site: string): Promise<{ readonly n: number; readonly hash: string } | undefined>;
  /** A site's chain behind `after`. */
  receipts(site: string, after: number, limit: number): Promise<readonly ReceiptRow[]>;
  receiptsOf(owner: string): Promise<readonly ReceiptRow[]>;
  /** Every key that has signed a receipt of the site. */
  receiptKeys(site: string): Promise<readonly ReceiptKey[]>;
}

export interface ReceiptWriting {
  putMeta(name: string, value: string): Promise<void>;
  /** The same key again changes nothing. */
  putReceiptKey(site: string, key: ReceiptKey): Promise<void>;
  putReceipt(row: ReceiptRow): Promise<void>;
  /** A log has adopted another: what was found by the one is found by the other. With `subject` only what was decided in that log. */
  moveReceipts(from: string, to: string, subject?: string): Promise<void>;
  /** Erases what receipts say of somebody; the links stay. Resolves to how many there were. */
  blankReceipts(owner: string): Promise<number>;
  /** As `blankReceipts`, for what a site recorded before a moment, at most `limit`. */
  blankReceiptsBefore(site: string, before: number, limit: number): Promise<number>;
}

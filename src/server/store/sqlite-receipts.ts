/** The receipts in a SQLite file. */
import type Database from "libsql";
import type { ReceiptKey } from "../../wire/receipt.js";
import type { ReceiptReading, ReceiptRow, ReceiptWriting } from "./receipts.js";

type Db = InstanceType<typeof Database>;
type Erasable = "owner" | "salt" | "decision";
type Columns = Omit<ReceiptRow, Erasable> & { readonly [K in Erasable]: string | null };

export function receiptsIn(db: Db): ReceiptReading & ReceiptWriting {
  return { ...keysIn(db), ...reading(db), ...writing(db) };
}

function keysIn(db: Db): Pick<ReceiptReading & ReceiptWriting, "meta" | "putMeta" | "receiptKeys" | "putReceiptKey"> {
  const meta = db.prepare("SELECT value FROM meta WHERE name = ?");
  const putMeta = db.prepare("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)");
  const keys = db.prepare("SELECT id, x FROM receipt_keys WHERE site = ? ORDER BY id");
  const putKey = db.prepare("INSERT OR IGNORE INTO receipt_keys (site, id, x) VALUES (?, ?, ?)");
  return {
    meta: async (name) => (meta.get(name) as { value: string } | undefined)?.value,
    putMeta: async (name, value) => void putMeta.run(name, value),
    receiptKeys: async (site) => (keys.all(site) as { id: string; x: string }[]).map(({ id, x }): ReceiptKey => ({ kty: "OKP", crv: "Ed25519", x, kid: id })),
    putReceiptKey: async (site, { kid, x }) => void putKey.run(site, kid, x),
  };
}

function reading(db: Db): Pick<ReceiptReading, "lastReceipt" | "receipts" | "receiptsOf"> {
  const columns = "site, n, hash, link, recorded_at AS recordedAt, owner, salt, decision";
  const last = db.prepare("SELECT n, hash FROM receipts WHERE site = ? ORDER BY n DESC LIMIT 1");
  const after = db.prepare(`SELECT ${columns} FROM receipts WHERE site = ? AND n > ? ORDER BY n LIMIT ?`);
  const byOwner = db.prepare(`SELECT ${columns} FROM receipts WHERE owner = ? ORDER BY n`);
  return {
    lastReceipt: async (site) => last.get(site) as { n: number; hash: string } | undefined,
    receipts: async (site, n, limit) => (after.all(site, n, limit) as Columns[]).map(rowOf),
    receiptsOf: async (owner) => (byOwner.all(owner) as Columns[]).map(rowOf),
  };
}

function writing(db: Db): Pick<ReceiptWriting, "putReceipt" | "moveReceipts" | "blankReceipts" | "blankReceiptsBefore"> {
  const put = db.prepare("INSERT INTO receipts (site, n, hash, link, recorded_at, owner, salt, decision) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  const move = db.prepare("UPDATE receipts SET owner = ?2 WHERE owner = ?1 AND (?3 IS NULL OR json_extract(decision, '$.subject') = ?3)");
  const blank = "UPDATE receipts SET owner = NULL, salt = NULL, decision = NULL";
  const blankOf = db.prepare(`${blank} WHERE owner = ?`);
  const blankBefore = db.prepare(`${blank} WHERE site = ?1 AND n IN (SELECT n FROM receipts WHERE site = ?1 AND recorded_at < ?2 AND owner IS NOT NULL LIMIT ?3)`);
  return {
    putReceipt: async (r) => {
      put.run(r.site, r.n, r.hash, r.link, r.recordedAt, r.owner ?? null, r.salt ?? null, r.decision ?? null);
    },
    moveReceipts: async (from, to, subject) => void move.run(from, to, subject ?? null),
    blankReceipts: async (owner) => blankOf.run(owner).changes,
    blankReceiptsBefore: async (site, before, limit) => blankBefore.run(site, before, limit).changes,
  };
}

function rowOf({ site, n, hash, link, recordedAt, owner, salt, decision }: Columns): ReceiptRow {
  const kept = { site, n, hash, link, recordedAt };
  return owner === null || salt === null || decision === null ? kept : { ...kept, owner, salt, decision };
}

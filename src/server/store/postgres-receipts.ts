/** The receipts in PostgreSQL: one chain for each site, written by one job at a time. */
import type { ReceiptKey } from "../../wire/receipt.js";
import { SCHEMA } from "./postgres-migrations.js";
import { createTable } from "./postgres-table.js";
import type { Work } from "./postgres-work.js";
import type { ReceiptReading, ReceiptRow, ReceiptWriting } from "./receipts.js";

/** `subject` is the log in which it was decided, as the decision says. */
const RECEIPTS = createTable<ReceiptRow & { readonly subject?: string }>("receipts", {
  site: "site", n: "n", hash: "hash", link: "link", recordedAt: "recorded_at", owner: "owner", subject: "subject", salt: "salt", decision: "decision",
}, 2);

const BLANK = `UPDATE ${RECEIPTS.name} SET owner = NULL, subject = NULL, salt = NULL, decision = NULL`;

export function receiptsIn(work: Work): ReceiptReading & ReceiptWriting {
  return { ...keysIn(work), ...reading(work), ...writing(work) };
}

function keysIn(work: Work): Pick<ReceiptReading & ReceiptWriting, "meta" | "putMeta" | "receiptKeys" | "putReceiptKey"> {
  /** Not found by this job: whoever is faster to write it makes the job run again. */
  const missed = new Set<string>();
  return {
    async meta(name) {
      const [found] = await work.ask<{ value: string }>(`SELECT value FROM ${SCHEMA}.meta WHERE name = $1`, [name]);
      if (found === undefined) missed.add(name);
      return found?.value;
    },
    putMeta: async (name, value) => work.tell(`INSERT INTO ${SCHEMA}.meta (name, value) VALUES ($1, $2)${missed.delete(name) ? "" : " ON CONFLICT (name) DO UPDATE SET value = excluded.value"}`, [name, value]),
    async receiptKeys(site) {
      const rows = await work.ask<{ id: string; x: string }>(`SELECT id, x FROM ${SCHEMA}.receipt_keys WHERE site = $1 ORDER BY id`, [site]);
      return rows.map(({ id, x }): ReceiptKey => ({ kty: "OKP", crv: "Ed25519", x, kid: id }));
    },
    putReceiptKey: async (site, { kid, x }) => work.tell(`INSERT INTO ${SCHEMA}.receipt_keys (site, id, x) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, [site, kid, x]),
  };
}

function reading(work: Work): Pick<ReceiptReading, "lastReceipt" | "receipts" | "receiptsOf"> {
  const select = async (condition: string, values: readonly unknown[]): Promise<readonly ReceiptRow[]> =>
    (await work.ask(`SELECT ${RECEIPTS.columns} FROM ${RECEIPTS.name} WHERE ${condition}`, values)).map(rowOf);
  return {
    async lastReceipt(site) {
      // The first receipt of a site is never taken away: whoever holds it writes the next.
      if (work.lock !== "") work.tell(`SELECT n FROM ${RECEIPTS.name} WHERE site = $1 AND n = 1 FOR UPDATE`, [site]);
      return (await work.ask<{ n: number; hash: string }>(`SELECT n, hash FROM ${RECEIPTS.name} WHERE site = $1 ORDER BY n DESC LIMIT 1`, [site]))[0];
    },
    receipts: async (site, n, limit) => select("site = $1 AND n > $2 ORDER BY n LIMIT $3", [site, n, limit]),
    receiptsOf: async (owner) => select("owner = $1 ORDER BY n", [owner]),
  };
}

function writing(work: Work): Pick<ReceiptWriting, "putReceipt" | "moveReceipts" | "blankReceipts" | "blankReceiptsBefore"> {
  return {
    async putReceipt(row) {
      const subject = row.decision === undefined ? undefined : (JSON.parse(row.decision) as { readonly subject?: string }).subject;
      work.tell(RECEIPTS.add, RECEIPTS.values({ ...row, ...(subject !== undefined && { subject }) }));
    },
    moveReceipts: async (from, to, subject) => work.tell(`UPDATE ${RECEIPTS.name} SET owner = $2 WHERE owner = $1 AND ($3::text IS NULL OR subject = $3)`, [from, to, subject ?? null]),
    blankReceipts: async (owner) => work.count(`${BLANK} WHERE owner = $1`, [owner]),
    blankReceiptsBefore: async (site, before, limit) => {
      const due = `SELECT n FROM ${RECEIPTS.name} WHERE site = $1 AND recorded_at < $2 AND owner IS NOT NULL LIMIT $3 FOR UPDATE SKIP LOCKED`;
      return work.count(`${BLANK} WHERE site = $1 AND n IN (${due})`, [site, before, limit]);
    },
  };
}

function rowOf(found: object): ReceiptRow {
  const { owner, subject: _, salt, decision, ...kept } = RECEIPTS.row(found);
  return owner === undefined || salt === undefined || decision === undefined ? kept : { ...kept, owner, salt, decision };
}

/** Logs, their entries and their snapshots in PostgreSQL. */
import type { Entry } from "../../model/event.js";
import { bidFarewell } from "./postgres-feed.js";
import type { Known } from "./postgres-known.js";
import { SCHEMA } from "./postgres-migrations.js";
import { createTable, isStorable } from "./postgres-table.js";
import type { Work } from "./postgres-work.js";
import type { LogRow, StoredSnapshot, Transaction } from "./store.js";

export const LOGS = createTable<LogRow>("logs", { id: "id", site: "site", head: "head", hash: "hash", customer: "customer", mergedInto: "merged_into", expiresAt: "expires_at" });
const PUT_LOGS = LOGS.putMany(["text", "text", "bigint", "bigint", "text", "text", "bigint"]);

export const ENTRIES = `${SCHEMA}.entries`;
const APPEND = `INSERT INTO ${ENTRIES} (log, seq, id, hash, body) SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::text[])`;

type Kept = Omit<StoredSnapshot, "state"> & { readonly log: string; readonly state: string };
const SNAPSHOTS = createTable<Kept>("snapshots", { log: "log", seq: "seq", hash: "hash", fold: "fold", state: "state" });

type Logs = Pick<Transaction, "log" | "heads" | "customerLog" | "logsInto" | "putLog" | "eraseLog" | "expiredLogs">;
type Entries = Pick<Transaction, "append" | "entries" | "seqsOf" | "hashAt" | "restoredHead" | "snapshot" | "putSnapshot">;

/** Takes the id of a log: the observations of its devices, and what proves them, go while it is known which they are. */
const ERASURES = [
  `DELETE FROM ${SCHEMA}.observations WHERE log = $1 OR device IN (SELECT hash FROM ${SCHEMA}.devices WHERE log = $1)`,
  ...["credentials", "tokens"].map((table) => `DELETE FROM ${SCHEMA}.${table} WHERE device IN (SELECT hash FROM ${SCHEMA}.devices WHERE log = $1)`),
  ...["handoffs", "devices", "restores", "snapshots", "entries"].map((table) => `DELETE FROM ${SCHEMA}.${table} WHERE log = $1`),
  `DELETE FROM ${LOGS.name} WHERE id = $1`,
];

export function logsIn(work: Work, known: Known): Logs {
  const select = async (condition: string, values: readonly unknown[]): Promise<readonly LogRow[]> => {
    const rows = (await work.ask(`SELECT ${LOGS.columns} FROM ${LOGS.name} WHERE ${condition} ${work.lock}`, values)).map(LOGS.row);
    for (const row of rows) work.held(row.id);
    return rows;
  };
  return {
    log: async (id) => known.logs.get(id) ?? (await select("id = $1", [id]))[0],
    heads: async (ids) => new Map((await work.ask<{ id: string; head: number }>(`SELECT id, head FROM ${LOGS.name} WHERE id = ANY($1::text[])`, [ids])).map(({ id, head }) => [id, head])),
    customerLog: async (site, customer) => (isStorable(customer) ? (await select("site = $1 AND customer = $2", [site, customer]))[0] : undefined),
    logsInto: async (id) => select("merged_into = $1 ORDER BY id", [id]),
    async putLog(row) {
      known.logs.delete(row.id);
      work.tellMany(PUT_LOGS, LOGS.values(row).map((value) => [value]));
    },
    async eraseLog(id, now) {
      known.forget();
      bidFarewell(work, id, now);
      for (const erasure of ERASURES) work.tell(erasure, [id]);
    },
    expiredLogs: async (now, limit) => {
      // What somebody writes to in this moment is not over; the rest is looked at again ten minutes later.
      const rows = await work.ask<{ id: string }>(`SELECT id FROM ${LOGS.name} WHERE expires_at < $1 LIMIT $2 ${work.lock && "FOR UPDATE SKIP LOCKED"}`, [now, limit]);
      return rows.map(({ id }) => id);
    },
  };
}

export function entriesIn(work: Work, known: Known): Entries {
  return {
    async append(log, entries, hashes) {
      known.appended();
      const bodies = entries.map(({ seq: _, id: __, ...body }) => JSON.stringify(body));
      work.tellMany(APPEND, [entries.map(() => log), entries.map(({ seq }) => seq), entries.map(({ id }) => id), hashes, bodies]);
    },
    async entries(log, after, limit) {
      const rows = await work.ask<{ seq: number; id: string; body: string }>(`SELECT seq, id, body FROM ${ENTRIES} WHERE log = $1 AND seq > $2 ORDER BY seq LIMIT $3`, [log, after, limit]);
      return rows.map(({ seq, id, body }) => ({ ...(JSON.parse(body) as Omit<Entry, "seq" | "id">), seq, id }));
    },
    async seqsOf(log, ids) {
      const asked = ids.filter(isStorable);
      const seen = known.seqsOf(log, asked);
      if (seen !== undefined || asked.length === 0) return seen ?? new Map();
      const rows = await work.ask<{ id: string; seq: number }>(`SELECT id, seq FROM ${ENTRIES} WHERE log = $1 AND id = ANY($2::text[])`, [log, asked]);
      return new Map(rows.map(({ id, seq }) => [id, seq]));
    },
    hashAt: async (log, seq) => (await work.ask<{ hash: number }>(`SELECT hash FROM ${ENTRIES} WHERE log = $1 AND seq = $2`, [log, seq]))[0]?.hash,
    restoredHead: async (log, epoch) => (await work.ask<{ head: number }>(`SELECT head FROM ${SCHEMA}.restores WHERE log = $1 AND epoch = $2`, [log, epoch]))[0]?.head,
    ...snapshotsIn(work),
  };
}

function snapshotsIn(work: Work): Pick<Entries, "snapshot" | "putSnapshot"> {
  return {
    async snapshot(log) {
      const [found] = await work.ask(`SELECT ${SNAPSHOTS.columns} FROM ${SNAPSHOTS.name} WHERE log = $1`, [log]);
      if (found === undefined) return undefined;
      const { log: _, state, ...snapshot } = SNAPSHOTS.row(found);
      return { ...snapshot, state: JSON.parse(state) };
    },
    async putSnapshot(log, { state, ...snapshot }) {
      work.tell(SNAPSHOTS.put, SNAPSHOTS.values({ ...snapshot, log, state: JSON.stringify(state) }));
    },
  };
}

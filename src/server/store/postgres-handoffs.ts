/** Handoffs in PostgreSQL. Whoever works on one holds the log that is handed over. */
import type { Known } from "./postgres-known.js";
import { createTable, isStorable } from "./postgres-table.js";
import { readHeld, type Work } from "./postgres-work.js";
import type { HandoffRow, Transaction } from "./store.js";

export const HANDOFFS = createTable<HandoffRow>("handoffs", {
  id: "id", codeHash: "code_hash", tokenHash: "token_hash", site: "site", mode: "mode", status: "status", offerer: "offerer", log: "log", url: "url", place: "place",
  looks: "looks", expiresAt: "expires_at", receiver: "receiver", number: "number", endsAt: "ends_at", target: "target", since: "since",
});

type Handoffs = Pick<Transaction, "handoff" | "hasHandoff" | "liveHandoffs" | "handoffOf" | "handoffsOf" | "loanTo" | "putHandoff" | "dropHandoffs">;

const BY_KEY = "site = $1 AND (code_hash = $2 OR token_hash = $2)";

export function handoffsIn(work: Work, known: Known): Handoffs {
  const find = async (condition: string, values: readonly unknown[], order = ""): Promise<readonly HandoffRow[]> => {
    const read = () => work.ask(`SELECT ${HANDOFFS.columns} FROM ${HANDOFFS.name} WHERE ${condition} ${order}`, values);
    const logs = [`SELECT log FROM ${HANDOFFS.name} WHERE ${condition}`, values] as const;
    return (await readHeld(work, logs, read, (row) => HANDOFFS.row(row).log)).map(HANDOFFS.row);
  };
  return {
    handoff: async (site, keyHash) => (await find(BY_KEY, [site, keyHash]))[0],
    hasHandoff: async (site, keyHash) => (await work.ask(`SELECT id FROM ${HANDOFFS.name} WHERE ${BY_KEY}`, [site, keyHash])).length > 0,
    async liveHandoffs(site, place, now) {
      if (place !== undefined && !isStorable(place)) return 0;
      const live = `SELECT count(*) AS n FROM ${HANDOFFS.name} WHERE site = $1 AND place IS NOT DISTINCT FROM $2 AND expires_at >= $3 AND status IN ('offered', 'opened', 'to-approve')`;
      return (await work.ask<{ n: number }>(live, [site, place ?? null, now]))[0]?.n ?? 0;
    },
    handoffOf: async (offerer) => (await find("offerer = $1", [offerer], "ORDER BY expires_at DESC, status = 'declined' LIMIT 1"))[0],
    handoffsOf: async (log) => find("log = $1", [log], "ORDER BY id"),
    async loanTo(receiver) {
      if (known.loans.has(receiver) && (known.loans.get(receiver) === undefined || work.lock === "")) return known.loans.get(receiver);
      return (await find("receiver = $1 AND status = 'lent'", [receiver]))[0];
    },
    async putHandoff(row) {
      known.loans.clear();
      work.tell(HANDOFFS.put, HANDOFFS.values(row));
    },
    async dropHandoffs(before) {
      // Those that somebody works on in this moment go the next time: nobody waits for the clearing away.
      work.tell(`DELETE FROM ${HANDOFFS.name} WHERE id IN (SELECT id FROM ${HANDOFFS.name} WHERE expires_at < $1 AND (ends_at IS NULL OR ends_at < $1) FOR UPDATE SKIP LOCKED)`, [before]);
    },
  };
}

/** Which device has used which token of the shop, in PostgreSQL. */
import { SCHEMA } from "./postgres-migrations.js";
import type { Work } from "./postgres-work.js";
import type { Transaction } from "./store.js";

const TOKENS = `${SCHEMA}.tokens`;

export function tokensIn(work: Work): Pick<Transaction, "tokenUser" | "putTokenUser" | "dropTokenUsers"> {
  return {
    tokenUser: async (site, id) => (await work.ask<{ device: string }>(`SELECT device FROM ${TOKENS} WHERE site = $1 AND id = $2`, [site, id]))[0]?.device,
    // Of two devices that come at once with one token the second runs again, and finds the first.
    putTokenUser: async (site, id, device, expiresAt) => work.tell(`INSERT INTO ${TOKENS} (site, id, device, expires_at) VALUES ($1, $2, $3, $4)`, [site, id, device, expiresAt]),
    dropTokenUsers: async (now, limit) => {
      const due = `SELECT site, id FROM ${TOKENS} WHERE expires_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED`;
      return work.count(`DELETE FROM ${TOKENS} WHERE (site, id) IN (${due})`, [now, limit]);
    },
  };
}

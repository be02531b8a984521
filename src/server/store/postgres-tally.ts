/** What all processes on one PostgreSQL count together: wrong codes, and the proofs of devices' keys that were used. */
import { HOUR, MINUTE, MOST } from "../tries.js";
import type { Known } from "./postgres-known.js";
import { SCHEMA } from "./postgres-migrations.js";
import type { Work } from "./postgres-work.js";
import type { TallyReading, TallyWriting } from "./tally.js";

const [CODES, HOPE] = [`${SCHEMA}.wrong_codes`, `${SCHEMA}.spent_hope`];
const PROOFS = `${SCHEMA}.proofs`;

/** One guess at a time in the whole fleet: a hundred that come at once would each find that there is room for one more. */
const ALONE = "SELECT pg_advisory_xact_lock(hashtext('carryover codes'))";
/** No flush of the disk for somebody who guesses: a crash forgets the last half second of them. */
const UNFLUSHED = "SET LOCAL synchronous_commit = off";

/** The earliest of so many that the limit is reached. */
const full = (condition: string, most: number): string => `(SELECT at FROM ${CODES} WHERE ${condition} AND at > $3 ORDER BY at DESC OFFSET ${most - 1} LIMIT 1)`;
const COUNTED = `
  SELECT ${full("address = $1", MOST.address)} AS address, ${full("place = $2", MOST.place)} AS place, ${full("true", MOST.all)} AS "all",
    (SELECT coalesce(sum(hope), 0) FROM ${HOPE} WHERE at > $4) AS hope, (SELECT min(at) FROM ${HOPE} WHERE at > $4) AS since`;

const COUNT = `INSERT INTO ${CODES} (at, address, place) VALUES ($1, $2, $3)`;
const SPEND = `INSERT INTO ${HOPE} AS h (minute, at, hope) VALUES ($1, $2, $3) ON CONFLICT (minute) DO UPDATE SET at = GREATEST(h.at, excluded.at), hope = h.hope + excluded.hope`;
const FORGET = [CODES, HOPE].map((table) => `DELETE FROM ${table} WHERE at <= $1`);

/** Takes ids, and finds those that were used. */
export const USED = `SELECT id FROM ${PROOFS} WHERE id = ANY($1::text[])`;

type Found = { readonly [name in "address" | "place" | "all" | "since"]: number | null } & { readonly hope: number };

export function tallyIn(work: Work, known: Known): TallyReading & TallyWriting {
  return { ...codesIn(work), ...proofsIn(work, known) };
}

function codesIn(work: Work): Pick<TallyWriting, "wrongCodes" | "putWrongCode" | "dropWrongCodes"> {
  const forget = (now: number): void => [now - 2 * MINUTE, now - 2 * HOUR].forEach((before, i) => work.tell(FORGET[i] as string, [before])); // clocks may differ
  return {
    async wrongCodes({ address, place }, now) {
      work.tell(UNFLUSHED);
      work.tell(ALONE);
      const [found] = await work.ask<Found>(COUNTED, [address, place ?? null, now - MINUTE, now - HOUR]);
      const { address: full, place: crowded, all, hope, since } = found as Found;
      return { address: full ?? undefined, place: crowded ?? undefined, all: all ?? undefined, hope, since: since ?? undefined };
    },
    async putWrongCode({ address, place }, hope, now) {
      work.tell(COUNT, [now, address, place ?? null]);
      work.tell(SPEND, [Math.floor(now / MINUTE), now, hope]);
      forget(now);
    },
    dropWrongCodes: async (now) => forget(now),
  };
}

function proofsIn(work: Work, known: Known): Pick<TallyReading & TallyWriting, "isProofUsed" | "putProof" | "dropProofs"> {
  return {
    isProofUsed: async (id) => known.proofs.get(id) ?? (await work.ask(USED, [[id]])).length > 0,
    putProof: async (id, expiresAt) => work.tellMany(`INSERT INTO ${PROOFS} (id, expires_at) SELECT * FROM unnest($1::text[], $2::bigint[])`, [[id], [expiresAt]]),
    dropProofs: async (now, limit) => work.count(`DELETE FROM ${PROOFS} WHERE id IN (SELECT id FROM ${PROOFS} WHERE expires_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED)`, [now, limit]),
  };
}

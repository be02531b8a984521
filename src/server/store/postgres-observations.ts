/** Observations in PostgreSQL. */
import type { ObservationReading, ObservationRow, ObservationWriting, TypeCrowd, VitalCrowd } from "./observations.js";
import { SCHEMA } from "./postgres-migrations.js";
import { createTable } from "./postgres-table.js";
import type { Work } from "./postgres-work.js";

/** A vital's name and value stand beside the text that holds them, since that may hold what PostgreSQL's JSON does not read. */
type Kept = Omit<ObservationRow, "data"> & { readonly data: string; readonly vital?: string; readonly value?: number };

const OBSERVATIONS = createTable<Kept>("observations", {
  device: "device", id: "id", log: "log", site: "site", purpose: "purpose", type: "type", channel: "channel", isResumed: "is_resumed",
  at: "at", expiresAt: "expires_at", vital: "vital", value: "value", data: "data",
}, 2);

const PUT = `${OBSERVATIONS.add} ON CONFLICT (device, id) DO UPDATE SET at = excluded.at, expires_at = excluded.expires_at, value = excluded.value, data = excluded.data
  WHERE excluded.at > observations.at AND excluded.type = observations.type`;

/** Of a log: also what its devices observed while they wrote to another, as visitors did before they signed in. */
const OF_LOG = `(log = $1 OR device IN (SELECT hash FROM ${SCHEMA}.devices WHERE log = $1))`;

/** Ranks are whole numbers, counted up. */
const VITALS = `
  WITH ranked AS (
    SELECT channel, is_resumed, value,
      ROW_NUMBER() OVER (PARTITION BY channel, is_resumed ORDER BY value) AS rank, COUNT(*) OVER (PARTITION BY channel, is_resumed) AS count
    FROM ${OBSERVATIONS.name} WHERE site = $1 AND type = 'vital-measured' AND at >= $2 AND at < $3 AND vital = $4
  )
  SELECT $4::text AS name, channel, is_resumed AS "isResumed", count,
    MAX(value) FILTER (WHERE rank = (count * 50 + 99) / 100) AS p50,
    MAX(value) FILTER (WHERE rank = (count * 75 + 99) / 100) AS p75,
    MAX(value) FILTER (WHERE rank = (count * 95 + 99) / 100) AS p95
  FROM ranked GROUP BY channel, is_resumed, count ORDER BY channel, is_resumed`;

const COUNTS = `
  SELECT type, channel, is_resumed AS "isResumed", COUNT(*) AS count FROM ${OBSERVATIONS.name}
  WHERE site = $1 AND at >= $2 AND at < $3 GROUP BY type, channel, is_resumed ORDER BY type, channel, is_resumed`;

export function observationsIn(work: Work): ObservationReading & ObservationWriting {
  return { ...reading(work), ...writing(work) };
}

function reading(work: Work): ObservationReading {
  return {
    async lastObservation(device, since) {
      const [found] = await work.ask<{ is_resumed: boolean }>(`SELECT is_resumed FROM ${OBSERVATIONS.name} WHERE device = $1 AND at >= $2 ORDER BY at DESC LIMIT 1`, [device, since]);
      return found && { isResumed: found.is_resumed };
    },
    async countObservations(device, since, most) {
      const some = `SELECT COUNT(*) AS n FROM (SELECT 1 FROM ${OBSERVATIONS.name} WHERE device = $1 AND at >= $2 LIMIT $3) AS latest`;
      return (await work.ask<{ n: number }>(some, [device, since, most]))[0]?.n ?? 0;
    },
    observationsOf: async (log) => (await work.ask(`SELECT ${OBSERVATIONS.columns} FROM ${OBSERVATIONS.name} WHERE ${OF_LOG} ORDER BY at, id`, [log])).map(rowOf),
    vitals: async ({ site, from, to }, name) => work.ask<VitalCrowd>(VITALS, [site, from, to, name]),
    observationCounts: async ({ site, from, to }) => work.ask<TypeCrowd>(COUNTS, [site, from, to]),
  };
}

function rowOf(found: object): ObservationRow {
  const { vital: _, value: __, data, ...row } = OBSERVATIONS.row(found);
  return { ...row, data: JSON.parse(data) };
}

function vitalOf({ type, data: { name, value } }: ObservationRow): Pick<Kept, "vital" | "value"> {
  return type === "vital-measured" && typeof name === "string" && typeof value === "number" ? { vital: name, value } : {};
}

function writing(work: Work): ObservationWriting {
  const ofDevice = `device IN (SELECT hash FROM ${SCHEMA}.devices WHERE log = $1 AND device = $3)`;
  return {
    putObservations: async (rows) => rows.forEach((row) => work.tell(PUT, OBSERVATIONS.values({ ...row, ...vitalOf(row), data: JSON.stringify(row.data) }))),
    async dropObservations(log, purpose, device) {
      if (device === undefined) work.tell(`DELETE FROM ${OBSERVATIONS.name} WHERE ${OF_LOG} AND purpose = $2`, [log, purpose]);
      else work.tell(`DELETE FROM ${OBSERVATIONS.name} WHERE ${ofDevice} AND purpose = $2`, [log, purpose, device]);
    },
    eraseExpiredObservations: async (now, limit) => {
      const due = `SELECT device, id FROM ${OBSERVATIONS.name} WHERE expires_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED`;
      return work.count(`DELETE FROM ${OBSERVATIONS.name} WHERE (device, id) IN (${due})`, [now, limit]);
    },
  };
}

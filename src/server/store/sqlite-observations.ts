/** Observations in a SQLite file. */
import type Database from "libsql";
import type { ObservationReading, ObservationRow, ObservationWriting, TypeCrowd, VitalCrowd } from "./observations.js";

type Db = InstanceType<typeof Database>;

/** Of a log: also what its devices observed while they wrote to another, as visitors did before they signed in. */
const OF_LOG = "(log = ?1 OR device IN (SELECT hash FROM devices WHERE log = ?1))";

/** Takes the id of a log. */
export const ERASE_OBSERVATIONS = `DELETE FROM observations WHERE ${OF_LOG}`;

const COLUMNS = "device, id, log, site, purpose, type, channel, is_resumed AS isResumed, at, expires_at AS expiresAt, data";

/** Ranks are whole numbers, counted up. */
const VITALS = `
  WITH told AS (
    SELECT channel, is_resumed, data ->> '$.value' AS value FROM observations
    WHERE site = ?1 AND type = 'vital-measured' AND at >= ?2 AND at < ?3 AND data ->> '$.name' = ?4
  ), ranked AS (
    SELECT channel, is_resumed, value,
      ROW_NUMBER() OVER (PARTITION BY channel, is_resumed ORDER BY value) AS rank, COUNT(*) OVER (PARTITION BY channel, is_resumed) AS count
    FROM told
  )
  SELECT ?4 AS name, channel, is_resumed AS isResumed, count,
    MAX(CASE WHEN rank = (count * 50 + 99) / 100 THEN value END) AS p50,
    MAX(CASE WHEN rank = (count * 75 + 99) / 100 THEN value END) AS p75,
    MAX(CASE WHEN rank = (count * 95 + 99) / 100 THEN value END) AS p95
  FROM ranked GROUP BY channel, is_resumed ORDER BY channel, is_resumed`;

const COUNTS = `
  SELECT type, channel, is_resumed AS isResumed, COUNT(*) AS count FROM observations
  WHERE site = ?1 AND at >= ?2 AND at < ?3 GROUP BY type, channel, is_resumed ORDER BY type, channel, is_resumed`;

export function observationsOf(db: Db): ObservationReading & ObservationWriting {
  return { ...reading(db), ...writing(db) };
}

function reading(db: Db): ObservationReading {
  const last = db.prepare("SELECT is_resumed AS isResumed FROM observations WHERE device = ? AND at >= ? ORDER BY at DESC LIMIT 1");
  const some = db.prepare("SELECT COUNT(*) AS n FROM (SELECT 1 FROM observations WHERE device = ? AND at >= ? LIMIT ?)");
  const ofLog = db.prepare(`SELECT ${COLUMNS} FROM observations WHERE ${OF_LOG} ORDER BY at, id`);
  const [vitals, counts] = [db.prepare(VITALS), db.prepare(COUNTS)];
  return {
    lastObservation: async (device, since) => {
      const row = last.get(device, since) as { isResumed: number } | undefined;
      return row && { isResumed: Boolean(row.isResumed) };
    },
    countObservations: async (device, since, most) => (some.get(device, since, most) as { n: number }).n,
    observationsOf: async (log) => (ofLog.all(log) as (ObservationRow & { data: string })[]).map((row) => ({ ...told(row), data: JSON.parse(row.data) })),
    vitals: async ({ site, from, to }, name) => (vitals.all(site, from, to, name) as VitalCrowd[]).map(told),
    observationCounts: async ({ site, from, to }) => (counts.all(site, from, to) as TypeCrowd[]).map(told),
  };
}

/** SQLite knows no booleans, and its driver adds something of its own. */
function told<Row extends { readonly isResumed: boolean }>(row: Row): Row {
  const { _metadata: _, ...own } = row as Row & { _metadata?: unknown };
  return { ...(own as unknown as Row), isResumed: Boolean(row.isResumed) };
}

function writing(db: Db): ObservationWriting {
  const put = db.prepare("INSERT INTO observations (device, id, log, site, purpose, type, channel, is_resumed, at, expires_at, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (device, id) DO UPDATE SET at = excluded.at, expires_at = excluded.expires_at, data = excluded.data WHERE excluded.at > at AND excluded.type = type");
  const drop = db.prepare(`DELETE FROM observations WHERE ${OF_LOG} AND purpose = ?2`);
  const dropOfDevice = db.prepare("DELETE FROM observations WHERE device IN (SELECT hash FROM devices WHERE log = ?1 AND device = ?3) AND purpose = ?2");
  const expire = db.prepare("DELETE FROM observations WHERE (device, id) IN (SELECT device, id FROM observations WHERE expires_at < ? LIMIT ?)");
  return {
    putObservations: async (rows) => rows.forEach(({ device, id, log, site, purpose, type, channel, isResumed, at, expiresAt, data }) => {
      put.run(device, id, log, site, purpose, type, channel, isResumed ? 1 : 0, at, expiresAt, JSON.stringify(data));
    }),
    dropObservations: async (log, purpose, device) => {
      if (device === undefined) drop.run(log, purpose);
      else dropOfDevice.run(log, purpose, device);
    },
    eraseExpiredObservations: async (now, limit) => expire.run(now, limit).changes,
  };
}

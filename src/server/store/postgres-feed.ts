/** The feed in PostgreSQL, where transactions end in another order than they began in: read only so far as none can come before. */
import { subjectOf } from "../credential.js";
import { type FeedReading, feedRowOf, type FeedWriting, type FoundInFeed } from "./feed.js";
import { SCHEMA } from "./postgres-migrations.js";
import type { Work } from "./postgres-work.js";

const FEED = `${SCHEMA}.feed`;

/**
 * A row stands under the number of its transaction, or under that of the last one that wrote in the same log if that is higher:
 * a transaction may have begun before another and yet have got the log after it. So the order within a log is the log's own,
 * and whoever is still under way writes under no number below its own. Drawn while the log's row is held.
 */
const numberIn = (log: string): string => `GREATEST(pg_current_xact_id()::text::bigint, (SELECT max(tx) FROM ${FEED} WHERE log = ${log}))`;
/** Below it everything has ended: nothing can be written there any more. */
const ENDED = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint";

const FOLLOWING = `
  SELECT f.tx, f.n, f.at, f.log, f.subject, l.customer, e.seq, e.id, e.body
  FROM (SELECT * FROM ${FEED} WHERE site = $1 AND (tx, n) >= ($2::bigint, $3::bigint) AND tx < ${ENDED} ORDER BY tx, n LIMIT $5::bigint + 1) f
  LEFT JOIN ${SCHEMA}.logs l ON l.id = f.log
  LEFT JOIN ${SCHEMA}.entries e ON e.log = f.log AND e.seq BETWEEN f.first_seq AND f.last_seq
  WHERE CASE WHEN f.log IS NULL THEN (f.tx, f.n) > ($2, $3) ELSE e.seq IS NOT NULL AND ((f.tx, f.n) > ($2, $3) OR e.seq > $4::bigint) END
  ORDER BY f.tx, f.n, e.seq LIMIT $5`;

const PUT = `
  INSERT INTO ${FEED} (site, tx, log, first_seq, last_seq, at)
  SELECT w.site, ${numberIn("w.log")}, w.log, w.first_seq, w.last_seq, w.at
  FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[]) AS w (site, log, first_seq, last_seq, at)`;
const DROP = `DELETE FROM ${FEED} WHERE site = $1 AND (tx, n) IN (SELECT tx, n FROM (SELECT tx, n, at FROM ${FEED} WHERE site = $1 ORDER BY tx, n LIMIT $3) oldest WHERE at < $2)`;

const FAREWELL = `INSERT INTO ${FEED} (site, tx, subject, at) SELECT site, ${numberIn("$2")}, $1, $3::bigint FROM ${SCHEMA}.logs WHERE id = $2 AND head > 0`;
const FORGET = `DELETE FROM ${FEED} WHERE log = $1`;

/** The numbers of another cluster's transactions say nothing here: what was written there has all ended. */
export const FEED_MOVED = `UPDATE ${FEED} SET tx = 0 WHERE tx > 0`;

export function feedIn(work: Work): FeedReading & FeedWriting {
  return {
    feed: async (site, { tx, n, seq } = { tx: 0, n: 0, seq: 0 }, limit) => (await work.ask<FoundInFeed>(FOLLOWING, [site, tx, n, seq, limit])).map(feedRowOf),
    putFeed: async ({ id, site }, first, last, at) => work.tellMany(PUT, [[site], [id], [first], [last], [at]]),
    dropFeed: async (site, before, limit) => work.count(DROP, [site, before, limit]),
  };
}

/** To be done before the log goes: those who have read of it are told that it is gone, by a name that says nothing of it. */
export function bidFarewell(work: Work, log: string, at: number): void {
  work.tell(FAREWELL, [subjectOf(log), log, at]);
  work.tell(FORGET, [log]);
}

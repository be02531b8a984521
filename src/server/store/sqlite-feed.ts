/** The feed in a SQLite file: whoever writes is the only one, so that the order of numbers is that of commits. */
import type Database from "libsql";
import { subjectOf } from "../credential.js";
import { type FeedReading, feedRowOf, type FeedWriting, type FoundInFeed } from "./feed.js";

type Db = InstanceType<typeof Database>;

/** Above all that was given before, also when nothing of it is kept any more: by the clock, in thousandths of a millisecond. */
const NUMBER = "MAX(?2 * 1000, coalesce((SELECT max(n) FROM feed WHERE site = ?1), 0) + 1)";

const FOLLOWING = `
  SELECT 0 AS tx, f.n, f.at, f.log, f.subject, l.customer, e.seq, e.id, e.body
  FROM (SELECT * FROM feed WHERE site = ?1 AND n >= ?2 ORDER BY n LIMIT ?4 + 1) f
  LEFT JOIN logs l ON l.id = f.log
  LEFT JOIN entries e ON e.log = f.log AND e.seq BETWEEN f.first_seq AND f.last_seq
  WHERE CASE WHEN f.log IS NULL THEN f.n > ?2 ELSE e.seq IS NOT NULL AND (f.n > ?2 OR e.seq > ?3) END
  ORDER BY f.n, e.seq LIMIT ?4`;

export function feedIn(db: Db): FeedReading & FeedWriting {
  const following = db.prepare(FOLLOWING);
  const put = db.prepare(`INSERT INTO feed (site, n, log, first_seq, last_seq, at) VALUES (?1, ${NUMBER}, ?3, ?4, ?5, ?2)`);
  const oldest = "SELECT n, at FROM feed WHERE site = ?1 ORDER BY n LIMIT ?3";
  const drop = db.prepare(`DELETE FROM feed WHERE site = ?1 AND n IN (SELECT n FROM (${oldest}) WHERE at < ?2)`);
  return {
    feed: async (site, { n, seq } = { tx: 0, n: 0, seq: 0 }, limit) => (following.all(site, n, seq, limit) as FoundInFeed[]).map(feedRowOf),
    putFeed: async ({ id, site }, first, last, at) => void put.run(site, at, id, first, last),
    dropFeed: async (site, before, limit) => drop.run(site, before, limit).changes,
  };
}

/** To be done before the log goes: those who have read of it are told that it is gone, by a name that says nothing of it. */
export function farewellIn(db: Db): (log: string, at: number) => void {
  const siteOf = db.prepare("SELECT site FROM logs WHERE id = ? AND head > 0");
  const tell = db.prepare(`INSERT INTO feed (site, n, subject, at) VALUES (?1, ${NUMBER}, ?3, ?2)`);
  const forget = db.prepare("DELETE FROM feed WHERE log = ?");
  return (log, at) => {
    const found = siteOf.get(log) as { readonly site: string } | undefined;
    if (found !== undefined) tell.run(found.site, at, subjectOf(log));
    forget.run(log);
  };
}

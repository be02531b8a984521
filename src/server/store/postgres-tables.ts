/** Makes the tables in PostgreSQL, step by step, and says whether they may be served. */
import { MOVED, type Mark } from "./moved.js";
import { refuseNewer } from "./newer.js";
import { postgresMigrations, SCHEMA } from "./postgres-migrations.js";
import type { Work } from "./postgres-work.js";

/** Holds up whoever else makes tables, until the transaction has ended. */
export const ONE_BY_ONE = "SELECT pg_advisory_xact_lock(hashtext('carryover migrations'))";

/** To be called in a transaction: two that start at once make the tables once. Throws when a newer version has made them. */
export async function makeTables(work: Work): Promise<void> {
  work.tell(ONE_BY_ONE);
  work.tell(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`);
  work.tell(`CREATE TABLE IF NOT EXISTS ${SCHEMA}.versions (version BIGINT PRIMARY KEY)`);
  const [row] = await work.ask<{ version: number }>(`SELECT coalesce(max(version), 0) AS version FROM ${SCHEMA}.versions`);
  const version = row?.version ?? 0;
  refuseNewer("the database", version, postgresMigrations.length);
  for (const [i, step] of postgresMigrations.entries()) {
    if (i < version) continue;
    work.script(step);
    work.tell(`INSERT INTO ${SCHEMA}.versions (version) VALUES ($1)`, [i + 1]);
  }
}

/** What came out of a SQLite file, if this database was filled from one. */
export async function arrivalIn(work: Work): Promise<Mark | undefined> {
  const [found] = await work.ask<{ value: string }>(`SELECT value FROM ${SCHEMA}.meta WHERE name = $1`, [MOVED]);
  return found && (JSON.parse(found.value) as Mark);
}

/** Half of a shop is not served: what is missing would look like what nobody ever had. */
export async function refuseHalf(work: Work): Promise<void> {
  if ((await arrivalIn(work))?.isDone === false) {
    throw new Error("carryover: the database is half filled: carryover migrate is at work in it, or was broken off and has to be run again.");
  }
}

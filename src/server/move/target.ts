/** The PostgreSQL that a shop moves into: claimed, filled, read back, and released for servers once all of it is there. */
import type { PoolClient } from "pg";
import { type Mark, MOVED } from "../store/moved.js";
import { SCHEMA } from "../store/postgres-migrations.js";
import { connect } from "../store/postgres-pool.js";
import { arrivalIn, makeTables, ONE_BY_ONE } from "../store/postgres-tables.js";
import { createWork, type Work } from "../store/postgres-work.js";
import { titleOf } from "../store/title.js";
import { kindsOf, type MovedTable, pageQuery, type Row, TABLES } from "./tables.js";

/** What came from where: kept in the target, so that a second attempt knows the first. */
export interface Arrival extends Mark {
  /** Of the file. */
  readonly epoch: string;
}

export interface Target {
  /** Undefined where nothing of ours is kept. Throws when it holds a shop that did not come by a move. */
  arrival(): Promise<Arrival | undefined>;
  /** From now on servers refuse to start on it; whatever an attempt that was broken off has left is gone. */
  claim(arrival: Arrival): Promise<void>;
  add(table: MovedTable, rows: readonly Row[]): Promise<void>;
  page(table: MovedTable, after: Row | undefined): Promise<readonly Row[]>;
  /** Servers may be started on it. */
  release(arrival: Arrival): Promise<void>;
  close(): Promise<void>;
}

/** Reading statistics of a large shop takes longer than a server would wait for anything. */
const ANSWER_MS = 600_000;

/** One connection does all of it: what it holds is free once it is gone, however the command ends. */
export async function openTarget(address: string): Promise<Target> {
  const pool = await connect(address, { answerMs: ANSWER_MS });
  const client = await pool.connect().catch(async (error: unknown) => {
    await pool.end();
    throw error;
  });
  const close = async (): Promise<void> => {
    client.release(true);
    await pool.end();
  };
  try {
    await hold(client, address);
  } catch (error) {
    await close();
    throw error;
  }
  const change = (job: (work: Work) => Promise<void>): Promise<void> => together(client, job);
  return {
    arrival: () => arrivalOf(createWork(client, false), address),
    claim: (arrival) => change((work) => claim(work, arrival, address)),
    add: (table, rows) => change(async (work) => add(work, table, rows)),
    page: (table, after) => page(client, table, after),
    async release(arrival) {
      await client.query(`ANALYZE ${TABLES.map(({ name }) => `${SCHEMA}.${name}`).join(", ")}`);
      await change(async (work) => {
        work.tell("SET LOCAL synchronous_commit = on"); // with this commit all that came before it is on the disk
        work.tell(`SELECT setval(pg_get_serial_sequence('${SCHEMA}.feed', 'n'), (SELECT greatest(max(n), 1) FROM ${SCHEMA}.feed))`);
        note(work, { ...arrival, isDone: true });
      });
    },
    close,
  };
}

/** Two that fill one database at once would each find the other's rows. */
async function hold(client: PoolClient, address: string): Promise<void> {
  const { rows: [row] } = await client.query("SELECT pg_try_advisory_lock(hashtext('carryover migrate')) AS \"isMine\"");
  if (row?.isMine !== true) throw new Error(`carryover: another migrate is at work in ${titleOf(address)}.`);
  await client.query("SET synchronous_commit = off; SET statement_timeout = 0");
}

async function arrivalOf(work: Work, address: string): Promise<Arrival | undefined> {
  const [row] = await work.ask<{ isThere: boolean }>(`SELECT to_regclass('${SCHEMA}.versions') IS NOT NULL AS "isThere"`);
  if (row?.isThere !== true) return undefined;
  const arrival = await arrivalIn(work);
  if (arrival === undefined) throw new TypeError(`carryover: ${titleOf(address)} holds a shop already, or was served once: migrate fills only a database without tables of carryover.`);
  return arrival as Arrival;
}

async function claim(work: Work, arrival: Arrival, address: string): Promise<void> {
  work.tell(ONE_BY_ONE);
  // Asked again while nobody can make tables: a server that was started a moment ago has taken it, and perhaps a cart.
  if ((await arrivalOf(work, address))?.isDone === true) throw new Error(`carryover: ${titleOf(address)} holds a shop already.`);
  await makeTables(work);
  // Only what an unfinished attempt has left is ever emptied: no server was let in.
  work.tell(`TRUNCATE ${TABLES.map(({ name }) => `${SCHEMA}.${name}`).join(", ")}`);
  note(work, arrival);
}

function note(work: Work, arrival: Arrival): void {
  work.tell(`INSERT INTO ${SCHEMA}.meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, [MOVED, JSON.stringify(arrival)]);
}

function add(work: Work, table: MovedTable, rows: readonly Row[]): void {
  const kinds = Object.entries(kindsOf(table));
  const names = kinds.map(([name]) => name);
  work.tell(
    `INSERT INTO ${SCHEMA}.${table.name} (${names.join(", ")}) SELECT * FROM unnest(${kinds.map(([, kind], i) => `$${i + 1}::${kind}[]`).join(", ")})`,
    names.map((name) => rows.map((row) => row[name])),
  );
}

async function page(client: PoolClient, table: MovedTable, after: Row | undefined): Promise<readonly Row[]> {
  const { keys } = table;
  const text = pageQuery(table, after, { columns: Object.keys(kindsOf(table)), keys, place: (n) => `$${n}`, schema: SCHEMA });
  return (await client.query(text, after === undefined ? [] : keys.map((key) => after[key]))).rows as Row[];
}

async function together(client: PoolClient, job: (work: Work) => Promise<void>): Promise<void> {
  const work = createWork(client, true);
  work.tell("BEGIN");
  try {
    await job(work);
    work.tell("COMMIT");
    await work.settled();
    if (work.failure !== undefined) throw work.failure;
  } catch (error) {
    work.tell("ROLLBACK");
    await work.settled();
    throw work.failure ?? error;
  }
}

/** The log in PostgreSQL: for shops that have outgrown one process, or already keep a database that somebody looks after. */
import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Pool, PoolClient } from "pg";
import { Refused } from "../refusal.js";
import { createCrowd } from "./postgres-crowd.js";
import { FEED_MOVED } from "./postgres-feed.js";
import { createKnown } from "./postgres-known.js";
import { createLanes } from "./postgres-lanes.js";
import { SCHEMA } from "./postgres-migrations.js";
import { connect, type ConnectOptions, isDoubtful } from "./postgres-pool.js";
import { makeTables, refuseHalf } from "./postgres-tables.js";
import { transaction } from "./postgres-transaction.js";
import { isCollision, weatherOf } from "./postgres-weather.js";
import { createWork, type Work } from "./postgres-work.js";
import type { Store } from "./store.js";
import { titleOf } from "./title.js";

/**
 * Opens a database, and makes the tables in a schema of their own where they are not yet. Throws when it cannot be reached or
 * was made by a newer version.
 *
 * Jobs that concern one cart run one after the other, whichever process they run in: whoever writes holds the row of its log.
 * Everything else runs at once, on as many connections as there are.
 */
export async function openPostgres(address: string, options: ConnectOptions = {}): Promise<Store> {
  const pool = await connect(address, options);
  let epoch = await migrate(pool).catch(async (error: unknown) => {
    await pool.end();
    if (!(error instanceof Refused)) throw error;
    throw new Error(`carryover: the database ${titleOf(address)} takes no changes now: it is a replica, or stops, or starts.`, { cause: error });
  });
  const lanes = createLanes();
  const crowd = createCrowd({
    together: (job) => once(pool, WRITE, job),
    alone: (job) => again(pool, (work) => job(work, createKnown())),
    isWeather: (error) => error instanceof Refused && !isCollision(error),
  });
  const open = createDoor();
  return {
    isShared: true,
    get epoch() {
      return epoch;
    },
    restored: () => open.pass(async () => void (epoch = await again(pool, (work) => nextEpoch(work, epoch)))),
    read: (job) => open.pass(() => once(pool, LOOK, (work) => job(transaction(work, createKnown(), undefined)))),
    transact: (job, ahead) => open.pass(() => {
      if (ahead === undefined) return again(pool, (work) => job(transaction(work, createKnown(), undefined)));
      return lanes.run(ahead.credential, (learn) => crowd.run(async (work, known) => {
        const value = await job(transaction(work, known, ahead));
        if (known.log !== undefined) learn(known.log);
        return value;
      }, ahead));
    }),
    // VACUUM is the database's own business: autovacuum frees what was erased, and overwrites it as it writes on.
    shred: async () => undefined,
    close: () => open.close(() => pool.end()),
  };
}

/** Each statement sees what was committed before it began: with the rows that are held, what a job decides by is never old. */
const WRITE = "BEGIN ISOLATION LEVEL READ COMMITTED";
/** All that a reader sees is of one moment. */
const LOOK = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/** What comes again has its number already, and counts once. */
const DOUBT_RETRY_MS = 1_000;

/** Runs a job in a transaction of its own. Nothing waits for BEGIN, nor COMMIT for the writes before it: the database takes them in their order. */
async function once<T>(pool: Pool, begin: typeof WRITE | typeof LOOK, job: (work: Work) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch(weatherOf);
  const work = createWork(client, begin === WRITE);
  work.tell(begin);
  try {
    const value = await job(work);
    work.tell("COMMIT");
    await work.settled();
    if (work.failure !== undefined) throw work.failure;
    if (isDoubtful(client)) throw new Refused("unavailable", "The database has not taken this to its replicas; it may be sent again.", DOUBT_RETRY_MS);
    client.release();
    return value;
  } catch (error) {
    await undo(client, work);
    return weatherOf(work.failure ?? error);
  }
}

/** A connection on which something failed is given up: what is prepared on it, and what not, nobody knows any more. */
async function undo(client: PoolClient, work: Work): Promise<void> {
  await work.settled();
  if (work.failure === undefined) work.tell("ROLLBACK");
  await work.settled();
  client.release(work.failure !== undefined || isDoubtful(client));
}

const TRIES = 10;
/** At most so long, longer from try to try, until those who met have gone. */
const PAUSE_MS = 4;

/** As `once`, for a job that writes; again where it met another: a deadlock, or a row that was not there when it looked. */
async function again<T>(pool: Pool, job: (work: Work) => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await once(pool, WRITE, job);
    } catch (error) {
      if (!isCollision(error) || tried === TRIES) throw error;
    }
    await pause(Math.random() * PAUSE_MS * tried);
  }
}

/** Lets jobs in until the store is closed, and closes behind the last. */
function createDoor(): { pass<T>(job: () => Promise<T>): Promise<T>; close(end: () => Promise<void>): Promise<void> } {
  const inside = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;
  return {
    async pass(job) {
      if (closing !== undefined) throw new Refused("unavailable", "The server has stopped.");
      const running = job();
      const left = running.then(() => undefined, () => undefined).finally(() => inside.delete(left));
      inside.add(left);
      return running;
    },
    close: (end) => (closing ??= Promise.all(inside).then(end)),
  };
}

async function migrate(pool: Pool): Promise<string> {
  return again(pool, async (work) => {
    await makeTables(work);
    await refuseHalf(work);
    work.tell(`INSERT INTO ${SCHEMA}.meta (name, value) VALUES ('epoch', $1) ON CONFLICT DO NOTHING`, [drawEpoch()]);
    return ((await work.ask<{ value: string }>(`SELECT value FROM ${SCHEMA}.meta WHERE name = 'epoch'`))[0] as { value: string }).value;
  });
}

function drawEpoch(): string {
  return randomBytes(6).toString("base64url");
}

async function nextEpoch(work: Work, before: string): Promise<string> {
  const drawn = drawEpoch();
  work.tell(`INSERT INTO ${SCHEMA}.restores (log, epoch, head) SELECT id, $1, head FROM ${SCHEMA}.logs ON CONFLICT (log, epoch) DO UPDATE SET head = excluded.head`, [before]);
  work.tell(`UPDATE ${SCHEMA}.meta SET value = $1 WHERE name = 'epoch'`, [drawn]);
  work.tell(FEED_MOVED);
  return drawn;
}

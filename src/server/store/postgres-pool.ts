/** The connections to PostgreSQL. */
import { Socket } from "node:net";
import type { CustomTypesConfig, Pool, PoolClient } from "pg";
import { SCHEMA } from "./postgres-migrations.js";
import { titleOf } from "./title.js";

export interface ConnectOptions {
  /** Refuses a database without our tables, where otherwise they are made. */
  readonly isThere?: boolean;
  /** So long an answer is waited for. */
  readonly answerMs?: number;
}

/** How many jobs may run at once. More connections than the database has cores make it slower, not faster. */
const CONNECTIONS = 10;
/** So long a job waits for a connection, then it is refused and may come again. */
const CONNECT_MS = 5_000;
/**
 * A machine that has lost its power says nothing any more, and its connections look as if they stood for a quarter of an hour:
 * what is not answered a moment after the database would have given up by itself (`LIMITS`) is given up here, with its connection.
 */
const ANSWER_MS = 65_000;
/** Statements are prepared once a connection: it is worth keeping through a quiet minute. */
const IDLE_MS = 300_000;
/** A process that is held up in the middle of a job holds up no more than itself. */
const LIMITS = "SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '10s'; SET statement_timeout = '60s'";
/**
 * All that is asked often is asked by a key: a plan that was made while the tables were small must not read them from end to end
 * for ever, and to compile it (JIT) takes a hundred times as long as to run it.
 */
const BY_KEY = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off";
const INT8 = 20;

/** Loaded only here: a shop with a file never needs the driver. */
export async function connect(address: string, { isThere = false, answerMs = ANSWER_MS }: ConnectOptions): Promise<Pool> {
  const { default: pg } = await import("pg");
  // No number of ours is beyond 2^53.
  const types: CustomTypesConfig = { getTypeParser: (oid, format) => (oid === INT8 ? Number : pg.types.getTypeParser(oid, format)) };
  const pool = new pg.Pool({ connectionString: address, max: CONNECTIONS, connectionTimeoutMillis: CONNECT_MS, idleTimeoutMillis: IDLE_MS, keepAlive: true, query_timeout: answerMs, application_name: SCHEMA, pipeline: true, stream: gathering, types });
  // A connection that breaks says so to whoever works on it; nobody else need know.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => {
    client.on("error", () => undefined);
    client.on("notice", ({ routine }) => void (routine === REPLICA_WAIT && doubted.add(client)));
    client.query(`${LIMITS}; ${BY_KEY}`).catch(() => undefined); // what breaks here breaks for the job behind it, which is told
  });
  await pool.query(`SELECT to_regclass('${SCHEMA}.logs') IS NOT NULL AS "isThere"`).then(({ rows: [row] }) => {
    if (isThere && row.isThere !== true) throw new TypeError(`carryover: the database ${titleOf(address)} holds no carryover.`);
  }).catch(async (error: unknown) => {
    await pool.end();
    throw error instanceof TypeError ? error : new Error(`carryover: the database ${titleOf(address)} cannot be opened.`, { cause: error });
  });
  return pool;
}

/** Where PostgreSQL waits for its replicas. What it says from there is that it was told to wait no longer. */
const REPLICA_WAIT = "SyncRepWaitForLSN";
const doubted = new WeakSet<object>();

/** Whether a commit on this connection was acknowledged although no replica has it: it would be gone with the machine. */
export function isDoubtful(client: PoolClient): boolean {
  return doubted.has(client);
}

/** A socket on which all that is said in one moment goes out together: a push is then two packets up and two down. */
function gathering(): Socket {
  const socket = new Socket();
  const write = socket.write.bind(socket) as (...said: unknown[]) => boolean;
  let isOpen = false;
  const flush = (): void => {
    isOpen = false;
    socket.uncork();
  };
  // Node puts its own `write` back whenever a socket connects.
  socket.once("connect", () => {
    socket.write = (...said: unknown[]) => {
      if (!isOpen) {
        process.nextTick(flush);
        socket.cork();
      }
      isOpen = true;
      return write(...said);
    };
  });
  return socket;
}

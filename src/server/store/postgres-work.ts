/** One piece of work on one connection to PostgreSQL: what it asks, what it writes, and which logs it holds meanwhile. */
import type { ClientBase, QueryResult } from "pg";
import { SCHEMA } from "./postgres-migrations.js";

export interface Work {
  /** Resolves to the rows. */
  ask<Row extends object>(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** Sends a change without waiting for its answer: what goes wrong with it is found at the end. */
  tell(sql: string, values?: readonly unknown[]): void;
  /** As `tell`, of rows: each value is a column of them. The rows of several jobs may go out in one statement. */
  tellMany(sql: string, columns: readonly (readonly unknown[])[]): void;
  /** Sends several statements in one, as migrations are. */
  script(sql: string): void;
  /** The number of rows that were changed. */
  count(sql: string, values: readonly unknown[]): Promise<number>;
  /**
   * Holds the rows of logs until the end of a job that writes: `logs` is a query for their ids. Whoever holds a log is the
   * only one who changes it, its devices, their credentials and the handoffs of it.
   */
  hold(logs: string, values: readonly unknown[], named?: readonly string[]): Promise<void>;
  /** Notes a log that was locked where it was read. */
  held(log: string): void;
  isHeld(log: string): boolean;
  /** FOR UPDATE in a job that writes. */
  readonly lock: string;
  /** The first thing that the database has objected to. */
  readonly failure: unknown;
  /** Resolves when everything that was sent has been answered. */
  settled(): Promise<void>;
}

/** Each statement is prepared once a connection, under a name that is the same on all of them. */
const names = new Map<string, string>();

function nameOf(sql: string): string {
  const name = names.get(sql) ?? `carryover-${names.size}`;
  names.set(sql, name);
  return name;
}

/** `isWriting`: what is read is held until the end. A job that only reads sees one moment, and holds nothing. */
export function createWork(client: ClientBase, isWriting: boolean): Work {
  const held = new Set<string>();
  const sent = new Set<Promise<unknown>>();
  let failure: unknown;

  const note = (answer: Promise<QueryResult>): Promise<QueryResult> => {
    const settled: Promise<unknown> = answer.then(() => sent.delete(settled), (error: unknown) => {
      failure ??= error;
    });
    sent.add(settled);
    return answer;
  };
  const send = (text: string, values: readonly unknown[] = []): Promise<QueryResult> => note(client.query({ name: nameOf(text), text, values: [...values] }));

  const tell = (sql: string, values?: readonly unknown[]): void => void send(sql, values).catch(() => undefined); // kept as `failure`

  return {
    ask: async (sql, values) => (await send(sql, values)).rows,
    tell,
    tellMany: tell,
    script: (sql) => void note(client.query(sql)).catch(() => undefined),
    count: async (sql, values) => (await send(sql, values)).rowCount ?? 0,
    async hold(logs, values, named = []) {
      if (!isWriting) return;
      const { rows } = await send(`SELECT id FROM ${SCHEMA}.logs WHERE id IN (${logs}) ORDER BY id FOR UPDATE`, values);
      for (const id of [...named, ...rows.map((row: { id: string }) => row.id)]) held.add(id);
    },
    held: (log) => void held.add(log),
    isHeld: (log) => !isWriting || held.has(log),
    lock: isWriting ? "FOR UPDATE" : "",
    get failure() {
      return failure;
    },
    settled: async () => void (await Promise.all(sent)),
  };
}

/**
 * Reads what hangs on logs, in one round trip with the holding of them. What has gone over to another log in the moment
 * before is read again, once that one is held.
 */
export async function readHeld<Row>(work: Work, [logs, values]: readonly [string, readonly unknown[]], read: () => Promise<readonly Row[]>, logOf: (row: Row) => string | undefined): Promise<readonly Row[]> {
  let [, rows] = await Promise.all([work.hold(logs, values), read()]); // the reading is sent behind the holding
  for (;;) {
    const open = rows.map(logOf).filter((log): log is string => log !== undefined && !work.isHeld(log));
    if (open.length === 0) return rows;
    [, rows] = await Promise.all([work.hold("SELECT unnest($1::text[])", [open], open), read()]);
  }
}

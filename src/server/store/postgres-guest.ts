/** A job that shares a transaction with others: it takes what was fetched for all, and what it writes waits for the end. */
import type { Work } from "./postgres-work.js";

/** Thrown out of a job that needs more than is shared: nothing of it was written, and it runs again in a transaction of its own. */
export class Alone extends Error {
  override readonly name = "Alone";
}

interface Told {
  readonly sql: string;
  readonly values: readonly unknown[];
}

export interface Guest {
  readonly work: Work;
  readonly told: readonly Told[];
  /** Rows, by the statement that writes them. */
  readonly rows: ReadonlyMap<string, readonly (readonly unknown[])[]>;
}

/** It may ask as long as it has said nothing, and hold nothing: whoever waits for a lock would let all the others wait. */
export function createGuest(host: Work): Guest {
  const told: Told[] = [];
  const rows = new Map<string, readonly (readonly unknown[])[]>();
  const refuse = (): never => {
    throw new Alone();
  };
  const work: Work = {
    ask: async (sql, values) => (told.length + rows.size === 0 ? host.ask(sql, values) : refuse()),
    tell: (sql, values = []) => void told.push({ sql, values }),
    tellMany(sql, columns) {
      const before = rows.get(sql);
      rows.set(sql, before === undefined ? columns : before.map((column, i) => [...column, ...(columns[i] as readonly unknown[])]));
    },
    script: refuse,
    count: async () => refuse(),
    hold: async () => refuse(),
    held: () => undefined,
    isHeld: (log) => host.isHeld(log),
    get lock(): string {
      return refuse();
    },
    failure: undefined,
    settled: async () => undefined,
  };
  return { work, told, rows };
}

/** Sends what the guests have said: the rows of all together, then the rest. */
export function tellOf(guests: readonly Guest[], host: Work): void {
  const joined = new Map<string, unknown[][]>();
  for (const [sql, columns] of guests.flatMap(({ rows }) => [...rows])) {
    const before = joined.get(sql);
    if (before === undefined) joined.set(sql, columns.map((column) => [...column]));
    else columns.forEach((column, i) => (before[i] as unknown[]).push(...column));
  }
  for (const [sql, columns] of joined) host.tellMany(sql, columns);
  for (const { sql, values } of guests.flatMap(({ told }) => told)) host.tell(sql, values);
}

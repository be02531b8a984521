/** Chooses the store by the database's name. */
import { access } from "node:fs/promises";
import { openSqlite } from "./sqlite.js";
import type { Store } from "./store.js";

const POSTGRES = /^postgres(ql)?:\/\//i;

export function isPostgresAddress(database: string): boolean {
  return POSTGRES.test(database);
}

/** An address `postgres://…` opens PostgreSQL; a file name or `:memory:` opens SQLite. */
export async function openStore(database: string): Promise<Store> {
  if (isPostgresAddress(database)) return (await import("./postgres.js")).openPostgres(database);
  if (/^[a-z]+:\/\//i.test(database)) {
    throw new TypeError(`carryover: database takes postgres://…, a file name or ":memory:"; found an address of the kind ${database.split(":")[0]}://.`);
  }
  return openSqlite(database);
}

/** As `openStore`, for work on what a server has kept: a database that is not there is not made. */
export async function openExisting(database: string): Promise<Store> {
  if (isPostgresAddress(database)) return (await import("./postgres.js")).openPostgres(database, { isThere: true });
  await access(database).catch(() => {
    throw new TypeError(`carryover: the database ${database} is not there.`);
  });
  return openStore(database);
}

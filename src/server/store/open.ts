/** Chooses the store by the database's name. */
import { openSqlite } from "./sqlite.js";
import type { Store } from "./store.js";

/** A file name or `:memory:` opens SQLite. */
export async function openStore(database: string): Promise<Store> {
  if (/^[a-z]+:\/\//i.test(database)) {
    throw new TypeError(`carryover: database takes a file name or ":memory:"; found an address of the kind ${database.split(":")[0]}://.`);
  }
  return openSqlite(database);
}

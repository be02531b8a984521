/** Tells a database that it was put back from a backup. */
import { openExisting } from "./store/open.js";

/**
 * To be called once after a backup was put back and before it is served: devices then notice, ask anew, and send again
 * what the backup lacks. Resolves to the database's new epoch.
 *
 * Throws a TypeError when there is no such database, an Error when it cannot be opened.
 *
 * @example
 * await noteRestored("carryover.db");
 */
export async function noteRestored(database: string): Promise<string> {
  const store = await openExisting(database);
  try {
    await store.restored();
    return store.epoch;
  } finally {
    await store.close();
  }
}

/** Copies a SQLite database while a server writes to it. */
import { access, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import Database from "libsql";
import { kindOf } from "./store/open.js";

/**
 * Writes a copy that is of one moment, whole, on the disk, and as small as it can be. Whoever writes meanwhile is not held up.
 * Resolves to the number of entries in it.
 *
 * Throws a TypeError when there is no such database, it is not SQLite, or there is a file of the copy's name already.
 */
export async function backUp(database: string, to: string): Promise<number> {
  if (kindOf(database) !== "sqlite") throw new TypeError("carryover: backup copies a SQLite file; a PostgreSQL is backed up with its own means, such as pg_dump.");
  await access(database).catch(() => {
    throw new TypeError(`carryover: the database ${database} is not there.`);
  });
  const isThere = await access(to).then(() => true, () => false);
  if (isThere) throw new TypeError(`carryover: ${to} is there already; a backup overwrites nothing.`);
  const unfinished = `${to}.unfinished`; // a copy that was broken off must not look like one
  await rm(unfinished, { force: true });
  const entries = copy(database, unfinished);
  await flushed(unfinished);
  await rename(unfinished, to);
  await flushed(dirname(to));
  return entries;
}

function copy(database: string, to: string): number {
  const db = new Database(database);
  try {
    db.prepare("VACUUM INTO ?").run(to);
  } finally {
    db.close();
  }
  const copied = new Database(to, { readonly: true });
  try {
    const [found] = copied.prepare("PRAGMA integrity_check").all() as { readonly integrity_check: string }[];
    if (found?.integrity_check !== "ok") throw new Error(`carryover: the copy of ${database} is not whole: ${found?.integrity_check ?? "nothing was found in it"}.`);
    return (copied.prepare("SELECT count(*) AS n FROM entries").get() as { readonly n: number }).n;
  } finally {
    copied.close();
  }
}

/** SQLite leaves it to us to see that such a copy is on the disk. */
async function flushed(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

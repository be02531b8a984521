/** The SQLite file that a shop moves out of: marked, and then read page by page. */
import { access } from "node:fs/promises";
import Database from "libsql";
import { refuseNewer } from "../store/newer.js";
import { kindOf } from "../store/open.js";
import { migrations } from "../store/migrations.js";
import { type Mark, markIn, finishMark, setMark, takeMark } from "../store/moved.js";
import { nextEpoch } from "../store/sqlite.js";
import { type MovedTable, pageQuery, type Row, rowOf } from "./tables.js";

export interface Source {
  readonly epoch: string;
  readonly mark: Mark | undefined;
  set(mark: Mark): void;
  finish(token: string): void;
  /** The file is served again. Where servers may have been started on the copy, it gets a new epoch: what it lacks is then sent again. */
  takeBack(): void;
  count(table: MovedTable): number;
  /** What follows a row, in the order of the keys. */
  page(table: MovedTable, after: Row | undefined): Promise<readonly Row[]>;
  close(): void;
}

/** A server that writes all the time lets go of the file for a moment only. */
const BUSY_MS = 30_000;

/** Throws a sentence for whatever is no file of a server of this version. */
export async function openSource(file: string): Promise<Source> {
  if (kindOf(file) !== "sqlite" || file === ":memory:") throw new TypeError("carryover: migrate --from takes the SQLite file that is served now; a PostgreSQL is moved with its own means.");
  await access(file).catch(() => {
    throw new TypeError(`carryover: the database ${file} is not there.`);
  });
  const db = new Database(file);
  try {
    db.exec(`PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA synchronous = FULL`);
    checkVersion(db, file);
    return sourceIn(db, epochOf(db));
  } catch (error) {
    db.close();
    throw error instanceof Database.SqliteError && error.code === "SQLITE_NOTADB" ? new TypeError(`carryover: ${file} is no SQLite database.`) : error;
  }
}

function sourceIn(db: InstanceType<typeof Database>, epoch: string): Source {
  return {
    epoch,
    get mark() {
      return markIn(db);
    },
    set: (mark) => setMark(db, mark),
    finish: (token) => finishMark(db, token),
    takeBack: () => takeMark(db, (mark) => mark?.isDone === true && nextEpoch(db, epoch)),
    count: ({ name, except }) => (db.prepare(`SELECT count(*) AS n FROM ${name}${except === undefined ? "" : ` WHERE NOT (${except})`}`).get() as { readonly n: number }).n,
    page: async (table, after) => pageIn(db, table, after),
    close: () => void db.close(),
  };
}

/** A key that PostgreSQL makes is the same for all rows. */
function keysOf({ keys, columns }: MovedTable): readonly string[] {
  return keys.filter((key) => key in columns);
}

function pageIn(db: InstanceType<typeof Database>, table: MovedTable, after: Row | undefined): readonly Row[] {
  const keys = keysOf(table);
  const names = Object.keys(table.columns);
  const isCut = names.map((name) => `coalesce(instr(${name}, char(0)), 0)`).join(" + ");
  const asked = db.prepare(pageQuery(table, after, { columns: [...names, `${isCut} AS isCut`], keys, place: () => "?" }));
  const found = asked.all(...(after === undefined ? [] : keys.map((key) => after[key]))) as (Row & { readonly isCut: number })[];
  // The driver reads a text up to its first U+0000: the rest would be missing without a word.
  const odd = found.find((row) => row.isCut > 0);
  if (odd !== undefined) throw new TypeError(`carryover: a row of ${table.name} holds U+0000, which PostgreSQL cannot keep; its key is ${JSON.stringify(keys.map((key) => odd[key]))}.`);
  return found.map((row) => rowOf(table, row));
}

/** A newer version may keep what this one would leave behind; an older one has other tables, and perhaps a server that works on them. */
function checkVersion(db: InstanceType<typeof Database>, file: string): void {
  const { user_version: version } = db.prepare("PRAGMA user_version").get() as { readonly user_version: number };
  refuseNewer(file, version, migrations.length);
  if (version === 0 || db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'entries'").get() === undefined) throw new TypeError(`carryover: ${file} holds no carryover.`);
  if (version < migrations.length) throw new Error(`carryover: ${file} is at version ${version}, made by an older carryover; serve it with this one first, which brings it to ${migrations.length}.`);
}

function epochOf(db: InstanceType<typeof Database>): string {
  return (db.prepare("SELECT value FROM meta WHERE name = 'epoch'").get() as { readonly value: string }).value;
}

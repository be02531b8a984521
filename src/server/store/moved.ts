/** The mark in a SQLite file whose data goes, or went, to another database: as long as it stands the file itself refuses every change. */
import type Database from "libsql";

type Db = InstanceType<typeof Database>;

/** In `meta`. Both databases call it so: in PostgreSQL it says where the data came from, and whether all of it is there. */
export const MOVED = "moved";

export interface Mark {
  /** Of one attempt: what was begun by another is not taken for this one's. */
  readonly token: string;
  /** Where to, without password. */
  readonly to: string;
  /** When it began, ms since epoch. */
  readonly at: number;
  /** All of it is there and was compared: servers may have been started on it. */
  readonly isDone: boolean;
}

/** What the triggers say. Whatever program writes in the file hears it, older servers as well. */
const WORD = "carryover: moved";
const CHANGES = { INSERT: "NEW", UPDATE: "OLD", DELETE: "OLD" } as const;

/** Undefined where the file was never marked, or nothing was ever kept in it. */
export function markIn(db: Db): Mark | undefined {
  if (db.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'meta'").get() === undefined) return undefined;
  const found = db.prepare("SELECT value FROM meta WHERE name = ?").get(MOVED) as { readonly value: string } | undefined;
  return found && (JSON.parse(found.value) as Mark);
}

/** From the commit of this on, nothing is written any more; what was acknowledged before it is in the file. */
export function setMark(db: Db, mark: Mark): void {
  atOnce(db, () => {
    for (const table of tablesIn(db)) {
      for (const [change, row] of Object.entries(CHANGES)) {
        const unlessMark = table === "meta" ? `WHEN ${row}.name <> '${MOVED}'` : "";
        db.exec(`CREATE TRIGGER IF NOT EXISTS ${triggerOf(table, change)} BEFORE ${change} ON ${table} ${unlessMark} BEGIN SELECT RAISE(ABORT, '${WORD}'); END`);
      }
    }
    write(db, mark);
  });
}

/** Says that all of it is there. Throws when the mark was taken back meanwhile, or another attempt has begun. */
export function finishMark(db: Db, token: string): void {
  atOnce(db, () => {
    const mark = markIn(db);
    if (mark?.token !== token) throw new Error("carryover: the mark was taken back meanwhile, or another migrate has begun; nothing was moved.");
    write(db, { ...mark, isDone: true });
  });
}

/** Takes the mark away, and with it what kept changes out; `meanwhile` is told the mark, and happens in the same moment. */
export function takeMark(db: Db, meanwhile: (mark: Mark | undefined) => void): void {
  atOnce(db, () => {
    const mark = markIn(db);
    for (const table of tablesIn(db)) for (const change of Object.keys(CHANGES)) db.exec(`DROP TRIGGER IF EXISTS ${triggerOf(table, change)}`);
    db.prepare("DELETE FROM meta WHERE name = ?").run(MOVED);
    meanwhile(mark);
  });
}

/** Whether the file has refused a change since it is marked. */
export function isMoved(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "SQLITE_CONSTRAINT_TRIGGER" && error.message.includes(WORD);
}

/** A marked file is not served: whatever was written to it now would be lost. */
export function refuseMoved(db: Db, file: string): void {
  const mark = markIn(db);
  if (mark === undefined) return;
  const what = mark.isDone ? `was moved to ${mark.to}` : `is being moved to ${mark.to}, or that was broken off`;
  db.close();
  throw new Error(`carryover: ${file} ${what}, and takes nothing any more. Name that database instead; or, if nothing was done there yet, take it back with carryover migrate --undo --from ${file}.`);
}

function write(db: Db, mark: Mark): void {
  db.prepare("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)").run(MOVED, JSON.stringify(mark));
}

function tablesIn(db: Db): readonly string[] {
  return (db.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").all() as { readonly name: string }[]).map(({ name }) => name);
}

function triggerOf(table: string, change: string): string {
  return `moved_${table}_${change.toLowerCase()}`;
}

function atOnce(db: Db, work: () => void): void {
  db.exec("BEGIN IMMEDIATE");
  try {
    work();
    db.exec("COMMIT");
  } catch (error) {
    if (db.inTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

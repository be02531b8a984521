/** Reads all that a database holds, past the server, so that a test can say: nothing changed. */
import { existsSync, readFileSync } from "node:fs";
import Database from "libsql";
import { atEnd } from "./desk.js";

const tables = ["meta", "logs", "entries", "snapshots", "restores", "devices", "credentials", "handoffs", "observations"] as const;

export type Rows = Record<(typeof tables)[number], Record<string, unknown>[]>;

/** Opens a second connection to a server's file. */
export function readLedger(file: string): { rows(): Rows; text(): string } {
  const db = new Database(file);
  atEnd(() => void db.close());
  const all = tables.map((table) => [table, db.prepare(`SELECT * FROM ${table}`)] as const);
  const rows = (): Rows => Object.fromEntries(all.map(([table, statement]) => [table, statement.all()])) as Rows;
  return { rows, text: () => JSON.stringify(rows()) };
}

/** Every byte of the database on the disk, the log of writes included. */
export function bytesOn(file: string): string {
  return [file, `${file}-wal`].filter((name) => existsSync(name)).map((name) => readFileSync(name).toString("latin1")).join("");
}

/** Reads all that a database holds, past the server, so that a test can say: nothing changed. */
import { existsSync, readFileSync } from "node:fs";
import Database from "libsql";
import { askPostgres, changePostgres, dumpPostgres, isPostgres } from "./database.js";
import { atEnd } from "./desk.js";

/** Every table that says something; what is in one that was forgotten here is in no comparison. */
const tables = ["credentials", "devices", "endpoints", "entries", "feed", "handoffs", "kiosks", "logs", "meta", "observations", "receipt_keys", "receipts", "restores", "snapshots"] as const;

export type Rows = Record<(typeof tables)[number], Record<string, unknown>[]>;

export interface Ledger {
  rows(): Rows;
  text(): string;
  /** The names of the tables that are there, but for that of the version. */
  tables(): string[];
  /** Changes what is kept, past the server. */
  write(sql: string): Promise<void>;
}

/** Opens a second connection to a server's database. */
export function readLedger(database: string): Ledger {
  return database.startsWith("postgres:") ? ofPostgres(database) : ofFile(database);
}

function ofFile(file: string): Ledger {
  const db = new Database(file);
  atEnd(() => void db.close());
  const all = tables.map((table) => [table, db.prepare(`SELECT * FROM ${table}`)] as const);
  const rows = (): Rows => Object.fromEntries(all.map(([table, statement]) => [table, statement.all()])) as Rows;
  return { rows, text: () => JSON.stringify(rows()), tables: () => names(db), write: async (sql) => void db.exec(sql) };
}

function names(db: InstanceType<typeof Database>): string[] {
  return (db.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name").all() as { name: string }[]).map(({ name }) => name);
}

/** Truth is 1 and 0 here as it is in SQLite. */
function ofPostgres(address: string): Ledger {
  const all = tables.map((table) => `'${table}', (SELECT coalesce(json_agg(t), '[]') FROM carryover.${table} t)`).join(", ");
  const rows = (): Rows => JSON.parse(askPostgres(address, `SELECT json_build_object(${all})`), (_, value: unknown) => (typeof value === "boolean" ? Number(value) : value)) as Rows;
  const there = "SELECT tablename FROM pg_tables WHERE schemaname = 'carryover' AND tablename <> 'versions' ORDER BY tablename";
  return { rows, text: () => JSON.stringify(rows()), tables: () => askPostgres(address, there).trim().split("\n"), write: (sql) => changePostgres(address, sql) };
}

/** Every byte of the database on the disk, the log of writes included; of PostgreSQL, whose disk holds other things as well, all it would put into a backup. */
export function bytesOn(file: string): string {
  if (isPostgres) return dumpPostgres(file);
  return [file, `${file}-wal`].filter((name) => existsSync(name)).map((name) => readFileSync(name).toString("latin1")).join("");
}

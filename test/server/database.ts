/** A database for a test: SQLite, or a database of the PostgreSQL that the tests have started. */
import { execFile, execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, inject } from "vitest";

/** Whether this room of tests is run over PostgreSQL. */
export const isPostgres = process.env.CARRYOVER_TEST_STORE === "postgres";

const made = new Set<string>();
const inUse: string[] = [];
const free: string[] = [];

afterEach(() => void free.push(...inUse.splice(0))); // of all hooks the last: what was open is closed by now

/** The address of an empty database: a new one, or one that an earlier test of the file is done with, which is quicker. */
export function postgresDatabase(): string {
  const name = free.pop() ?? `test_${randomBytes(6).toString("hex")}`;
  if (made.has(name)) tell(name, "DROP SCHEMA IF EXISTS carryover CASCADE");
  else tell("postgres", `CREATE DATABASE ${name}`);
  made.add(name);
  inUse.push(name);
  return `postgres://carryover@localhost/${name}?host=${inject("postgres").socket}`;
}

/** Asks past the server, and waits for the answer: the lines that psql prints. */
export function askPostgres(address: string, sql: string): string {
  return tell(new URL(address).pathname.slice(1), sql);
}

/** Changes something past the server, which goes on meanwhile: the change may have to wait for what the server is at. */
export async function changePostgres(address: string, sql: string): Promise<void> {
  await promisify(execFile)(...psql(new URL(address).pathname.slice(1), `SET search_path TO carryover; ${sql}`));
}

/** Waits until the feed tells all that was written: in PostgreSQL it waits for the transactions of all databases, those of other tests as well. */
export async function feedSettled(database: string): Promise<void> {
  if (!database.startsWith("postgres:")) return;
  const isSettled = "SELECT coalesce(max(tx), 0) < pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM carryover.feed";
  while (askPostgres(database, isSettled).trim() !== "t") await new Promise(setImmediate);
}

/** All that is in a database, as text. */
export function dumpPostgres(address: string): string {
  return execFileSync(...program("pg_dump", ["-d", new URL(address).pathname.slice(1)]));
}

function tell(database: string, sql: string): string {
  return execFileSync(...psql(database, sql));
}

function psql(database: string, sql: string): Program {
  return program("psql", ["-d", database, "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql]);
}

type Program = [file: string, args: string[], options: { encoding: "utf8"; maxBuffer: number; env: NodeJS.ProcessEnv }];

function program(name: string, args: readonly string[]): Program {
  const { bin, socket } = inject("postgres");
  const env = { ...process.env, PGOPTIONS: "-c client_min_messages=warning" };
  return [join(bin, name), ["-h", socket, "-U", "carryover", ...args], { encoding: "utf8", maxBuffer: 2 ** 28, env }];
}

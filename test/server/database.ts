/** A database for a test: SQLite, or a database of the PostgreSQL that the tests have started. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { inject } from "vitest";

/** Whether this room of tests is run over PostgreSQL. */
export const isPostgres = process.env.CARRYOVER_TEST_STORE === "postgres";

/** The address of a new and empty database. */
export function postgresDatabase(): string {
  const name = `test_${randomBytes(6).toString("hex")}`;
  tell("postgres", `CREATE DATABASE ${name}`);
  return `postgres://carryover@localhost/${name}?host=${inject("postgres").socket}`;
}

/** Asks past the server, and waits for the answer: the lines that psql prints. */
export function askPostgres(address: string, sql: string): string {
  return tell(new URL(address).pathname.slice(1), sql);
}

function tell(database: string, sql: string): string {
  const { bin, socket } = inject("postgres");
  return execFileSync(join(bin, "psql"), ["-h", socket, "-U", "carryover", "-d", database, "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql], { encoding: "utf8" });
}

/** Tells a database something past the servers. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { inject } from "vitest";

/** A database that is away in this moment is not told. */
export async function tell(socket: string, sql: string): Promise<void> {
  const args = ["-h", socket, "-U", "carryover", "-d", "postgres", "-XAtq", "-c", sql];
  await promisify(execFile)(join(inject("postgres").bin, "psql"), args).catch(() => undefined);
}

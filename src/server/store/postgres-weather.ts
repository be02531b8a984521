/** What PostgreSQL objects to, in the words of the house: a full disk, weather, or two jobs that met. */
import { Refused } from "../refusal.js";

/** SQLSTATE: the disk is full. */
const FULL = "53100";
/** Serialization failure, deadlock, and a row that was not there when the job looked. */
const COLLISIONS = ["40001", "40P01", "23505"];
/** Lost connections, a server that stops, starts, follows another, or has no connection, memory or time left. */
const PASSING = /^(08|53|57P0|57014|25006|25P03|55P03)/;
/** What Node says of a connection, and what the driver does. */
const LOST = /^E[A-Z_]+$/;
const TOLD = /connection|not queryable|timeout exceeded|read timeout/i;

const FULL_RETRY_MS = 10_000;
const PASSING_RETRY_MS = 1_000;

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** The database's own word: it has one, and five characters for it. */
function stateOf(error: unknown): string {
  return error instanceof Error && "severity" in error ? codeOf(error) : "";
}

export function isCollision(error: unknown): boolean {
  return COLLISIONS.includes(stateOf(error instanceof Refused ? error.cause : error));
}

function isPassing(error: unknown): boolean {
  const state = stateOf(error);
  if (state !== "") return PASSING.test(state) || state === "40001" || state === "40P01";
  return error instanceof Error && !(error instanceof Refused) && (LOST.test(codeOf(error)) || (codeOf(error) === "" && error.name === "Error" && TOLD.test(error.message)));
}

/** Throws what a job is told. A database that cannot be reached is a state that passes, not a fault. */
export function weatherOf(error: unknown): never {
  if (stateOf(error) === FULL) throw new Refused("database-full", "The disk of the database takes no more; nothing of this was written, and it may be sent again.", FULL_RETRY_MS, error);
  if (isPassing(error)) throw new Refused("unavailable", "The database cannot be reached now; it may be sent again.", PASSING_RETRY_MS, error);
  throw error;
}

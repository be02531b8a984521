/** `carryover migrate`: moves a shop from its file into PostgreSQL, says how far it is, and shows what arrived. */
import { parseArgs } from "node:util";
import type { Comparison } from "./move/compare.js";
import { move, takeBack } from "./move/move.js";
import { titleOf } from "./store/title.js";

export const migrateUsage = `carryover migrate --from carryover.db --to postgres://…
carryover migrate --undo --from carryover.db`;

/** So often at most it says how far it is. */
const SAY_MS = 1_000;

/** Resolves to the exit code: 1 where what arrived is not what left. */
export async function runMigrate(args: readonly string[]): Promise<number> {
  const { values: { from, to, undo = false } } = parseArgs({ args: [...args], options: { from: { type: "string" }, to: { type: "string" }, undo: { type: "boolean" } } });
  if (from === undefined) throw new TypeError("carryover: migrate takes --from FILE, the SQLite file that is served now.");
  if (undo) return undone(from);
  if (to === undefined) throw new TypeError("carryover: migrate takes --to postgres://…, a database without tables of carryover.");
  const breaking = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => breaking.abort());
  const { wasDone, tables, isSame } = await move({ from, to, progress: progressOn(process.stderr), signal: breaking.signal });
  if (wasDone) console.log(`${from} was moved to ${titleOf(to)} before; nothing was done.`);
  else console.log(tableOf(tables));
  if (!isSame) console.error(`carryover: what arrived in ${titleOf(to)} is not what ${from} holds. The file is served as before.`);
  else if (!wasDone) console.log(`${from} is moved to ${titleOf(to)}. Start servers with that database, lead devices there, and stop those on the file.`);
  return isSame ? 0 : 1;
}

async function undone(from: string): Promise<number> {
  const hasNewEpoch = await takeBack(from);
  const more = " It has a new epoch, since servers may have run on the copy: start its server anew, and devices send what it lacks. What is in the copy alone stays there.";
  console.log(`${from} is served as before.${hasNewEpoch ? more : ""}`);
  return 0;
}

function progressOn(stream: NodeJS.WritableStream): (table: string, rows: number, of: number) => void {
  let saidAt = performance.now();
  return (table, rows, of) => {
    const now = performance.now();
    if (now - saidAt < SAY_MS) return;
    saidAt = now;
    stream.write(`${table}: ${rows} of ${of}\n`);
  };
}

/** For each table how much there was and is, and the beginning of what it comes to. */
function tableOf(tables: readonly Comparison[]): string {
  const lines = tables.map(({ table, rows: [from, to], digests: [left, arrived], difference }) => {
    const verdict = difference === undefined ? "the same" : `differs, first at ${difference}`;
    return [table.padEnd(13), String(from).padStart(11), String(to).padStart(11), `  ${left.slice(0, 12)}`, arrived.slice(0, 12), verdict].join("  ");
  });
  return [["table".padEnd(13), "left".padStart(11), "arrived".padStart(11), "  digest left ", "digest there", ""].join("  ").trimEnd(), ...lines].join("\n");
}

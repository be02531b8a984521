/** Has each contender measured in a process of its own, one after the other or two at a time, and gathers what they found. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import pg from "pg";

/** What a contender is given at most for one round. */
const PATIENCE_MS = 180_000;
let made = 0;

/** Databases of their own for a contender that needs them, in a cluster that is there. */
export async function databasesFor(contender, cluster, count) {
  if (contender.needs !== "postgres") return undefined;
  const db = new pg.Client(cluster.address());
  await db.connect();
  const names = Array.from({ length: count }, () => `field_${(made += 1)}`);
  for (const name of names) await db.query(`CREATE DATABASE ${name}`);
  await db.end();
  return names.map((name) => cluster.address(name));
}

/** Resolves to what the process reports; rejects when it ends without a word, or takes too long. */
export async function inItsProcess(program, task) {
  // Some contenders warn of their own listeners and deprecations: that is not what is measured.
  const child = fork(fileURLToPath(new URL(program, import.meta.url)), [JSON.stringify(task)], { execArgv: ["--no-warnings"] });
  const late = setTimeout(() => child.kill("SIGTERM"), PATIENCE_MS);
  const kill = () => child.kill("SIGTERM");
  process.once("exit", kill);
  try {
    const [said] = await Promise.race([once(child, "message"), once(child, "exit").then(([code, signal]) => Promise.reject(new Error(`${task.id} ended with ${code ?? signal}.`)))]);
    return said;
  } finally {
    clearTimeout(late);
    process.removeListener("exit", kill);
  }
}

/** So many at a time; what does not depend on time may share the machine. */
export async function pooled(items, together, work) {
  const left = [...items];
  const found = {};
  await Promise.all(Array.from({ length: together }, async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) found[item.id] = await work(item);
  }));
  return Object.fromEntries(items.map(({ id }) => [id, found[id]]));
}

/** Measures what one server process takes in: 200 devices push over loopback HTTP, each change on the disk before it is acknowledged. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { startCluster } from "../scripts/cluster.mjs";
import { pushFrom } from "./pushers.mjs";

const [DEVICES, WARM_MS, MEASURED_MS] = [200, 3_000, 10_000];
/** One event a push is a shopper who taps; ten are devices that were offline, or a page that says much. Paced, none waits for its own. */
const WAYS = [{ eventsAPush: 1 }, { eventsAPush: 10 }, { eventsAPush: 10, perSecond: 6_000 }, { eventsAPush: 10, perSecond: 10_000 }];

const folder = mkdtempSync(join(tmpdir(), "carryover-bench-"));
const cluster = await startCluster();
const command = fileURLToPath(new URL("../dist/command.js", import.meta.url));

try {
  const results = { node: process.version, devices: DEVICES };
  for (const [i, way] of WAYS.entries()) {
    for (const [name, database] of [["SQLite", join(folder, `${i}.db`)], ["PostgreSQL", cluster.address()]]) {
      const what = `${name}, ${way.eventsAPush} a push${way.perSecond === undefined ? "" : `, ${way.perSecond} a second asked for`}`;
      if (isAsked(what)) results[what] = await measure(database, way);
    }
  }
  console.log(JSON.stringify(results, undefined, 2));
  if (process.argv.includes("--write")) writeFileSync(new URL("reliability/server.json", import.meta.url), `${JSON.stringify(results, undefined, 2)}\n`);
} finally {
  await cluster.stop();
  rmSync(folder, { recursive: true });
}

/** `npm run bench:server -- PostgreSQL` measures only that. */
function isAsked(what) {
  const [only] = process.argv.slice(2).filter((word) => !word.startsWith("--"));
  return only === undefined || what.startsWith(only);
}

async function measure(database, way) {
  const server = spawn(process.execPath, [command, "serve", "--port", "0", "--database", database], { stdio: ["ignore", "pipe", "inherit"] });
  const times = await pushFrom(new URL(await listening(server.stdout)), { ...way, devices: DEVICES, warmMs: WARM_MS, measuredMs: MEASURED_MS });
  server.kill("SIGTERM");
  await once(server, "exit");
  return { eventsPerSecond: Math.round((times.length * way.eventsAPush * 1_000) / MEASURED_MS), ...spread(times) };
}

async function listening(stdout) {
  for await (const line of createInterface(stdout)) {
    const [, url] = /^carryover listening on (\S+)$/.exec(line) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error("The server ended before it listened.");
}

function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]);
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}

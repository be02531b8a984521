/** One contender measured once, in a process of its own: the client's half of each table, beside a server that is fresh for each. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contenderOf, openDevice } from "./contenders.mjs";
import { startServer } from "./server.mjs";
import "./sockets.mjs";
import { bytesOnTheWire } from "./tables/bytes.mjs";
import { busyLatency, idleLatency } from "./tables/latency.mjs";
import { localTaps } from "./tables/local.mjs";
import { idleMemory } from "./tables/memory.mjs";

const { id, tables, databases = [] } = JSON.parse(process.argv[2]);
const contender = contenderOf(id);
const shelves = mkdtempSync(join(tmpdir(), "carryover-devices-"));
process.on("disconnect", () => process.exit(1));
process.on("exit", () => rmSync(shelves, { recursive: true, force: true, maxRetries: 5 }));

const work = {
  idle: idleLatency,
  busy: busyLatency,
  bytes: bytesOnTheWire,
  memory: idleMemory,
};
const found = {};
for (const table of tables) found[table] = table === "local" ? await localTaps({ contender, shelves }) : await beside(work[table]);
process.send(found, () => process.exit());

async function beside(measure) {
  const server = await startServer(contender, databases.pop());
  const open = (more) => openDevice(contender, { url: server.url, shelves, ...more });
  const result = await measure({ contender, server, shelves, open });
  const storedBytes = await server.stop();
  return result.carts === undefined ? result : { ...result, storedBytesEach: storedBytes / result.carts };
}

/** Measures what an open stream costs one server process while nothing happens on it. `npm run bench:streams`, `--write` keeps it. */
import { readFileSync } from "node:fs";
import { Agent } from "node:http";
import { setTimeout as rest } from "node:timers/promises";
import { keep, newCredential, openStream, push, withServer } from "./stage.mjs";

const STREAMS = 10_000;
/** Of those that open at once. */
const TOGETHER = 100;
/** Until a heartbeat has gone to each, and what their opening took is given back. */
const QUIET_MS = 20_000;

await withServer(async ({ url, pid }) => {
  const devices = Array.from({ length: STREAMS }, newCredential);
  const agent = new Agent({ keepAlive: true, maxSockets: TOGETHER });
  await each(devices, (credential) => push(agent, url, credential));
  agent.destroy();
  await rest(QUIET_MS);
  const before = residentKb(pid);
  const sockets = await each(devices, (credential) => openStream(url, credential));
  await rest(QUIET_MS);
  const open = sockets.filter(({ destroyed }) => !destroyed).length;
  const results = { node: process.version, streams: open, residentBeforeMb: Math.round(before / 1_024), residentKbEach: Number(((residentKb(pid) - before) / open).toFixed(1)) };
  console.log(JSON.stringify(results, undefined, 2));
  if (process.argv.includes("--write")) keep("streams", results);
  for (const socket of sockets) socket.destroy();
});

/** The work on each of them, some at a time; resolves to what came of it, in no order. */
async function each(items, work) {
  const left = [...items];
  const done = [];
  await Promise.all(Array.from({ length: TOGETHER }, async () => {
    while (left.length > 0) done.push(await work(left.pop()));
  }));
  return done;
}

/** What the process holds of the machine's memory, in kB, as Linux counts it. */
function residentKb(pid) {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
}

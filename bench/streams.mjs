/** Measures what an open stream costs one server process while nothing happens on it. `npm run bench:streams`, `--write` keeps it. */
import { readFileSync } from "node:fs";
import { Agent } from "node:http";
import { connect } from "node:net";
import { setTimeout as rest } from "node:timers/promises";
import { keep, newCredential, push, withServer } from "./stage.mjs";

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
  const sockets = await each(devices, (credential) => openStream(new URL(url), credential));
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

/** Resolves once the stream has said hello. */
function openStream({ hostname, port }, credential) {
  const body = JSON.stringify({ v: 1, site: "pk_demo", channel: "web" });
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(`POST /v1/pull HTTP/1.1\r\nhost: ${hostname}:${port}\r\nauthorization: Bearer ${credential}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    });
    let heard = "";
    socket.on("data", (bytes) => {
      if (heard === undefined) return;
      heard += bytes.toString("latin1");
      if (!heard.includes("event: hello")) return;
      heard = undefined;
      resolve(socket);
    });
    socket.once("error", reject);
    socket.once("close", () => heard !== undefined && reject(new Error(`The stream was refused: ${heard}`)));
  });
}

/** What the process holds of the machine's memory, in kB, as Linux counts it. */
function residentKb(pid) {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
}

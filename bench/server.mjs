/** Measures what one server process takes in: 200 devices push over loopback HTTP, each change on the disk before it is acknowledged. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { startCluster } from "../scripts/cluster.mjs";

const DEVICES = 200;
const [WARM_MS, MEASURED_MS] = [3_000, 10_000];

const folder = mkdtempSync(join(tmpdir(), "carryover-bench-"));
const cluster = await startCluster();
const command = fileURLToPath(new URL("../dist/command.js", import.meta.url));

try {
  const results = { node: process.version, devices: DEVICES };
  for (const eventsAPush of [1, 5]) {
    for (const [name, database] of [["sqlite", join(folder, `${eventsAPush}.db`)], ["postgres", cluster.address()]]) {
      results[`${name}, ${eventsAPush} events a push`] = await measure(database, eventsAPush);
    }
  }
  console.log(JSON.stringify(results, undefined, 2));
  if (process.argv.includes("--write")) writeFileSync(new URL("reliability/server.json", import.meta.url), `${JSON.stringify(results, undefined, 2)}\n`);
} finally {
  await cluster.stop();
  rmSync(folder, { recursive: true });
}

async function measure(database, eventsAPush) {
  const server = spawn(process.execPath, [command, "serve", "--port", "0", "--database", database], { stdio: ["ignore", "pipe", "inherit"] });
  const endpoint = new URL("/v1/push", await listening(server.stdout));
  const agent = new Agent({ keepAlive: true, maxSockets: DEVICES });
  const start = performance.now() + WARM_MS;
  const end = start + MEASURED_MS;
  const times = [];
  await Promise.all(Array.from({ length: DEVICES }, async () => {
    const who = { v: 1, site: "pk_demo", channel: "web", credential: `${text(6)}.${text(32)}` };
    while (performance.now() < end) {
      const began = performance.now();
      await push(agent, endpoint, { ...who, events: Array.from({ length: eventsAPush }, added) });
      if (began >= start) times.push(performance.now() - began);
    }
  }));
  agent.destroy();
  server.kill("SIGTERM");
  await once(server, "exit");
  return { eventsPerSecond: Math.round((times.length * eventsAPush * 1_000) / MEASURED_MS), ...spread(times) };
}

function push(agent, url, body) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: "POST", agent }, (answer) => {
      answer.resume();
      answer.on("end", () => (answer.statusCode === 200 ? resolve() : reject(new Error(`The server answered ${answer.statusCode}.`))));
    });
    sent.on("error", reject);
    sent.end(JSON.stringify(body));
  });
}

function added() {
  return { id: text(16), type: "line-added", data: { line: `SKU-${Math.floor(Math.random() * 50)}`, n: 1 }, at: Date.now(), base: 0 };
}

function text(bytes) {
  return randomBytes(bytes).toString("base64url");
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

/** What measurements stand on: a server of their own, a client that is waited for, a place where the figures are kept. */
import { spawn } from "node:child_process";
import { createHmac, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const command = fileURLToPath(new URL("../dist/command.js", import.meta.url));

/**
 * A server as it is published, on a database that goes with it, or another; `work` is given its address and that of its metrics,
 * its process, the database and their folder.
 */
export async function withServer(work, address, flags = []) {
  const folder = mkdtempSync(join(tmpdir(), "carryover-bench-"));
  const database = address ?? join(folder, "bench.db");
  const server = spawn(process.execPath, [command, "serve", "--port", "0", "--metrics-port", "0", "--database", database, ...flags], { stdio: ["ignore", "pipe", "inherit"] });
  process.once("exit", () => server.kill()); // whatever becomes of us, no server stays behind
  try {
    return await work({ ...(await listening(server.stdout)), database, folder, pid: server.pid });
  } finally {
    server.kill("SIGTERM");
    await once(server, "exit");
    rmSync(folder, { recursive: true });
  }
}

/** Several servers on one database; `work` is given them all. */
export async function withServers(count, work, address, flags) {
  const servers = [];
  const open = () => (servers.length === count ? work(servers) : withServer((server) => (servers.push(server), open()), address, flags));
  return open();
}

async function listening(stdout) {
  let metrics;
  for await (const line of createInterface(stdout)) {
    metrics ??= /^metrics at (\S+)$/.exec(line)?.[1];
    const [, url] = /^carryover listening on (\S+)$/.exec(line) ?? [];
    if (url !== undefined) return { url, metrics };
  }
  throw new Error("The server ended before it listened.");
}

/** Resolves as soon as the client shows it. */
export function until(client, isSo) {
  return new Promise((resolve) => {
    let stop = () => {};
    stop = client.subscribe((state) => {
      if (!isSo(state)) return;
      queueMicrotask(() => stop());
      resolve();
    });
  });
}

/** Random bytes as ids and credentials have them. */
export function text(bytes) {
  return randomBytes(bytes).toString("base64url");
}

/** A device that nobody has heard of. */
export function newCredential() {
  return `${text(6)}.${text(32)}`;
}

/** A device of the demo site puts one of fifty products into its cart; resolves once that is durable. */
export function push(agent, url, credential) {
  const events = [{ id: text(16), type: "line-added", data: { line: `SKU-${Math.floor(Math.random() * 50)}`, n: 1 }, at: Date.now(), base: 0 }];
  return new Promise((resolve, reject) => {
    const sent = request(new URL("/v1/push", url), { method: "POST", agent }, (answer) => {
      answer.resume();
      answer.on("end", () => (answer.statusCode === 200 ? resolve() : reject(new Error(`The server answered ${answer.statusCode}.`))));
    });
    sent.on("error", reject);
    sent.end(JSON.stringify({ v: 1, site: "pk_demo", channel: "web", credential, events }));
  });
}

/** Says something to the demo site and resolves to its answer. */
export async function ask(url, path, body) {
  const answer = await fetch(new URL(path, url), { method: "POST", body: JSON.stringify({ v: 1, site: "pk_demo", channel: "web", ...body }) });
  if (!answer.ok) throw new Error(`The server answered ${path} with ${answer.status}: ${await answer.text()}`);
  return answer.json();
}

/** The demo site's own token for a customer. */
export function tokenFor(customer) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = `${part({ alg: "HS256" })}.${part({ sub: customer, exp: Math.floor(Date.now() / 1_000) + 3_600 })}`;
  return `${claims}.${createHmac("sha256", "carryover-demo-secret-of-at-least-32-bytes").update(claims).digest("base64url")}`;
}

/** Opens the stream of a device on a socket of its own; `hear` is given what comes, from the greeting on. Resolves to the socket once it was greeted. */
export function openStream(url, credential, hear = () => {}, more = {}) {
  const { hostname, port } = new URL(url);
  const body = JSON.stringify({ v: 1, site: "pk_demo", channel: "web", ...more });
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(`POST /v1/pull HTTP/1.1\r\nhost: ${hostname}:${port}\r\nauthorization: Bearer ${credential}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    });
    let greeting = "";
    socket.on("data", (bytes) => {
      const said = bytes.toString("latin1");
      if (greeting === undefined) return hear(said);
      greeting += said;
      if (!greeting.includes("event: hello")) return;
      hear(greeting);
      greeting = undefined;
      resolve(socket);
    });
    socket.once("error", reject);
    socket.once("close", () => greeting !== undefined && reject(new Error(`The stream was refused: ${greeting}`)));
  });
}

/** What a server counts: the sum of all samples of that name. */
export async function measured(metrics, name) {
  const said = await (await fetch(metrics)).text();
  return [...said.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, "gm"))].reduce((sum, [, value]) => sum + Number(value), 0);
}

/** Seconds of the processor that processes have used, with the children that have ended, as Linux counts them. */
export function cpuSeconds(pids) {
  return pids.reduce((sum, pid) => sum + fieldsOf(pid).slice(11, 15).reduce((ticks, field) => ticks + Number(field), 0) / 100, 0);
}

/** A process and its children. */
export function familyOf(pid) {
  return [pid, ...readdirSync("/proc").filter((name) => /^\d+$/.test(name) && fieldsOf(name)[1] === String(pid)).map(Number)];
}

/** Behind the name of the program, which may hold anything. */
function fieldsOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, "").split(" ");
  } catch {
    return []; // it has ended
  }
}

/** How values are spread, with so many digits after the point. */
export function spread(values, digits = 1) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share) => Number(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(digits));
  return { count: sorted.length, p50: at(0.5), p75: at(0.75), p95: at(0.95), p99: at(0.99), max: at(1) };
}

/** Keeps figures beside what the long tests have found: `npm run figures` shows them. */
export function keep(name, results) {
  const kept = fileURLToPath(new URL("reliability/", import.meta.url));
  mkdirSync(kept, { recursive: true });
  writeFileSync(join(kept, `${name}.json`), `${JSON.stringify(results, undefined, 2)}\n`);
}

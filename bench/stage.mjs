/** What measurements stand on: a server of their own, a client that is waited for, a place where the figures are kept. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const command = fileURLToPath(new URL("../dist/command.js", import.meta.url));

/** A server as it is published, on a database that goes with it, or another; `work` is given its address, its process, the database and their folder. */
export async function withServer(work, address) {
  const folder = mkdtempSync(join(tmpdir(), "carryover-bench-"));
  const database = address ?? join(folder, "bench.db");
  const server = spawn(process.execPath, [command, "serve", "--port", "0", "--database", database], { stdio: ["ignore", "pipe", "inherit"] });
  process.once("exit", () => server.kill()); // whatever becomes of us, no server stays behind
  try {
    return await work({ url: await listening(server.stdout), database, folder, pid: server.pid });
  } finally {
    server.kill("SIGTERM");
    await once(server, "exit");
    rmSync(folder, { recursive: true });
  }
}

async function listening(stdout) {
  for await (const line of createInterface(stdout)) {
    const [, url] = /^carryover listening on (\S+)$/.exec(line) ?? [];
    if (url !== undefined) return url;
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

/**
 * Measures how long a shop takes to move from its file into PostgreSQL, and what a customer takes of either. `npm run bench:move`,
 * `--write` keeps it; `-- --customers 1000 --entries 100` measures another shop.
 */
import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import pg from "pg";
import { startCluster } from "../scripts/cluster.mjs";
import { command, keep, newCredential, text } from "./stage.mjs";
import { createServer } from "../dist/server.js";

const { values: asked } = parseArgs({ options: { customers: { type: "string", default: "5000" }, entries: { type: "string", default: "20" }, write: { type: "boolean", default: false } } });
/** Each has two devices, one decision about consent with its receipt, and so many entries, sent ten at a time. */
const [CUSTOMERS, ENTRIES] = [Number(asked.customers), Number(asked.entries)];
const AT_A_TIME = 10;
const AT_ONCE = 50;
const SECRET = "at least 32 bytes, kept on the server";
const site = { key: "pk_demo", secretKey: "sk_demo", origins: ["https://shop.example"], customerTokens: { secret: SECRET } };

const folder = mkdtempSync(join(tmpdir(), "carryover-move-"));
const cluster = await startCluster();
try {
  const file = join(folder, "shop.db");
  await fill(file);
  const began = performance.now();
  const mostMb = await migrate(file, cluster.address());
  const seconds = Number(((performance.now() - began) / 1_000).toFixed(1));
  const results = { node: process.version, customers: CUSTOMERS, entries: CUSTOMERS * ENTRIES, seconds, mostMb, bytesACustomer: { sqlite: Math.round(statSync(file).size / CUSTOMERS), postgres: await bytesIn(cluster.address()) } };
  console.log(JSON.stringify(results, undefined, 2));
  if (asked.write) keep("move", results);
} finally {
  await cluster.stop();
  rmSync(folder, { recursive: true });
}

async function fill(database) {
  const server = await createServer({ database, sites: [site] });
  let next = 0;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (next < CUSTOMERS) await shop(server, `customer-${next++}`);
  }));
  await server.close();
}

async function shop(server, customer) {
  const devices = [newCredential(), newCredential()];
  for (const credential of devices) await ask(server, "/v1/sign-in", { credential, token: tokenOf(customer), merge: "union", consent: "newest" });
  const decision = event("consent-decided", { scope: "account", asked: "account", policy: "2026-11", purposes: { analytics: true, marketing: false }, lang: "nl", layer: "banner" });
  const additions = Array.from({ length: ENTRIES - 2 }, (_, i) => event("line-added", { line: `SKU-${i % 6}`, n: 1, ...(i < 6 && { details: { title: "Veldschoen, bruin leer", price: 4999 } }) }));
  const events = [decision, ...additions];
  while (events.length > 0) await ask(server, "/v1/push", { credential: devices[0], events: events.splice(0, AT_A_TIME) });
}

function event(type, data) {
  return { id: text(16), type, data, at: Date.now(), base: 1 };
}

async function ask(server, path, body) {
  const answer = await server.fetch(new Request(`https://sync.shop.example${path}`, { method: "POST", body: JSON.stringify({ v: 1, site: site.key, channel: "web", ...body }) }));
  const said = await answer.json();
  if (answer.status !== 200 || said.answers?.some(([, verdict]) => verdict !== "applied")) throw new Error(`${path}: ${answer.status} ${JSON.stringify(said)}`);
}

function tokenOf(sub) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = `${part({ alg: "HS256" })}.${part({ sub, exp: Math.floor(Date.now() / 1_000) + 600 })}`;
  return `${claims}.${createHmac("sha256", SECRET).update(claims).digest("base64url")}`;
}

/** As an operator does it; resolves to the most memory that it took, in MB. */
async function migrate(from, to) {
  const child = spawn(process.execPath, [command, "migrate", "--from", from, "--to", to], { stdio: ["ignore", "inherit", "inherit"] });
  let most = 0;
  const looking = setInterval(() => void (most = Math.max(most, residentMb(child.pid))), 50);
  const [code] = await once(child, "exit");
  clearInterval(looking);
  if (code !== 0) throw new Error(`migrate ended with ${code}.`);
  return most;
}

/** Linux knows; elsewhere it is not measured. */
function residentMb(pid) {
  try {
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1_024);
  } catch {
    return 0;
  }
}

async function bytesIn(address) {
  const db = new pg.Client(address);
  await db.connect();
  const { rows: [row] } = await db.query("SELECT sum(pg_total_relation_size(c.oid)) AS bytes FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'carryover' AND c.relkind = 'r'");
  await db.end();
  return Math.round(Number(row.bytes) / CUSTOMERS);
}

/** Measures whether a push costs more where a shop has a million customers. `npm run bench:customers`, `--write` keeps it. */
import { Agent } from "node:http";
import { performance } from "node:perf_hooks";
import Database from "libsql";
import pg from "pg";
import { startCluster } from "../scripts/cluster.mjs";
import { keep, newCredential, push, spread, withServer } from "./stage.mjs";

/** Those who push; the others are there. */
const ACTIVE = 1_000;
const CUSTOMERS = [1_000, 1_000_000];
/** In turns, so that a busy machine is as busy for both. */
const [ROUNDS, ROUND_MS, DEVICES] = [6, 2_000, 50];

/** Every table that a push touches: what of a row is a customer's own; the rest is as in the row of somebody who pushes. */
const TABLES = {
  logs: { id: "r || 'l'" },
  entries: { log: "r || 'l'", id: "r || 'e'" },
  snapshots: { log: "r || 'l'" },
  devices: { hash: "r || 'd'", device: "substr(r, 1, 8)", log: "r || 'l'" },
  feed: { log: "r || 'l'", n: "sample.n - row_number() OVER ()" },
  credentials: { hash: "r || 'c'", seal: "r || 's'", device: "r || 'd'", chain: "r || 'c'" },
};

const cluster = await startCluster();
try {
  const results = { node: process.version, customers: CUSTOMERS, devices: DEVICES, sqlite: await measure(() => undefined), postgres: await measure(makeDatabase) };
  console.log(JSON.stringify(results, undefined, 2));
  if (process.argv.includes("--write")) keep("customers", results);
} finally {
  await cluster.stop();
}

async function makeDatabase(customers) {
  const db = new pg.Client(cluster.address());
  await db.connect();
  await db.query(`CREATE DATABASE customers_${customers}`);
  await db.end();
  return cluster.address(`customers_${customers}`);
}

/** One server for each number of customers, both at once. */
async function measure(addressOf) {
  const times = CUSTOMERS.map(() => []);
  const sides = [];
  const turns = async () => {
    for (let round = 0; round < ROUNDS; round += 1) for (const [i, side] of sides.entries()) times[i].push(...(await pushes(side)));
  };
  await CUSTOMERS.reduceRight((inner, customers) => async () => withServer(async ({ url, database }) => {
    const side = { url, devices: Array.from({ length: ACTIVE }, newCredential) };
    await connected(async (agent) => {
      for (let i = 0; i < ACTIVE; i += DEVICES) await Promise.all(side.devices.slice(i, i + DEVICES).map((device) => push(agent, url, device)));
    });
    await fill(database, customers - ACTIVE);
    sides.push(side);
    await inner();
  }, await addressOf(customers)), turns)();
  const [few, many] = times.map((all) => spread(all, 2));
  return { fewMs: few, manyMs: many, ratio: Number((many.p50 / few.p50).toFixed(2)) };
}

async function pushes(side) {
  const times = [];
  await connected(async (agent) => {
    const end = performance.now() + ROUND_MS;
    await Promise.all(Array.from({ length: DEVICES }, async () => {
      while (performance.now() < end) {
        const began = performance.now();
        await push(agent, side.url, side.devices[Math.floor(Math.random() * ACTIVE)]);
        times.push(performance.now() - began);
      }
    }));
  });
  return times;
}

/** Connections of which none has been idle for long: a server may have closed that. */
async function connected(work) {
  const agent = new Agent({ keepAlive: true, maxSockets: DEVICES });
  await work(agent);
  agent.destroy();
}

/** Puts so many more customers beside those who push, under names that lie between theirs. */
async function fill(database, customers) {
  if (customers === 0) return;
  const { run, columns, close } = database.includes("://") ? await postgres(database) : sqlite(database);
  await run(customers);
  for (const [table, own] of Object.entries(TABLES)) {
    const names = await columns(table);
    const values = names.map((name) => own[name] ?? `sample.${name}`);
    await run(`INSERT INTO ${table} (${names.join(", ")}) SELECT ${values.join(", ")} FROM names, (SELECT * FROM ${table} LIMIT 1) AS sample`);
  }
  await close();
}

function sqlite(file) {
  const db = new Database(file);
  const names = (count) => `CREATE TEMP TABLE names AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count}) SELECT hex(randomblob(8)) AS r FROM n`;
  return {
    run: async (what) => void db.exec(typeof what === "number" ? names(what) : what),
    columns: async (table) => db.prepare(`SELECT name FROM pragma_table_info('${table}')`).all().map(({ name }) => name),
    close: async () => void db.close(),
  };
}

async function postgres(address) {
  const db = new pg.Client(address);
  await db.connect();
  await db.query("SET search_path TO carryover");
  const names = (count) => `CREATE TEMP TABLE names AS SELECT md5(random()::text || i) AS r FROM generate_series(1, ${count}) AS i`;
  return {
    run: async (what) => void (await db.query(typeof what === "number" ? names(what) : what)),
    columns: async (table) => (await db.query("SELECT column_name FROM information_schema.columns WHERE table_schema = 'carryover' AND table_name = $1", [table])).rows.map((row) => row.column_name),
    async close() {
      await db.query("ANALYZE");
      await db.end();
    },
  };
}

/** Measures what a shopper feels of a log's age: a push, a stream taken up again and a first load, after a hundred entries and after a hundred thousand. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { SignJWT } from "jose";
import Database from "libsql";
import { createServer } from "../dist/server.js";
import { createChance, shopForYears } from "./household.mjs";

const [SHORT, LONG] = [100, Number(process.env.CARRYOVER_ENTRIES ?? 100_000)];
const ROUNDS = 300;
const COLD_ROUNDS = 40;
const SECRET = "a secret of the shop, 32 bytes or more";

const folder = mkdtempSync(join(tmpdir(), "carryover-bench-"));
const database = join(folder, "bench.db");
const clock = { now: Date.UTC(2018, 0, 1) };
const open = () => createServer({ database, sites: [{ key: "pk", origins: [], customerTokens: { secret: SECRET } }], now: () => clock.now });
let server = await open();

try {
  const startedAt = performance.now();
  const young = await grow("young", SHORT);
  const old = await grow("old", LONG);
  console.error(`${LONG} entries in ${Math.round((performance.now() - startedAt) / 1_000)} s, of ${((clock.now - Date.UTC(2018, 0, 1)) / 31_557_600_000).toFixed(1)} years`);
  const warm = await measure([young, old], { push, pull: resume, firstLoad }, ROUNDS, async () => {});
  const cold = await measure([young, old], { coldPush: push, coldPull: resume, coldFirstLoad: firstLoad }, COLD_ROUNDS, restart);
  const refoldMs = await refold(old);
  const results = { node: process.version, entries: [SHORT, LONG], rounds: [ROUNDS, COLD_ROUNDS], stateBytes: [young, old].map(({ bytes }) => bytes), ...warm, ...cold, refoldMs };
  console.log(JSON.stringify(results, undefined, 2));
  if (process.argv.includes("--write")) writeFileSync(new URL("reliability/long-logs.json", import.meta.url), `${JSON.stringify(results, undefined, 2)}\n`);
} finally {
  await server.close();
  rmSync(folder, { recursive: true });
}

async function grow(name, entries) {
  const { who, seq } = await shopForYears({ database, clock, signIn, name, entries, seed: 7 });
  const snapshot = await who.snapshot();
  if (snapshot.seq < seq) throw new Error("The log is shorter than it was made.");
  return { who, bytes: bytesOf(snapshot.state) };
}

/** What the state weighs, by what it is of. */
function bytesOf({ cart, consent }) {
  const weigh = (value) => JSON.stringify(value).length;
  const isShown = ({ marks }) => marks.some(({ n = 0 }) => n > 0);
  return {
    shown: weigh(cart.lines.filter(isShown)), hidden: weigh(cart.lines.filter((line) => !isShown(line))), gone: weigh(cart.gone),
    ordered: weigh(cart.ordered), linked: weigh(cart.linked), consent: weigh(consent),
  };
}

/** The middle of the times for each log, and how many times as long the old one takes. The logs take turns. */
async function measure(logs, acts, rounds, before) {
  const results = {};
  for (const [name, act] of Object.entries(acts)) {
    const times = logs.map(() => []);
    for (let round = 0; round < rounds; round++) {
      for (let i = 0; i < logs.length; i++) {
        const which = (i + round) % logs.length;
        const go = await act(logs[which].who);
        await before();
        const start = performance.now();
        await go();
        times[which].push(performance.now() - start);
      }
    }
    const [short, long] = times.map(median);
    results[name] = { shortMs: rounded(short), longMs: rounded(long), ratio: rounded(long / short) };
  }
  return results;
}

async function push(who) {
  const { seq } = await who.snapshot();
  const event = { id: id(), type: "line-added", data: { line: `LAST-${seq % 12}`, n: 1 }, at: clock.now, base: seq, log: who.log };
  return () => who.push([event]);
}

async function resume(who) {
  const { seq, hash, epoch } = await who.snapshot();
  return () => firstFrame(who, `${epoch}.${seq}.${hash.toString(36)}`, "hello");
}

async function firstLoad(who) {
  return who.snapshot;
}

async function restart() {
  await server.close();
  server = await open();
}

/** Once after an update that folds in another way: the first to ask waits for the whole log. */
async function refold({ who }) {
  await server.close();
  const db = new Database(database);
  db.exec("DELETE FROM snapshots");
  db.close();
  server = await open();
  const start = performance.now();
  await who.snapshot();
  return rounded(performance.now() - start);
}

async function signIn(name) {
  const device = id().slice(0, 8);
  const credential = `${device}.${id()}${id().slice(0, 21)}`;
  const voice = { v: 1, site: "pk", channel: "web" };
  const token = await new SignJWT({ sub: name, exp: Math.floor(clock.now / 1_000) + 3_600 }).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(SECRET));
  const { log } = await (await post("/v1/sign-in", { ...voice, credential, token, merge: "union", consent: "newest" })).json();
  const who = {
    device, log, voice, credential,
    push: async (events) => (await post("/v1/push", { ...voice, credential, log, events })).json(),
    snapshot: () => firstFrame(who, undefined, "snapshot"),
  };
  return who;
}

/** Opens a stream, reads to the first frame of that kind, and leaves. */
async function firstFrame({ voice, credential }, cursor, wanted) {
  const response = await post("/v1/pull", { ...voice, ...(cursor && { cursor }) }, { authorization: `Bearer ${credential}` });
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const [, data] = new RegExp(`event: ${wanted}\ndata: (.*)\n\n`).exec(text) ?? [];
    if (data !== undefined) {
      if (text.includes("event: snapshot") && wanted === "hello") throw new Error("The place in the log was not believed.");
      await reader.cancel();
      const [, hello] = /event: hello\ndata: (.*)\n\n/.exec(text);
      return { ...JSON.parse(data), epoch: JSON.parse(hello).epoch };
    }
    const { value, done } = await reader.read();
    if (done) throw new Error(`The stream ended: ${text}`);
    text += decoder.decode(value, { stream: true });
  }
}

async function post(path, body, headers = {}) {
  const response = await server.fetch(new Request(`http://bench${path}`, { method: "POST", body: JSON.stringify(body), headers }));
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  return response;
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function rounded(n) {
  return Number(n.toFixed(3));
}

function id() {
  id.chance ??= createChance(99);
  return Array.from({ length: 22 }, () => "abcdefghijklmnopqrstuvwxyz0123456789"[id.chance(36)]).join("");
}

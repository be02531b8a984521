/** Measures carryover beside what shops would use instead, in one run: `npm run bench`; `-- --write` keeps it in results.json, README.md and docs/benchmarks.md. */
import { writeFileSync } from "node:fs";
import { findEngine } from "../scripts/engines.mjs";
import { startCluster } from "../scripts/cluster.mjs";
import { goalsOf } from "../scripts/benchmarks/goals.mjs";
import { CONTENDERS, FLOORS } from "./field/contenders.mjs";
import { launch } from "./field/chromium.mjs";
import { loadNow, machine, versionsOf } from "./field/machine.mjs";
import { databasesFor, inItsProcess, pooled } from "./field/rounds.mjs";
import "./field/sockets.mjs";
import { openShop } from "./field/shop.mjs";
import { tell } from "./field/telling.mjs";
import { pageToPage } from "./field/tables/page-to-page.mjs";
import { pageVisits } from "./field/tables/pages.mjs";
import { parts } from "./field/tables/parts.mjs";
import { sizes } from "./field/tables/sizes.mjs";
import { tagStarts } from "./field/tables/tags.mjs";
import { TAGS } from "./field/tags.mjs";
import { spreadOf } from "./field/waiting.mjs";
import { latencyOf, localOf, pagesOf, spreadsOf, tagsOf } from "./field/rows.mjs";

const ROUNDS = 3;
/** Of what does not depend on time, and mostly waits. */
const TOGETHER = 5;
/** Each client once, over a server that keeps its carts where there is a choice. */
const IN_PAGES = ["carryover", "y-websocket", "hocuspocus", "tinybase-file", "replicache", "pouchdb"];

const only = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const mayWrite = process.argv.includes("--write");
if (mayWrite && only.length > 0) throw new Error("Only a whole run is kept: --write stands alone.");
const isAsked = (table) => only.length === 0 || only.includes(table);

const began = performance.now();
const before = loadNow();
const cluster = findEngine("postgres") === undefined ? undefined : await startCluster();
const contenders = CONTENDERS.filter(({ needs }) => needs === undefined || cluster !== undefined);
const browser = await launch();
const results = { date: new Date().toISOString().slice(0, 10), command: "npm run bench -- --write", machine: { ...machine(await browser.version()), before } };
try {
  if (isAsked("sizes")) Object.assign(results, await timed("sizes", async () => ({ sizes: await sizes(), parts: await parts() })));
  if (isAsked("latency")) Object.assign(results, await timed("latency", latencies));
  if (isAsked("bytes")) Object.assign(results, await timed("bytes and memory", bytesAndMemory));
  if (isAsked("stories")) results.stories = await timed("stories", stories);
  if (isAsked("pages")) Object.assign(results, await timed("pages", pages));
  if (isAsked("tags")) results.tags = tagsOf(await timed("tags", () => tagStarts(browser)));
} finally {
  await browser.close();
  await cluster?.stop();
}
results.machine.tookSeconds = Math.round((performance.now() - began) / 1_000);
results.contenders = contenders.map(({ id, name, packages, licence, durability, isDurable = false, isOurs = false }) => ({ id, name, packages, licence, durability, isDurable, isOurs }));
results.floors = FLOORS.map(({ id, name }) => ({ id, name }));
results.versions = versionsOf([...contenders, ...TAGS, ...(results.sizes ?? [])].flatMap(({ packages = [] }) => packages));
if (only.length === 0) results.goals = goalsOf(results);
if (mayWrite) {
  writeFileSync(new URL("results.json", import.meta.url), `${JSON.stringify(results, undefined, 2)}\n`);
  await import("./page.mjs");
} else console.log(JSON.stringify(results, undefined, 2));
process.exit();

/** Rounds in turns, so that a busy machine is as busy for all. */
async function latencies() {
  const measured = [...contenders, ...FLOORS];
  const rounds = measured.map(({ id }) => [id, []]);
  const byId = Object.fromEntries(rounds);
  for (let round = 0; round < ROUNDS; round += 1) {
    // Who takes tens of milliseconds for a change is no less slow when the machine is a little quicker: once is enough.
    for (const contender of measured.filter(({ isSlow }) => !isSlow || round === 0)) {
      byId[contender.id].push(await measuredIn("round.mjs", contender, { tables: tablesOf(contender, round), databases: 2 }));
      tell(`${contender.name}: ${spreadOf(byId[contender.id][round].idle.times).p50} ms`);
    }
  }
  return { latency: latencyOf(byId), local: localOf(byId) };
}

/** What a tap takes on the device alone is the same in each round, and over each database. */
function tablesOf({ isAsked, isFloor, needs }, round) {
  const isTapped = round === 0 && !isAsked && !isFloor && needs === undefined;
  return ["idle", ...(isAsked ? [] : ["busy"]), ...(isTapped ? ["local"] : [])];
}

async function bytesAndMemory() {
  const found = await pooled(contenders, TOGETHER, async (contender) => {
    const tables = contender.isAsked ? ["bytes"] : ["bytes", "memory"];
    return measuredIn("round.mjs", contender, { tables, databases: 2 });
  });
  const of = (table) => Object.fromEntries(Object.entries(found).filter(([, one]) => one[table]).map(([id, one]) => [id, one[table]]));
  return { bytes: of("bytes"), memory: of("memory") };
}

/** Some contenders break off now and then, on their own account: they get a second chance. */
async function measuredIn(program, contender, { tables, databases }) {
  const measure = async () => inItsProcess(program, { id: contender.id, tables, databases: await databasesFor(contender, cluster, databases) });
  return measure().catch((error) => {
    if (contender.isOurs) throw error;
    tell(`${error.message} Once more.`);
    return measure();
  });
}

function stories() {
  return pooled(contenders, TOGETHER, (contender) => measuredIn("stories-round.mjs", contender, { databases: 1 }));
}

async function pages() {
  const [visits, between] = [{}, {}];
  for (const contender of [...contenders.filter(({ id }) => IN_PAGES.includes(id)), ...FLOORS]) {
    const shop = await openShop(contender);
    try {
      if (!contender.isFloor) visits[contender.id] = await pageVisits(browser, shop); // and the first of all has warmed the browser
      between[contender.id] = await pageToPage(browser, shop);
    } finally {
      await shop.close();
    }
  }
  return { pages: pagesOf(visits), pageToPage: spreadsOf(between) };
}

async function timed(what, work) {
  const start = performance.now();
  const found = await work();
  tell(`${what}: ${((performance.now() - start) / 1_000).toFixed(0)} s`);
  return found;
}

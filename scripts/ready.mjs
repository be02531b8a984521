/** Makes a fresh clone ready: installs, builds, and with --browsers sees to the engines the tests need. Node and git suffice. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { install, mayInstall } from "./debian.mjs";
import { debianPackages, ENGINES, findEngine, missing } from "./engines.mjs";
import { npm, run } from "./run.mjs";
import { builtHash, sourcesHash } from "./sources.mjs";

const OLDEST_NODE = 20;

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
requireNode();
requirePackages();
requireBuild();
if (process.argv.includes("--browsers")) requireEngines(Object.keys(ENGINES));

function requireNode() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major >= OLDEST_NODE) return;
  stop(`carryover needs Node ${OLDEST_NODE} or newer, and this is Node ${process.versions.node}: get one from https://nodejs.org.`);
}

function requirePackages() {
  if (isInstalled()) return;
  say("installing packages");
  npm(["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
}

/** npm notes at the end of each installation what it put where; that note is compared with what the lock asks for. */
function isInstalled() {
  const installed = packagesOf("node_modules/.package-lock.json");
  return Object.entries(packagesOf("package-lock.json") ?? {}).every(
    ([path, { version, optional }]) => path === "" || installed?.[path]?.version === version || (optional && installed && !installed[path]),
  );
}

function packagesOf(lock) {
  try {
    return JSON.parse(readFileSync(lock, "utf8")).packages;
  } catch {
    return undefined;
  }
}

function requireBuild() {
  if (builtHash() === sourcesHash()) return;
  say("building");
  run(process.execPath, ["scripts/build.mjs"]);
}

function requireEngines(names) {
  const absent = names.filter((name) => find(name) === undefined);
  if (absent.length === 0) return;
  if (mayInstall()) {
    say(`installing ${absent.map((name) => ENGINES[name].title).join(", ")}`);
    const objection = install(debianPackages(absent));
    if (objection !== undefined) process.stderr.write(`${objection}\n`);
  }
  const still = absent.filter((name) => find(name) === undefined);
  if (still.length > 0) stop(still.map(missing).join("\n"));
}

function find(name) {
  try {
    return findEngine(name);
  } catch (error) {
    return stop(error.message);
  }
}

function say(what) {
  process.stdout.write(`carryover: ${what} …\n`);
}

function stop(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

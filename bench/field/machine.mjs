/** What the measurements were made on and with: the machine, how busy it was with other things, and each package's version. */
import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem } from "node:os";

/** Above it somebody else had a share of a core. */
const QUIET = 0.5;

export function machine(chromium) {
  const [{ model }] = cpus();
  return { cpu: model, cores: cpus().length, memoryGb: Math.round(totalmem() / 2 ** 30), system: `${process.platform} ${release()}`, node: process.version, chromium };
}

/** The load of the last minute, before anything of ours ran. */
export function loadNow() {
  const [load] = loadavg();
  return { load: Number(load.toFixed(2)), isQuiet: load < QUIET };
}

/** By name, as installed. */
export function versionsOf(names) {
  return Object.fromEntries([...new Set(names)].sort().map((name) => [name, versionOf(name)]));
}

function versionOf(name) {
  const place = name === "carryover" ? "../../package.json" : `../node_modules/${name}/package.json`;
  return JSON.parse(readFileSync(new URL(place, import.meta.url), "utf8")).version;
}

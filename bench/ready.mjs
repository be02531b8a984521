/** Installs what carryover is measured against, where it is not there yet: in bench/node_modules, from bench/package-lock.json. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { npm } from "../scripts/run.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
if (!isInstalled()) {
  process.stdout.write("carryover: installing what it is measured against …\n");
  npm(["ci", "--prefix", "bench", "--no-audit", "--no-fund", "--loglevel=error"]);
}

/** npm notes what it put where; that is compared with what the lock asks for. */
function isInstalled() {
  const installed = packagesOf("bench/node_modules/.package-lock.json");
  return Object.entries(packagesOf("bench/package-lock.json")).every(([path, { version, optional }]) => path === "" || installed[path]?.version === version || optional);
}

function packagesOf(lock) {
  try {
    return JSON.parse(readFileSync(lock, "utf8")).packages;
  } catch (error) {
    if (error.code === "ENOENT") return {};
    throw error;
  }
}

/** Measures what a shop's visitor downloads and writes the table in README.md: `npm run size -- --write`. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const MARKED = /(<!-- sizes -->\n)([\s\S]*?)(<!-- sizes -->)/;

/** What size-limit finds: `[{ name, passed, size, sizeLimit }]`, sizes in bytes. */
export function measured() {
  const { stdout } = spawnSync(process.execPath, ["node_modules/size-limit/bin.js", "--json"], { encoding: "utf8" });
  const answer = JSON.parse(stdout);
  if (!Array.isArray(answer)) throw new Error(answer.error);
  return answer;
}

/** The figures as README.md shows them, in kB of 1000 bytes, brotli-compressed. */
export function tableOf(figures) {
  const rows = figures.map(({ name, size, sizeLimit }) => `| ${name} | ${kilobytes(size)} | ${kilobytes(sizeLimit)} |\n`);
  return `\n| what is loaded | size | at most |\n| --- | ---: | ---: |\n${rows.join("")}\n`;
}

/** The table that README.md shows now, or undefined when it has none. */
export function tableIn(readme) {
  return MARKED.exec(readme)?.[2];
}

function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`;
}

function main() {
  const figures = measured();
  const table = tableOf(figures);
  process.stdout.write(table);
  if (process.argv.includes("--write")) {
    const readme = readFileSync("README.md", "utf8");
    if (tableIn(readme) === undefined) throw new Error("README.md has no place between <!-- sizes --> and <!-- sizes --> for the table.");
    writeFileSync("README.md", readme.replace(MARKED, (_, before, __, after) => before + table + after));
  }
  if (figures.some(({ passed }) => !passed)) process.exitCode = 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) main();

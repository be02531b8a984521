/** A plugin for rollup that writes the licences of everything bundled into dist/LICENCES.txt: most ask for no more than that. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const found = new Map();

/** Collects over all builds of one run; each rewrites the file with what is known so far. */
export const licences = {
  name: "licences",
  generateBundle(_, bundle) {
    const modules = Object.values(bundle).flatMap((chunk) => Object.entries(chunk.modules ?? {}));
    for (const [id, { renderedLength }] of modules) {
      const folder = /^(.*node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)/.exec(id)?.[1];
      if (folder !== undefined && renderedLength > 0) found.set(folder, licenceOf(folder));
    }
  },
  writeBundle() {
    writeFileSync("dist/LICENCES.txt", `What is bundled into these files, and on which terms.\n${[...found.values()].sort().join("")}`);
  },
};

function licenceOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  return `\n${name} ${version} (${license})\n\n${file === undefined ? "" : readFileSync(join(folder, file), "utf8").trim()}\n`;
}

/** Writes docs/benchmarks.md, its plots and README's short table from results.json: `npm run benchmarks`. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { pageOf, PLOTS, withReadmeTable } from "../scripts/benchmarks/page.mjs";
import { drawnOf } from "./field/plots.mjs";

const at = (path) => new URL(`../${path}`, import.meta.url);
const results = JSON.parse(readFileSync(at("bench/results.json"), "utf8"));
const drawn = drawnOf(results);
mkdirSync(at("docs/benchmarks/"), { recursive: true });
for (const name of Object.keys(PLOTS)) writeFileSync(at(`docs/benchmarks/${name}.svg`), drawn[name]);
writeFileSync(at("docs/benchmarks.md"), pageOf(results));
writeFileSync(at("README.md"), withReadmeTable(readFileSync(at("README.md"), "utf8"), results));

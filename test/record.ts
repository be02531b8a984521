/** Writes down what a long test has found, so that a reader of docs/reliability.md can look it up. */
import { mkdirSync, writeFileSync } from "node:fs";
import { isLong } from "./long.js";

/** Keeps the result as bench/reliability/<name>.json; a short run keeps nothing. */
export function record(name: string, result: object): void {
  if (!isLong) return;
  mkdirSync("bench/reliability", { recursive: true });
  writeFileSync(`bench/reliability/${name}.json`, `${JSON.stringify({ node: process.version, ...result }, undefined, 2)}\n`);
}

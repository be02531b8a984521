/** Every exception is told to the reader: README has the same table, and no test makes one that is not in it. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ENGINES } from "./engine.js";
import { EXCEPTIONS } from "./exceptions.js";

const tests = readdirSync("test/engines").filter((name) => name.endsWith(".test.ts")).map((name) => readFileSync(`test/engines/${name}`, "utf8")).join("\n");

test("README says where an engine differs, word for word", () => {
  const [, table = ""] = readFileSync("README.md", "utf8").split("<!-- exceptions -->");
  const rows = table.trim().split("\n").slice(2).map((row) => row.split("|").slice(1, -1).map((cell) => cell.trim()));
  expect(rows).toEqual(EXCEPTIONS.map(({ engine, what, instead }) => [engine, what, instead]));
});

test("each exception is asked for by a test, and is one of an engine that is walked", () => {
  for (const { engine, what, instead } of EXCEPTIONS) {
    process.stdout.write(`In ${engine}, ${what}: ${instead}.\n`);
    expect(ENGINES.map(({ name }) => name)).toContain(engine);
    expect(tests).toContain(`"${what}")`);
  }
});

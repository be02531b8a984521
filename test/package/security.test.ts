/** docs/security.md says what is so: every attack in it has a test of that name, and its figures are those that were found. */
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { guessingIn, guessingTable } from "../../scripts/figures.mjs";

const page = readFileSync("docs/security.md", "utf8");
const rows = (page.split("<!-- attacks -->")[1] ?? "").split("\n").filter((line) => line.startsWith("| ")).slice(2);

test("there are attacks", () => {
  expect(rows.length).toBeGreaterThan(12);
});

test.each(rows.map((row) => [row.split("|")[1]?.trim() as string, row]))("%s is run by a test", (_, row) => {
  const [, file = "", title = ""] = /`(test\/[^`]+)`: (.+?) \|$/.exec(row) ?? [];
  expect(existsSync(file), `${file} is there`).toBe(true);
  expect(title.length).toBeGreaterThan(5);
  expect(readFileSync(file, "utf8")).toContain(title);
});

test("the figures of guessing are those of bench/reliability (if not: npm run figures)", () => {
  expect(guessingIn(page)).toBe(guessingTable());
});

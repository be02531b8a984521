/** docs/reliability.md says what is so: its commands name tests that there are, and its figures are those that were found. */
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { figuresIn, figuresTable } from "../../scripts/figures.mjs";

const page = readFileSync("docs/reliability.md", "utf8");
const commands = [...page.matchAll(/`(npx vitest run [^`]+|node bench\/[^`]+)`/g)].map(([, command]) => command as string);

test("every promise has a command", () => {
  const promises = page.split("\n").filter((line) => /^\| (?!promise|---|what)/.test(line) && !line.includes(" · "));
  expect(promises.length).toBeGreaterThan(10);
  expect(promises.filter((line) => !/`(npx vitest run|node bench)/.test(line) && !figuresTable().includes(line))).toEqual([]);
});

test.each(commands)("there is what %s runs", (command) => {
  const [, project, file] = /--project (\S+)(?: (\S+))?$/.exec(command) ?? [];
  expect(existsSync(file ?? (project === undefined ? (command.split(" ")[1] as string) : `test/${project}`))).toBe(true);
  if (file !== undefined) expect(file.startsWith(`test/${project}/`)).toBe(true);
});

test("the figures are those of bench/reliability (if not: npm run figures)", () => {
  expect(figuresIn(page)).toBe(figuresTable());
});

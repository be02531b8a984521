/** docs/benchmarks.md and README say what the bench found, and what it was found with stays outside the package. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { goalsOf } from "../../scripts/benchmarks/goals.mjs";
import { PLOTS, pageOf, readmeTableIn, readmeTableOf } from "../../scripts/benchmarks/page.mjs";
import { STORY_TITLES } from "../../scripts/benchmarks/stories.mjs";

interface Story { readonly ended?: string; readonly isRight?: boolean; readonly why?: string }
const read = (path: string) => JSON.parse(readFileSync(path, "utf8"));
const results = read("bench/results.json");
const page = readFileSync("docs/benchmarks.md", "utf8");
const bench = read("bench/package.json");

test("the page of benchmarks is what the bench found (if not: npm run benchmarks)", () => {
  expect(page).toBe(pageOf(results));
});

test("README.md tells of the field what the bench found (if not: npm run benchmarks)", () => {
  expect(readmeTableIn(readFileSync("README.md", "utf8"))).toBe(readmeTableOf(results));
});

test("the goals are counted from the rows that the page shows", () => {
  expect(JSON.parse(JSON.stringify(goalsOf(results)))).toEqual(results.goals);
});

test("every plot is there, is named in the page, and can be read by day and by night", () => {
  for (const name of Object.keys(PLOTS)) {
    expect(page).toContain(`](benchmarks/${name}.svg)`);
    expect(readFileSync(`docs/benchmarks/${name}.svg`, "utf8")).toContain("prefers-color-scheme:dark");
  }
  expect(readdirSync("docs/benchmarks").sort()).toEqual(Object.keys(PLOTS).map((name) => `${name}.svg`).sort());
});

test("every contender was asked to play every story, and says why where it could not", () => {
  for (const { id } of results.contenders) {
    const played: Record<string, Story> = results.stories[id];
    expect(Object.keys(played).sort(), id).toEqual(Object.keys(STORY_TITLES).sort());
    for (const { ended, why } of Object.values(played)) expect(ended ?? why, id).toBeTruthy();
  }
});

test("what was measured is what is pinned, to the last digit", () => {
  const pinned: Record<string, string> = bench.dependencies;
  expect(Object.values(pinned).filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  const { carryover, ...measured } = results.versions as Record<string, string>;
  expect(carryover).toBe(read("package.json").version);
  expect(measured).toEqual(Object.fromEntries(Object.keys(measured).map((name) => [name, pinned[name]])));
});

test("none of it is a part of the package, or runs a script when it is installed", () => {
  expect(bench.private).toBe(true);
  expect(readFileSync("bench/.npmrc", "utf8")).toContain("ignore-scripts=true");
  expect(existsSync("bench/package-lock.json")).toBe(true);
  const { files, workspaces } = read("package.json");
  expect(workspaces).toBeUndefined();
  expect(files.filter((name: string) => name.startsWith("bench"))).toEqual([]);
});

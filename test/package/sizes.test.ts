/** What a visitor downloads, measured as the visitor pays for it: minified and brotli-compressed. The limits are in .size-limit.json. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { measured, tableIn, tableOf } from "../../scripts/sizes.mjs";

interface Figure {
  readonly name: string;
  readonly passed: boolean;
  readonly size: number;
  readonly sizeLimit: number;
}

const figures = measured() as Figure[];

test.each(figures.map((figure) => [figure.name, figure] as const))("%s stays within its limit", (_, { size, sizeLimit }) => {
  expect(size).toBeGreaterThan(500);
  expect(size).toBeLessThanOrEqual(sizeLimit);
});

test("the limits are those that shops were promised", () => {
  expect(figures.map(({ sizeLimit }) => sizeLimit)).toEqual([9_000, 11_000, 2_000]);
});

test("README.md tells the sizes as they are (if not: npm run size -- --write)", () => {
  expect(tableIn(readFileSync("README.md", "utf8"))).toBe(tableOf(figures));
});

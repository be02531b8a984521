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

/**
 * The goal was 9, 11 and 2 kB; these are what was reached, to the next 0.2 kB. What is left is hardly repetition any
 * more: the cart's rules for what was not seen, consent, handoff, two ways of keeping, and what it takes to lose nothing
 * (requests that outlive the page, tabs that take over, streams that are held back, servers that are restored: 2.7 kB)
 * are each code of their own. Getting lower means doing less, or loading some of it later.
 */
test("the limits are what was reached", () => {
  expect(figures.map(({ sizeLimit }) => sizeLimit)).toEqual([21_700, 22_900, 5_000, 3_900, 5_000, 4_200, 1_700, 1_800, 2_800, 3_600]);
});

test("README.md tells the sizes as they are (if not: npm run size -- --write)", () => {
  expect(tableIn(readFileSync("README.md", "utf8"))).toBe(tableOf(figures));
});

/** `carryover audit` as a shop's CI runs it: what it prints, what it writes, and how it ends. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { engine } from "../../scripts/engines.mjs";
import { run } from "../server/command.js";
import { tempFile } from "../server/desk.js";
import { createShops, type Shops } from "./shop.js";

let shops: Shops;
beforeAll(async () => void (shops = await createShops()));
afterAll(() => shops.close());

const audit = (...args: string[]) => run(["audit", ...args, "--browser", engine("chromium"), "--watch", "1"]);

test("a shop that does it right ends with 0, one that does not with 1, and the report says by which rule", async () => {
  const json = tempFile("audit.json");
  const wrong = shops.open({ refuse: "hidden" });
  const [right, other] = [audit(shops.open()), audit(wrong, "--json", json)];
  expect([await right.ended, await other.ended]).toEqual([0, 1]);
  expect(right.said()).toMatch(/\n\nNothing was found\.\n$/);
  expect(right.said()).toContain("After accepting:\n  cookie _stats of 127.0.0.1, 1 day\n");
  expect(right.said()).toContain('The question: "Alles accepteren" and "Alles weigeren" (layer 1); the way back: "Cookie-instellingen", 2 clicks.');
  expect(other.said()).toContain('1 finding:\n\nL9   Accepting takes one click, refusing a second layer.\n       "Alles accepteren" stands on the first layer');
  expect(JSON.parse(readFileSync(json, "utf8"))).toMatchObject({ url: wrong, isComplete: true, findings: [{ rule: "L9" }], seen: { before: { kept: [] } } });
});

test.each<[string, () => string[], RegExp]>([
  ["no address", () => [], /^carryover audit URL /],
  ["an address that is none", () => ["file:///etc/passwd"], /begins with http:\/\/ or https:\/\/; found file:/],
  ["an address where nobody is", () => ["http://127.0.0.1:9/"], /^http:\/\/127\.0\.0\.1:9\/ does not open: /],
  ["a page that is not there", () => [`${new URL("/nowhere", shops.demo).href}`], /answers 404\.$/],
  ["a watch that is too long", () => ["http://127.0.0.1:9/", "--watch", "90"], /takes seconds from 1 to 20; found 90/],
  ["a flag that it does not know", () => ["http://127.0.0.1:9/", "--wach", "1"], /--wach/],
])("%s: it says so in a sentence and ends with 2", async (_, args, sentence) => {
  const { ended, said } = run(["audit", "--browser", engine("chromium"), ...args()]);
  expect(await ended).toBe(2);
  expect(said().trim()).toMatch(sentence);
  expect(said()).not.toMatch(/^\s+at /m); // no stack
});

test("a browser that is not there is said in a sentence, with what to do", async () => {
  const { ended, said } = run(["audit", "http://127.0.0.1:9/", "--browser", "/nowhere/chromium"]);
  expect([await ended, said()]).toEqual([2, "There is no browser at /nowhere/chromium: give --browser the path of a Chromium or Chrome.\n"]);
});

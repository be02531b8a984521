/** The checkers find what is wrong with a history, and nothing in one that is right. */
import { expect, test } from "vitest";
import { checkCounter } from "./checkers/counter.js";
import type { Heard, Listener, Sent } from "./checkers/history.js";
import { checkKafka } from "./checkers/kafka.js";
import { checkSetFull } from "./checkers/set-full.js";
import { checkUniqueIds } from "./checkers/unique-ids.js";

const sent = (id: string, seq?: number, n = 1): Sent => ({ log: "L", id, line: "SCHOEN-42", n, ...(seq !== undefined && { seq }) });
const log: readonly Heard[] = ["a", "b", "c"].map((id, i) => ({ id, seq: i + 1 }));
const listener = (seqs: readonly number[], from = 0): Listener => ({ device: "phone", log: "L", from, heard: seqs.map((seq) => log[seq - 1] as Heard) });
const nothing = { skipped: [], repeated: [], otherwise: [], stuck: [] };

test("a log that holds what was acknowledged, and perhaps what was not, is whole", () => {
  expect(checkSetFull([sent("a", 1), sent("b", 2), sent("c"), sent("d")], log)).toEqual({ lost: [], doubled: [], unexpected: [] });
  expect(checkSetFull([sent("b", 2), sent("c", 3)], log, new Set(["a"]))).toEqual({ lost: [], doubled: [], unexpected: [] });
});

test("an acknowledged event that is not there is lost, one that stands twice is doubled, one that nobody sent is found", () => {
  expect(checkSetFull([sent("a", 1), sent("x", 4)], [...log, { id: "a", seq: 4 }])).toEqual({ lost: ["x"], doubled: ["a"], unexpected: ["b", "c"] });
});

test("a quantity lies between what was acknowledged and what was tried", () => {
  const history = [sent("a", 1, 2), sent("b", 2, 3), sent("c", undefined, 4)];
  for (const quantity of [5, 9]) expect(checkCounter(history, new Map([["SCHOEN-42", quantity]]))).toEqual([]);
});

test("one less than was acknowledged, one more than was tried, and a line that nobody added are found", () => {
  const history = [sent("a", 1, 2), sent("b", undefined, 4)];
  for (const quantity of [1, 7]) expect(checkCounter(history, new Map([["SCHOEN-42", quantity]]))).toEqual([{ line: "SCHOEN-42", found: quantity, least: 2, most: 6 }]);
  expect(checkCounter(history, new Map([["SCHOEN-42", 2], ["BOEK-1", 1]]))).toEqual([{ line: "BOEK-1", found: 1, least: 0, most: 0 }]);
  expect(checkCounter(history, new Map())).toHaveLength(1);
});

test("an event that is told its number again is in order; two events with one number, and one event with two, are not", () => {
  expect(checkUniqueIds([sent("a", 1), sent("a", 1), sent("b", 2), sent("c")])).toEqual({ twice: [], moved: [] });
  expect(checkUniqueIds([sent("a", 1), sent("b", 1), sent("c", 2), sent("c", 3)])).toEqual({ twice: [1], moved: ["c"] });
});

test("who hears every number from where they began, to the end, heard it right", () => {
  expect(checkKafka([listener([1, 2, 3]), listener([3], 2), listener([], 3)], log)).toEqual(nothing);
});

test("a hole, a repetition, a step back, another event under a number, and an end that is not heard are found", () => {
  expect(checkKafka([listener([1, 3])], log)).toEqual({ ...nothing, skipped: ["phone"] });
  expect(checkKafka([listener([2, 3])], log)).toEqual({ ...nothing, skipped: ["phone"] });
  expect(checkKafka([listener([1, 2, 2, 3])], log)).toEqual({ ...nothing, repeated: ["phone"] });
  expect(checkKafka([listener([1, 2, 1, 2, 3])], log)).toEqual({ ...nothing, repeated: ["phone"] });
  expect(checkKafka([{ ...listener([1, 2]), heard: [...listener([1, 2]).heard, { id: "x", seq: 3 }] }], log)).toEqual({ ...nothing, otherwise: ["phone"] });
  expect(checkKafka([listener([1, 2])], log)).toEqual({ ...nothing, stuck: ["phone"] });
});

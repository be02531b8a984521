/** Carts in memory, while somebody is busy with them and after. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { apply, emptyState, type State } from "../../src/model/state.js";
import { createFolds, type Folded } from "../../src/server/folds.js";

const SECOND = 1_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function foldedOf(n: number): Folded {
  const state = Array.from({ length: n }, (_, i) => i + 1).reduce<State>((before, seq) =>
    apply(before, { seq, id: `e${seq}`, type: "line-added", data: { line: "SCHOEN-42", n: 1, details: { title: "Ünïcode" } }, at: 1, base: 0, device: "phone", channel: "web" }), emptyState);
  return { seq: n, hash: n, state, weight: 10_000 };
}

const rowOf = (id: string, n: number): { id: string; head: number; hash: number } => ({ id, head: n, hash: n });

test("a cart that nobody is busy with any more is kept as it was, in less room, and one that somebody is busy with stays at hand", () => {
  const folds = createFolds({ logs: 10, weight: 25_000 });
  const [anna, berta] = [foldedOf(3), foldedOf(2)];
  folds.keep("anna", anna);
  for (let i = 0; i < 5; i += 1) {
    folds.keep("berta", berta);
    expect(folds.find(rowOf("anna", 3))?.state === anna.state).toBe(i < 3);
    expect(folds.find(rowOf("berta", 2))?.state).toBe(berta.state);
    vi.advanceTimersByTime(SECOND);
  }
  expect(folds.find(rowOf("anna", 3))?.state).toEqual(anna.state);
  folds.keep("carla", foldedOf(1)); // three of such weight had no room before
  expect(["anna", "berta", "carla"].map((log, i) => folds.find(rowOf(log, 3 - i))?.seq)).toEqual([3, 2, 1]);
});

test("when nothing happens any more all come to rest, many of them one after the other, and nothing goes on ticking", () => {
  const folds = createFolds();
  const one = foldedOf(1);
  for (let i = 0; i < 230; i += 1) folds.keep(`log-${i}`, one);
  vi.advanceTimersByTime(5 * SECOND);
  expect(vi.getTimerCount()).toBe(0);
  const found = Array.from({ length: 230 }, (_, i) => folds.find(rowOf(`log-${i}`, 1)));
  expect(found.every((folded) => folded?.seq === 1 && folded.state !== one.state)).toBe(true);
});

test("a cart that has gone on elsewhere is not believed, at rest or not", () => {
  const folds = createFolds();
  folds.keep("anna", foldedOf(3));
  expect([folds.find(rowOf("anna", 4)), folds.find({ ...rowOf("anna", 3), hash: 7 })]).toEqual([undefined, undefined]);
  vi.advanceTimersByTime(10 * SECOND);
  expect([folds.find(rowOf("anna", 4)), folds.find({ ...rowOf("anna", 3), hash: 7 }), folds.find(rowOf("anna", 3))?.seq]).toEqual([undefined, undefined, 3]);
  folds.forget("anna");
  expect(folds.find(rowOf("anna", 3))).toBeUndefined();
});

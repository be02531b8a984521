/**
 * The whole of it: real clients, the real server, a network that does its worst. Nothing is lost, nothing doubled, nothing
 * comes back. A history that fails is printed with its seed and path; CARRYOVER_SEED and CARRYOVER_PATH live through it again, step by step.
 */
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { seedOf, times } from "../long.js";
import { createProgress } from "../progress.js";
import { record } from "../record.js";
import { createChance } from "./chance.js";
import { histories, live } from "./history.js";
import { proofs } from "./proofs.js";
import { tell } from "./tell.js";

/** The server's chance is the history's as well: the same seed, the same story. */
const chance = vi.hoisted(() => ({ bytes: (length: number): Uint8Array => new Uint8Array(length), below: (end: number): number => end - 1 }));

vi.mock("node:crypto", async (original) => ({
  ...(await original<typeof import("node:crypto")>()),
  randomBytes: (length: number) => Buffer.from(chance.bytes(length)),
  randomInt: (from: number, to?: number) => (to === undefined ? chance.below(from) : from + chance.below(to - from)),
}));

const RUNS = Number(process.env.CARRYOVER_HISTORIES ?? times(250, 20_000));
const SEED = seedOf();
const PATH = process.env.CARRYOVER_PATH;
const LENGTH = 60;
const TIMEOUT_MS = 60_000 + RUNS * 500;

test("whatever shoppers, tabs, networks and the server do: every gesture counts once, and all screens end the same", async () => {
  const tokens = await proofs();
  const progress = createProgress("whole-system histories", RUNS);
  let gestures = 0;
  const history = fc.asyncProperty(histories(LENGTH), async (story) => {
    Object.assign(chance, createChance(~story.seed)); // another than the browsers have, or their ids would meet
    gestures += await live(story, tokens, PATH === undefined ? undefined : tell);
    progress.step();
  });
  await fc.assert(history, { numRuns: RUNS, seed: SEED, ...(PATH !== undefined && { path: PATH }) });
  expect(progress.done).toBeGreaterThan(0);
  record("system-histories", { histories: progress.done, gestures, seed: SEED, seconds: progress.seconds, lost: 0, doubled: 0, resurrected: 0 });
}, TIMEOUT_MS);

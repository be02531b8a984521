/** A log as streams are told it: whatever overtakes what, each entry once, in order, and none left out. */
import { expect, test } from "vitest";
import type { Entry } from "../../src/model/event.js";
import { createRelay } from "../../src/server/relay.js";

const entry = (seq: number): Entry => ({ seq, id: `e${seq}`, type: "cart-kept", data: {}, at: 1, base: 0, device: "d", channel: "web" });
const entries = (from: number, to: number): Entry[] => Array.from({ length: to - from + 1 }, (_, i) => entry(from + i));

/** A log with a head, and a relay of it; reading waits until it is let. */
function openLog(head = 0): { relay: ReturnType<typeof createRelay>; told: number[]; reads: number[]; faults: unknown[]; state: { head: number; failing: boolean }; settled(): Promise<void> } {
  const [told, reads, faults]: [number[], number[], unknown[]] = [[], [], []];
  const state = { head, failing: false };
  const read = async (after: number): Promise<Entry[]> => {
    reads.push(after);
    const found = entries(after + 1, Math.min(state.head, after + 3)); // a page is three
    await new Promise(setImmediate);
    if (state.failing) throw new Error("The database is away.");
    return found;
  };
  const relay = createRelay({ read, tell: (fresh) => told.push(...fresh.map(({ seq }) => seq)), report: (error) => faults.push(error) });
  return { relay, told, reads, faults, state, settled: async () => { for (let i = 0; i < 20; i++) await new Promise(setImmediate); } };
}

test("what comes in order is told without a question to the database", () => {
  const { relay, told, reads } = openLog(2);
  relay.stand(2);
  relay.announce(entries(3, 4));
  relay.announce(entries(5, 5));
  expect([told, reads]).toEqual([[3, 4, 5], []]);
});

test("where the word of a later commit comes first, the earlier is read, and told first", async () => {
  const { relay, told, state, settled } = openLog(2);
  relay.stand(2);
  state.head = 4;
  relay.announce([entry(4)]);
  relay.announce([entry(3)]);
  await settled();
  expect(told).toEqual([3, 4]);
});

test("what another process wrote is read once, page by page, however often somebody speaks of it", async () => {
  const { relay, told, reads, state, settled } = openLog();
  relay.stand(0);
  state.head = 8;
  for (let seq = 1; seq <= 8; seq++) relay.remind(seq);
  await settled();
  expect([told, reads]).toEqual([[1, 2, 3, 4, 5, 6, 7, 8], [0, 3, 6]]);
});

test("what is announced before the first stream stands is told to it, from where it stands", async () => {
  const { relay, told, state, settled } = openLog(5);
  state.head = 7;
  relay.announce(entries(7, 7));
  await settled();
  expect(told).toEqual([]);
  relay.stand(5);
  await settled();
  expect(told).toEqual([6, 7]);
});

test("a stream that stands further on makes up for those before it", async () => {
  const { relay, told, state, settled } = openLog(1);
  relay.stand(1);
  state.head = 4;
  relay.stand(4);
  await settled();
  expect(told).toEqual([2, 3, 4]);
});

test("of two streams that open at once, the one that looked earlier and stands later lacks nothing", async () => {
  const { relay, told, state, settled } = openLog(2);
  state.head = 4;
  relay.stand(4);
  relay.stand(2); // it follows since before anything was told, and nobody has told it 3 and 4
  await settled();
  expect(told).toEqual([3, 4]);
});

test("a stream that stands further back while the log is read lacks nothing either", async () => {
  const { relay, told, state, settled } = openLog(4);
  relay.stand(4);
  state.head = 6;
  relay.remind(6);
  relay.stand(2);
  await settled();
  expect(told).toEqual([3, 4, 5, 6]);
});

test("while the database is away nothing is skipped, and the next word brings all of it", async () => {
  const { relay, told, faults, state, settled } = openLog(1);
  relay.stand(1);
  Object.assign(state, { head: 3, failing: true });
  relay.remind(3);
  await settled();
  expect([told, faults.length]).toEqual([[], 1]);
  Object.assign(state, { head: 4, failing: false });
  relay.announce([entry(4)]);
  await settled();
  expect(told).toEqual([2, 3, 4]);
});

test("word of what is not there is forgotten, and does not hold up what comes", async () => {
  const { relay, told, reads, state, settled } = openLog(1);
  relay.stand(1);
  relay.remind(900);
  await settled();
  state.head = 2;
  relay.announce([entry(2)]);
  expect([told, reads]).toEqual([[2], [1]]);
});

/** What a server keeps of carts in memory: those used last, and never more than it may hold. */
import { expect, test } from "vitest";
import { createLogs, type Logs } from "../../src/server/log.js";
import { openStore } from "../../src/server/store/open.js";
import type { LogRow, Transaction } from "../../src/server/store/store.js";
import { atEnd, id } from "./desk.js";

interface Desk {
  /** Adds a product with a description of so many letters. */
  add(log: string, letters: number): Promise<void>;
  /** Whether the cart had to be read from the database. */
  isReadAnew(log: string): Promise<boolean>;
}

async function createDesk(logs: Logs): Promise<Desk> {
  const store = await openStore(":memory:");
  atEnd(() => store.close());
  const rowOf = async (tx: Transaction, log: string): Promise<LogRow> => (await tx.log(log)) ?? { id: log, site: "pk", head: 0, hash: 0 };
  return {
    add: (log, letters) => store.transact(async (tx) => {
      const writer = await logs.open(tx, await rowOf(tx, log));
      writer.add({ id: id(), type: "line-added", data: { line: "SCHOEN-42", n: 1, details: { note: "x".repeat(letters) } }, at: 1, base: 0, device: "phone", channel: "web" });
      await writer.flush(1, 1_000);
    }),
    isReadAnew: (log) => store.transact(async (tx) => {
      let isRead = false;
      const watched: Transaction = { ...tx, snapshot: (of) => ((isRead = true), tx.snapshot(of)) };
      expect((await logs.stateOf(watched, await rowOf(tx, log))).cart.lines).toHaveLength(1);
      return isRead;
    }),
  };
}

test("the carts used last are kept, as many as there may be", async () => {
  const { add, isReadAnew } = await createDesk(createLogs({ logs: 2, weight: 1_000_000 }));
  for (const log of ["anna", "berta", "carla"]) await add(log, 10);
  expect([await isReadAnew("berta"), await isReadAnew("carla"), await isReadAnew("anna"), await isReadAnew("berta")]).toEqual([false, false, true, true]);
});

test("full carts are as many fewer as they are larger, and one that is too large is read each time", async () => {
  const { add, isReadAnew } = await createDesk(createLogs({ logs: 100, weight: 5_000 }));
  await add("anna", 1_500);
  await add("berta", 1_500);
  expect([await isReadAnew("anna"), await isReadAnew("berta")]).toEqual([false, false]);
  await add("carla", 1_500);
  expect([await isReadAnew("berta"), await isReadAnew("carla"), await isReadAnew("anna")]).toEqual([false, false, true]);
  await add("dora", 6_000);
  expect([await isReadAnew("dora"), await isReadAnew("dora")]).toEqual([true, true]);
});

/** Where transactions end in another order than they began in, the feed waits: nothing is left out, and no cart is told out of order. */
import { expect, test } from "vitest";
import type { Place } from "../../src/server/store/feed.js";
import { openStore } from "../../src/server/store/open.js";
import type { LogRow, Store, Transaction } from "../../src/server/store/store.js";
import type { CloudEvent, FeedAnswer } from "../../src/wire/feed.js";
import { askPostgres, feedSettled, postgresDatabase } from "../server/database.js";
import { added, atEnd, createDesk, stranger, type Voice } from "../server/desk.js";
import { openOffice } from "../server/office-hours.js";
import { isLong, times } from "../long.js";
import { record } from "../record.js";

const entry = (seq: number) => ({ id: `id-${seq}`, type: "line-added", data: {}, at: 7, base: 0, seq, device: "device-1", channel: "web" });

async function write(tx: Transaction, id: string): Promise<void> {
  const log = (await tx.log(id)) as LogRow;
  const seq = log.head + 1;
  await tx.append(id, [entry(seq)], [seq]);
  await tx.putFeed(log, seq, seq, 7);
  await tx.putLog({ ...log, head: seq });
}

interface Held {
  /** Resolves once the job has come to where it waits. */
  readonly isThere: Promise<void>;
  /** Lets it go on, and resolves when it is committed. */
  end(): Promise<void>;
}

/** A job that stops in the middle. */
function held(store: Store, before: (tx: Transaction) => Promise<unknown>, after: (tx: Transaction) => Promise<unknown> = async () => undefined): Held {
  let [arrive, go] = [(): void => {}, (): void => {}];
  const isThere = new Promise<void>((resolve) => (arrive = resolve));
  const told = new Promise<void>((resolve) => (go = resolve));
  const done = store.transact(async (tx) => {
    await before(tx);
    await tx.log("nobody"); // what was said before has been heard by now
    arrive();
    await told;
    await after(tx);
  });
  return { isThere, end: async () => (go(), done) };
}

async function openTwo(): Promise<{ one: Store; other: Store; read(after?: Place): Promise<(readonly [string, number])[]>; place(): Promise<Place | undefined>; settled(): Promise<void> }> {
  const address = postgresDatabase();
  const [one, other] = [await openStore(address), await openStore(address)];
  atEnd(async () => void (await Promise.all([one.close(), other.close()])));
  await one.transact(async (tx) => {
    for (const id of ["anna", "berta"]) await tx.putLog({ id, site: "pk", head: 0, hash: 0 });
  });
  const rows = (after?: Place) => one.read((tx) => tx.feed("pk", after, 100));
  const settled = (): Promise<void> => feedSettled(address);
  return { one, other, settled, read: async (after) => (await rows(after)).map(({ written }) => [written?.log as string, written?.entry.seq as number]), place: async () => (await rows()).at(-1)?.place };
}

test("what was written later and committed first waits for what was written before it", async () => {
  const { one, other, read, place, settled } = await openTwo();
  const slow = held(one, (tx) => write(tx, "anna"));
  await slow.isThere;
  await other.transact((tx) => write(tx, "berta"));
  expect(await read()).toEqual([]);
  const before = await place();
  await slow.end();
  await settled();
  expect(await read(before)).toEqual([["anna", 1], ["berta", 1]]);
});

test("whoever began before and got the cart after is told after", async () => {
  const { one, other, read, place, settled } = await openTwo();
  const early = held(one, (tx) => tx.putMeta("something", "else"), (tx) => write(tx, "anna"));
  await early.isThere;
  await other.transact((tx) => write(tx, "anna"));
  expect(await read()).toEqual([]);
  const before = await place();
  await early.end();
  await settled();
  expect(await read(before)).toEqual([["anna", 1], ["anna", 2]]);
});

test("a database that has moved to another cluster, whose transactions have lower numbers, tells all it had and all that comes", async () => {
  const { one, read, place, settled } = await openTwo();
  await one.transact((tx) => write(tx, "anna"));
  await one.transact((tx) => write(tx, "anna"));
  await settled();
  expect((await place())?.tx).toBeGreaterThan(0);
  await one.restored();
  expect((await place())?.tx).toBe(0);
  const before = await place();
  await one.transact((tx) => write(tx, "anna"));
  await settled();
  expect(await read(before)).toEqual([["anna", 3]]);
  expect(await read()).toEqual([["anna", 1], ["anna", 2], ["anna", 3]]);
});

const PUSHES = times(400, 20_000);

test(`${PUSHES} pushes of 40 screens through two servers, read while they come: each once, and each cart in its order`, async () => {
  const database = postgresDatabase();
  const desks = [await createDesk({ database }), await createDesk({ database })] as const;
  const { ask, settled } = openOffice(desks[0]);
  const voices = Array.from({ length: 40 }, () => stranger());
  let [next, open] = [0, voices.length];
  const work = async (i: number): Promise<void> => {
    while (next < PUSHES) await desks[(i + next++) % 2 as 0 | 1].push(voices[i] as Voice, [added("A")]);
    open -= 1;
  };
  const told: CloudEvent[] = [];
  const read = async (): Promise<void> => {
    for (let [cursor, isLast] = ["", false]; ;) {
      const wasOpen = open > 0;
      if (!wasOpen) await settled();
      const { events, cursor: on } = (await ask("GET", `/v1/feed?limit=50${cursor && `&after=${cursor}`}`)).body as FeedAnswer;
      told.push(...events);
      cursor = on;
      if (events.length === 0 && !wasOpen && isLast) return;
      isLast = events.length === 0 && !wasOpen;
    }
  };
  await Promise.all([...voices.map((_, i) => work(i)), read()]);
  const written = Number(askPostgres(database, "SELECT count(*) FROM carryover.entries"));
  const last = new Map<string, number>();
  let disordered = 0;
  for (const { subject, data } of told) {
    if (data?.entry.seq !== (last.get(subject) ?? 0) + 1) disordered += 1;
    last.set(subject, data?.entry.seq as number);
  }
  const doubled = told.length - new Set(told.map(({ id }) => id)).size;
  const found = { lost: written - new Set(told.map(({ id }) => id)).size, doubled, disordered };
  expect(found).toEqual({ lost: 0, doubled: 0, disordered: 0 });
  record("feed", { pushes: PUSHES, screens: voices.length, servers: 2, ...found });
}, isLong ? 600_000 : 60_000);

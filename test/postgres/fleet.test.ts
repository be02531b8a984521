/** Two servers on one database: whichever a screen happens to reach, there is one cart, one number for each event, one taker of a code. */
import { expect, test } from "vitest";
import { PATHS } from "../../src/wire/version.js";
import { openArchive } from "../../src/server/index.js";
import { openStore } from "../../src/server/store/open.js";
import type { DeviceRow, LogRow, Store, Transaction } from "../../src/server/store/store.js";
import { decided, fileOf, signIn, verify } from "../server/consent.js";
import { askPostgres } from "../server/database.js";
import { added, atEnd, createDesk, type Desk, emptyDatabase, event, site, stranger, type Voice } from "../server/desk.js";
import { readLedger } from "../server/ledger.js";
import { isLong, times } from "../long.js";
import { record } from "../record.js";

const PUSHES = times(500, 20_000);
const [CUSTOMERS, SCREENS] = [10, 5];

interface Fleet {
  readonly database: string;
  readonly desks: readonly [Desk, Desk];
}

async function openFleet(): Promise<Fleet> {
  const database = emptyDatabase();
  return { database, desks: [await createDesk({ database }), await createDesk({ database })] };
}

test(`${PUSHES} pushes of ${CUSTOMERS * SCREENS} screens on ${CUSTOMERS} carts through two servers: no number twice, none left out, no event twice and none lost`, async () => {
  const startedAt = Date.now();
  const { database, desks } = await openFleet();
  const screens = Array.from({ length: CUSTOMERS * SCREENS }, () => stranger());
  for (const [i, screen] of screens.entries()) await signIn(desks[0], screen, `customer-${i % CUSTOMERS}`);
  const sent = new Map<string, number>();
  let [next, repeated] = [0, 0];
  const work = async (screen: Voice, i: number): Promise<void> => {
    while (next < PUSHES) {
      const mine = next++;
      const one = added(`SKU-${mine % 50}`);
      const { answers: [verdict] } = await desks[(i + mine) % 2 as 0 | 1].push(screen, [one]);
      expect(verdict).toMatchObject([one.id, "applied", expect.any(Number)]);
      sent.set(one.id as string, verdict?.[2] as number);
      if (mine % 10 !== 0) continue;
      const { answers: [again] } = await desks[(i + mine + 1) % 2 as 0 | 1].push(screen, [one]); // the answer was lost: it is sent to the other server
      expect(again).toEqual([one.id, "duplicate", verdict?.[2]]);
      repeated += 1;
    }
  };
  await Promise.all(screens.map(work));
  expect(desks.flatMap(({ faults }) => faults)).toEqual([]);
  const found = countIn(database, sent);
  expect(found).toEqual({ lost: 0, twice: 0, holes: 0, otherNumber: 0 });
  record("fleet", { pushes: PUSHES, screens: screens.length, carts: CUSTOMERS, servers: 2, repeated, ...found, seconds: Math.round((Date.now() - startedAt) / 1_000) });
}, isLong ? 600_000 : 60_000);

function countIn(database: string, sent: ReadonlyMap<string, number>): { lost: number; twice: number; holes: number; otherNumber: number } {
  const { logs, entries } = readLedger(database).rows();
  const numbers = new Map(entries.map(({ id, seq }) => [id as string, seq as number]));
  const customers = logs.filter(({ customer }) => customer);
  const holes = customers.filter(({ id, head }) => {
    const seqs = entries.filter(({ log }) => log === id).map(({ seq }) => seq as number).sort((a, b) => a - b);
    return seqs.length !== head || seqs.some((seq, i) => seq !== i + 1);
  });
  return {
    lost: [...sent.keys()].filter((id) => !numbers.has(id)).length,
    twice: entries.length - new Set(entries.map(({ id }) => id)).size,
    holes: holes.length,
    otherNumber: [...sent].filter(([id, seq]) => numbers.has(id) && numbers.get(id) !== seq).length,
  };
}

test("a stranger whose first push reaches both servers, ten times at once, becomes one visitor with one line", async () => {
  const { database, desks } = await openFleet();
  for (let round = 0; round < 10; round++) {
    const who = stranger();
    const events = [added("SCHOEN-42", 2)];
    const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => desks[i % 2 as 0 | 1].push(who, events)));
    expect(new Set(answers.map(({ log }) => log)).size).toBe(1);
    expect(answers.filter(({ answers }) => answers[0]?.[1] === "applied")).toHaveLength(1);
  }
  expect(readLedger(database).rows().logs).toHaveLength(10);
});

test("a customer who signs in on ten devices at once, at both servers, has one cart with what was on each", async () => {
  const { database, desks } = await openFleet();
  const devices = Array.from({ length: 10 }, () => stranger());
  for (const [i, device] of devices.entries()) await desks[0].push(device, [added(`SKU-${i}`)]);
  const signedIn = await Promise.all(devices.map((device, i) => signIn(desks[i % 2 as 0 | 1], device, "anna")));
  expect(new Set(signedIn.map(({ log }) => log)).size).toBe(1);
  const { entries } = readLedger(database).rows();
  const lines = entries.filter(({ log }) => log === signedIn[0]?.log).map(({ body }) => JSON.parse(body as string) as { type: string; data: { line: string } });
  expect(lines.filter(({ type }) => type === "line-added").map(({ data }) => data.line).sort()).toEqual(devices.map((_, i) => `SKU-${i}`).sort());
});

test("of ten screens that give one code at once, at both servers, one gets the cart", async () => {
  const { desks } = await openFleet();
  for (let round = 0; round < 5; round++) {
    const phone = stranger();
    await desks[0].push(phone, [added("SCHOEN-42")]);
    const { code } = (await desks[0].post(PATHS.offer, { ...phone, mode: "take", url: "https://shop.example/" })).body as { code: string };
    const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => desks[i % 2 as 0 | 1].post(PATHS.accept, { ...stranger(), key: code }, { address: `192.0.2.${i}` })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(9).fill(410)]);
  }
});

test("what is pushed at one server while the screen signs out at the other is in the cart or refused, and the screen stays out", async () => {
  const { desks } = await openFleet();
  for (let round = 0; round < 20; round++) {
    const [phone, desktop] = [stranger(), stranger()];
    const { log } = await signIn(desks[0], desktop, `customer-${round}`);
    await signIn(desks[0], phone, `customer-${round}`);
    const pushing = Array.from({ length: 5 }, () => desks[0].post(PATHS.push, { ...phone, log, events: [added("SCHOEN-42")] }));
    const answers = await Promise.all([...pushing, desks[1].post(PATHS.signOut, { ...phone })]);
    expect(answers.map(({ status }) => status).filter((status) => ![200, 204, 401].includes(status))).toEqual([]);
    const applied = answers.filter(({ status }) => status === 200).length;
    const { answers: [last] } = await desks[0].push(desktop, [event("cart-kept", {})]);
    expect(last?.[2]).toBe(1 + applied + 1); // the customer was identified, then all that was acknowledged
    expect((await desks[0].post(PATHS.push, { ...phone, log, events: [added("SCHOEN-42")] })).status).toBe(401);
  }
});

test("who waits for a screen that goes over to another cart meanwhile works in that one, and others wait for it there", async () => {
  const database = emptyDatabase();
  const stores = await Promise.all([openStore(database), openStore(database), openStore(database)]);
  atEnd(() => Promise.all(stores.map((store) => store.close())).then(() => undefined));
  const [mover, pusher, other] = stores;
  const device: DeviceRow = { hash: "device", device: "device", site: "pk", log: "before", channel: "web", isRevoked: false };
  await mover.transact(async (tx) => {
    for (const id of ["before", "after"]) await tx.putLog({ id, site: "pk", head: 0, hash: 0 });
    await tx.putDevice(device);
    await tx.putCredential({ hash: "credential", device: "device", chain: "credential" });
  });
  const raise = (store: Store, find: (tx: Transaction) => Promise<string>, meanwhile: () => unknown = () => undefined): Promise<void> => store.transact(async (tx) => {
    const row = (await tx.log(await find(tx))) as LogRow;
    await meanwhile();
    await tx.putLog({ ...row, head: row.head + 1 });
  });
  const ended: Promise<void>[] = [];
  const logOfDevice = async (tx: Transaction): Promise<string> => ((await tx.credential("credential")) && (await tx.device("device")))?.log as string;
  await mover.transact(async (tx) => {
    const row = (await tx.device("device")) as DeviceRow;
    ended.push(raise(pusher, logOfDevice, async () => {
      ended.push(raise(other, async () => "after"));
      await waiting(database);
    }));
    await waiting(database);
    await tx.putDevice({ ...row, log: "after" });
  });
  while (ended.length > 0) await ended.shift();
  expect(await mover.read(async (tx) => [(await tx.log("before"))?.head, (await tx.log("after"))?.head])).toEqual([0, 2]);
});

/** Resolves once somebody waits for a row that another job holds. */
async function waiting(database: string): Promise<void> {
  while (askPostgres(database, "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()").trim() === "0") await new Promise(setImmediate);
}

test("the chain of receipts has no gap, whichever server a decision reached", async () => {
  const { database, desks } = await openFleet();
  await Promise.all(Array.from({ length: 60 }, (_, i) => desks[i % 2 as 0 | 1].push(stranger(), [decided()])));
  const archive = await openArchive({ database, sites: [site] });
  const verdict = await verify(await fileOf(archive, "pk_test"));
  expect([verdict.count, verdict.fault]).toEqual([60, undefined]);
  await archive.close();
  expect(readLedger(database).rows().receipt_keys).toHaveLength(1);
});

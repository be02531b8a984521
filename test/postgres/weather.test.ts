/** What a database does to those who rely on it: it stops, fills up, is someone else's, or two jobs meet in it. */
import { expect, test } from "vitest";
import { openExisting, openStore } from "../../src/server/store/open.js";
import { postgresMigrations } from "../../src/server/store/postgres-migrations.js";
import type { LogRow } from "../../src/server/store/store.js";
import type { PushAnswer, Verdict } from "../../src/wire/push.js";
import { PATHS } from "../../src/wire/version.js";
import { added, atEnd, createDesk, emptyDatabase, expectRefusal, stranger } from "../server/desk.js";
import { readLedger } from "../server/ledger.js";
import { startCluster } from "../../scripts/cluster.mjs";

const log: LogRow = { id: "log-1", site: "pk", head: 0, hash: 0 };

test("a database that crashes in the middle loses nothing that was acknowledged, and the server goes on by itself once it is back", async () => {
  const cluster = await startCluster();
  atEnd(() => cluster.stop());
  const desk = await createDesk({ database: cluster.address() });
  const who = stranger();
  const { log } = await desk.push(who, [added("SCHOEN-42")]);
  const events = Array.from({ length: 200 }, () => added("SCHOEN-42"));
  const pushing = events.map((event) => desk.post(PATHS.push, { ...who, log, events: [event] }));
  await Promise.any(pushing);
  await cluster.crash();
  const answers = await Promise.all(pushing);
  const refused = answers.filter(({ status }) => status !== 200);
  for (const answer of refused) expectRefusal(answer, "unavailable", 503);
  const taken = answers.flatMap(({ status, body }) => (status === 200 ? (body as PushAnswer).answers : []));
  const half = events.length / 2;
  const sendAgain = async (): Promise<Verdict[]> => [...(await desk.push(who, events.slice(0, half))).answers, ...(await desk.push(who, events.slice(half))).answers];
  const again = new Map((await sendAgain()).map((verdict) => [verdict[0], verdict]));
  for (const [id, , seq] of taken) expect(again.get(id)).toEqual([id, "duplicate", seq]);
  expect([...new Set((await sendAgain()).map(([, , seq]) => seq as number))].sort((a, b) => a - b)).toEqual(events.map((_, i) => i + 2));
  expect(refused.length).toBeGreaterThan(0);
});

test("a disk that is full refuses a push whole, in words that devices understand, and takes it when there is room", async () => {
  const database = emptyDatabase();
  const desk = await createDesk({ database });
  const { write, rows } = readLedger(database);
  await write("CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END $$; CREATE TRIGGER no_room BEFORE INSERT ON entries FOR EACH ROW EXECUTE FUNCTION no_room()");
  const who = stranger();
  const event = added("SCHOEN-42");
  expectRefusal(await desk.post(PATHS.push, { ...who, events: [event] }), "database-full", 507);
  expect([rows().logs, rows().devices]).toEqual([[], []]);
  await write("DROP TRIGGER no_room ON entries");
  expect((await desk.push(who, [event])).answers).toEqual([[event.id, "applied", 1]]);
  expect(desk.faults).toHaveLength(1);
});

test("two jobs that hold what the other wants both come to their end", async () => {
  const store = await openStore(emptyDatabase());
  await store.transact(async (tx) => {
    await tx.putLog(log);
    await tx.putLog({ ...log, id: "log-2" });
  });
  let runs = 0;
  let meet = (): void => {};
  const met = new Promise<void>((resolve) => (meet = resolve));
  const raise = (first: string, second: string): Promise<void> => store.transact(async (tx) => {
    const one = (await tx.log(first)) as LogRow;
    runs += 1;
    if (runs === 2) meet();
    await met;
    const other = (await tx.log(second)) as LogRow;
    await tx.putLog({ ...one, head: one.head + 1 });
    await tx.putLog({ ...other, head: other.head + 1 });
  });
  await Promise.all([raise("log-1", "log-2"), raise("log-2", "log-1")]);
  expect(runs).toBe(3);
  expect(await store.read(async (tx) => [(await tx.log("log-1"))?.head, (await tx.log("log-2"))?.head])).toEqual([2, 2]);
  await store.close();
});

test("of two jobs that take a credential for new at once one is run again, and finds it", async () => {
  const store = await openStore(emptyDatabase());
  let runs = 0;
  let meet = (): void => {};
  const met = new Promise<void>((resolve) => (meet = resolve));
  const take = (chain: string): Promise<string> => store.transact(async (tx) => {
    const found = await tx.credential("hash");
    runs += 1;
    if (runs === 2) meet();
    await met;
    if (found === undefined) await tx.putCredential({ hash: "hash", device: "device", chain });
    return found?.chain ?? chain;
  });
  const [one, two] = await Promise.all([take("one"), take("two")]);
  expect([one, runs]).toEqual([two, 3]);
  await store.close();
});

test("the tables are made once, however often the database is opened, also by several servers at a time, and a newer one's is left alone", async () => {
  const database = emptyDatabase();
  const stores = await Promise.all(Array.from({ length: 5 }, () => openStore(database)));
  expect(new Set(stores.map(({ epoch }) => epoch)).size).toBe(1);
  await Promise.all(stores.map((store) => store.close()));
  await (await openStore(database)).close();
  const { write } = readLedger(database);
  await write(`INSERT INTO versions (version) VALUES (${postgresMigrations.length + 1})`);
  await expect(openStore(database)).rejects.toThrow(/newer carryover/);
});

test("a database that is not there, or holds nothing of ours, is named in a sentence without its password", async () => {
  const empty = emptyDatabase();
  await expect(openExisting(empty)).rejects.toThrow(/^carryover: the database localhost\/\w+ holds no carryover\.$/);
  const away = empty.replace(/carryover@localhost\/\w+/, "carryover:geheim@localhost/nowhere");
  const error = await openStore(away).catch((error: unknown) => error);
  expect(String(error)).toBe("Error: carryover: the database localhost/nowhere cannot be opened.");
});

/** A shop outgrows its file: everything goes to PostgreSQL, and to every device it is as if nothing had happened. */
import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { kindsOf, TABLES } from "../../src/server/move/tables.js";
import { openTarget } from "../../src/server/move/target.js";
import { move, takeBack } from "../../src/server/move/move.js";
import { openArchive } from "../../src/server/index.js";
import { openStore } from "../../src/server/store/open.js";
import type { FeedAnswer } from "../../src/wire/feed.js";
import { PATHS } from "../../src/wire/version.js";
import { decided, fileOf, verify } from "../server/consent.js";
import { askPostgres, feedSettled, postgresDatabase } from "../server/database.js";
import { added, type Answer, createDesk, type Desk, expectRefusal, site, START, stranger, tempFile } from "../server/desk.js";
import { readLedger, type Rows } from "../server/ledger.js";
import { KEY, openOffice } from "../server/office-hours.js";
import { openReceiver } from "../server/receiver.js";
import { entryOf, readStream } from "../server/stream.js";
import { openRichShop } from "./rich-shop.js";

/** What is a database's own, or was added on the way. */
function comparable(rows: Rows): Record<string, string[]> {
  return Object.fromEntries(Object.entries(rows).map(([table, all]) => {
    const plain = all.filter(({ name }) => table !== "meta" || name !== "moved").map(({ tx: _, vital: __, value, subject, _metadata: ___, ...row }) => ({ ...row, ...(table === "meta" && { value }), ...(table === "feed" && { subject }) }));
    return [table, plain.map((row) => JSON.stringify(Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))))).sort()];
  }));
}

async function readOn(desk: Desk, after: string): Promise<FeedAnswer["events"]> {
  await feedSettled(desk.database);
  const { status, body } = await openOffice(desk).ask("GET", `/v1/feed?limit=1000&after=${after}`);
  expect(status).toBe(200);
  return (body as FeedAnswer).events;
}

/** What the processes of a fleet count together, for an hour at most: a file has one, which remembers it itself. */
const COUNTED = ["proofs", "spent_hope", "wrong_codes"];

test("every table and every column of either database is brought along", async () => {
  const [file, address] = [tempFile(), postgresDatabase()];
  await (await openStore(file)).close();
  await (await openStore(address)).close();
  const names = TABLES.map(({ name }) => name).sort();
  expect([readLedger(file).tables(), readLedger(address).tables()]).toEqual([names, [...names, ...COUNTED].sort()]);
  const columns = askPostgres(address, `SELECT table_name || '.' || column_name || ' ' || data_type FROM information_schema.columns WHERE table_schema = 'carryover' AND table_name NOT IN ('versions', '${COUNTED.join("', '")}')`).trim().split("\n");
  expect(columns.sort()).toEqual(TABLES.flatMap((table) => Object.entries(kindsOf(table)).map(([column, kind]) => `${table.name}.${column} ${kind}`)).sort());
});

test("all of a shop in which everything has happened arrives, row for row, and its file takes nothing any more", async () => {
  const [from, to] = [tempFile(), postgresDatabase()];
  const { desk } = await openRichShop(from);
  const before = comparable(readLedger(from).rows());
  for (const [table, rows] of Object.entries(before)) expect(rows.length, `${table} holds something`).toBeGreaterThan(table === "endpoints" ? -1 : 0);
  const { isSame, wasDone, tables } = await move({ from, to });
  expect([isSame, wasDone]).toEqual([true, false]);
  expect(tables.map(({ table, rows: [left, arrived] }) => [table, left === arrived, left > 0])).toEqual(TABLES.map(({ name }) => [name, true, name !== "endpoints"]));
  expect(comparable(readLedger(to).rows())).toEqual(before);
  expect(comparable(readLedger(from).rows())).toEqual(before);
  expectRefusal(await desk.post(PATHS.push, { ...stranger(), events: [added("A")] }), "unavailable", 503);
  await expect(openStore(from)).rejects.toThrow(/was moved to localhost\/test_\w+, and takes nothing any more/);
});

test("devices go on where they were: credentials, cursors, carts, codes, kiosks, receipts and used tokens hold", async () => {
  const [from, to] = [tempFile(), postgresDatabase()];
  const { desk: before, sites, anna, guest, usedToken, code, registration, feedCursor } = await openRichShop(from);
  const toldBefore = await readOn(before, feedCursor);
  await move({ from, to });
  await before.server.close();
  const desk = await createDesk({ database: to, sites });

  const late = added("BOEK-3");
  expect((await desk.push(anna.laptop, [late])).answers).toEqual([[late.id, "applied", anna.head + 1]]);
  const stream = readStream(await desk.pull(anna.phone, { cursor: anna.cursor }));
  expect(entryOf((await stream.wait(""))[0])).toMatchObject({ id: late.id, seq: anna.head + 1 });
  expect(stream.frames.some(({ event }) => event === "snapshot")).toBe(false); // nothing is asked anew

  expect((await desk.push(guest, [added("SCHOEN-42")])).answers[0]?.[1]).toBe("applied");
  expectRefusal(await desk.post(PATHS.signIn, { ...stranger(), token: usedToken, merge: "union", consent: "newest" }), "token-refused", 401);
  expect((await desk.post(PATHS.accept, { ...stranger(), key: code })).body).toMatchObject({ status: "done" });
  expect((await desk.post(PATHS.kioskStart, { v: 1, site: "pk_test", registration, start: "AAAAAAAAAAAAAAAAAAAAAA" })).body).toEqual({ store: "GENT", name: "Kiosk 3" });

  await desk.push(anna.phone, [decided()]);
  const archive = await openArchive({ database: to, sites: [site] });
  const verdict = await verify(await fileOf(archive, "pk_test"));
  expect([verdict.count, verdict.fault]).toEqual([5, undefined]); // one chain, over both databases
  await archive.close();

  const told = await readOn(desk, feedCursor);
  expect(told.slice(0, toldBefore.length)).toEqual(toldBefore);
  expect(told.length).toBeGreaterThan(toldBefore.length);
  expect(told.some(({ id }) => id.endsWith(`:${late.id}`))).toBe(true);
  expect(new Set(told.map(({ id }) => id)).size).toBe(told.length);
  expect(desk.faults).toEqual([]);
});

test("a webhook that was told half before is told the rest after, each event once and each log in its order", async () => {
  const [from, to] = [tempFile(), postgresDatabase()];
  const secret = `whsec_${randomBytes(32).toString("base64")}`;
  const clock: { desk?: Desk } = {};
  const receiver = await openReceiver(secret, () => clock.desk?.now ?? START);
  const { desk: before, sites, anna } = await openRichShop(from, { url: receiver.url, secret });
  clock.desk = before;
  const written = (await openOffice(before).ask("GET", "/v1/feed?limit=1000")).body as FeedAnswer;
  await receiver.took(written.events.length);
  const place = (): unknown => readLedger(from).rows().endpoints[0]?.place;
  await expect.poll(place, { timeout: 10_000 }).toContain(`"n":${readLedger(from).rows().feed.at(-1)?.n}`);
  await move({ from, to });
  await before.server.close();

  const desk = (clock.desk = await createDesk({ database: to, sites }));
  const late = [added("A"), added("B")];
  await desk.push(anna.laptop, late);
  desk.now += 61_000; // the process that delivered may have been killed: its minute is waited for
  const taken = await receiver.took(written.events.length + late.length);
  expect(taken.slice(-2).map(({ id }) => id.split(":")[1])).toEqual(late.map(({ id }) => id));
  expect(new Set(taken.map(({ id }) => id)).size).toBe(taken.length);
});

test("after a restored backup of the new database the feed is told again in its order, what came from the file before what came since", async () => {
  const [from, to] = [tempFile(), postgresDatabase()];
  const { desk: before, sites, anna } = await openRichShop(from);
  await move({ from, to });
  await before.server.close();
  const desk = await createDesk({ database: to, sites });
  await desk.push(anna.laptop, [added("A")]);
  await desk.push(anna.laptop, [added("B")]);
  await desk.server.close();
  const store = await openStore(to);
  await store.restored();
  const rows = await store.read((tx) => tx.feed("pk_test", undefined, 10_000));
  const seqs = rows.flatMap(({ written }) => (written?.log === anna.log ? [written.entry.seq] : []));
  expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
  expect(seqs.at(-1)).toBe(anna.head + 2);
  await store.close();
});

test("while it is moved nothing of the shop changes, whoever tries, and what is read is answered; broken off, it goes on by itself", async () => {
  const [from, to] = [tempFile(), postgresDatabase()];
  const { desk, anna, guest } = await openRichShop(from);
  const breaking = new AbortController();
  const refused: Answer[] = [];
  const attempt = move({
    from, to, signal: breaking.signal,
    async progress(table) {
      if (table !== "entries") return;
      breaking.abort();
      await expect(readLedger(from).write("DELETE FROM logs")).rejects.toThrow(/carryover: moved/); // whatever program it is, an older server as well
      expect((await desk.get("/v1/customers/anna/cart", KEY)).status).toBe(200);
      desk.now += 2 * 3_600_000; // that anna was here would be noted, at another time
      const stream = readStream(await desk.pull(anna.phone, { cursor: anna.cursor }));
      expect(await stream.wait("hello")).toHaveLength(1);
      const tries = [desk.post(PATHS.push, { ...anna.phone, events: [added("A")] }), desk.post(PATHS.push, { ...stranger(), events: [added("A")] }), desk.post(PATHS.offer, { ...guest, mode: "take", url: "https://shop.example/" })];
      refused.push(...(await Promise.all(tries)));
    },
  });
  await expect(attempt).rejects.toThrow("carryover: broken off; the file is served as before.");
  for (const answer of refused) expectRefusal(answer, "unavailable", 503);
  expect(refused.map(({ headers }) => headers.get("retry-after"))).toEqual(["5", "5", "5"]);
  expect((await desk.push(anna.phone, [added("A")])).answers[0]?.[1]).toBe("applied");
  await expect(openStore(to)).rejects.toThrow(/half filled/);
  expect((await move({ from, to })).isSame).toBe(true); // what the first attempt left is not in the way
  expect(comparable(readLedger(to).rows())).toEqual(comparable(readLedger(from).rows()));
});

test("a server that is started on the new database in the very moment before is not robbed of what it has taken", async () => {
  const to = postgresDatabase();
  const target = await openTarget(to);
  expect(await target.arrival()).toBeUndefined();
  const desk = await createDesk({ database: to });
  const who = stranger();
  await desk.push(who, [added("A")]);
  await expect(target.claim({ token: "token", to: "there", at: START, isDone: false, epoch: "epoch-1" })).rejects.toThrow(/holds a shop already, or was served once/);
  await target.close();
  expect((await desk.push(who, [added("A")])).answers[0]?.slice(1)).toEqual(["applied", 2]);
});

test("a row that arrives changed is found by name, the file is served as before, and nobody can start a server on the copy", async () => {
  const [from, to] = [tempFile(), postgresDatabase()];
  const { desk, anna } = await openRichShop(from);
  const harm = (table: string): void => {
    if (table === "feed") askPostgres(to, `UPDATE carryover.entries SET body = replace(body, 'BOEK-2', 'BOEK-9') WHERE log = '${anna.log}' AND seq = ${anna.head}`);
  };
  const { isSame, tables } = await move({ from, to, progress: harm });
  expect(isSame).toBe(false);
  expect(tables.filter(({ difference }) => difference !== undefined)).toMatchObject([{ table: "entries", difference: anna.log }]);
  const [left, arrived] = tables.find(({ table }) => table === "entries")?.digests ?? [];
  expect(left).not.toBe(arrived);
  expect((await desk.push(anna.phone, [added("A")])).answers[0]?.[1]).toBe("applied");
  await expect(openStore(to)).rejects.toThrow(/half filled/);
});

test("the database goes away in the middle: the move says so, and the file is served as before", async () => {
  const [from, to] = [tempFile(), postgresDatabase()];
  const { desk, anna } = await openRichShop(from);
  const cut = (table: string): void => {
    if (table === "entries") askPostgres(to, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
  };
  await expect(move({ from, to, progress: cut })).rejects.toThrow(/^carryover: the move to localhost\/test_\w+ failed: .*\. The file is served as before\.$/);
  expect((await desk.push(anna.phone, [added("A")])).answers[0]?.[1]).toBe("applied");
  expect((await move({ from, to })).isSame).toBe(true);
});

test("a move that is taken back after it was done gives the file a new epoch, and devices send it what was done on the copy", async () => {
  const [from, to] = [tempFile(), postgresDatabase()];
  const { desk: before, sites, anna } = await openRichShop(from);
  await move({ from, to });
  await before.server.close();
  const epoch = await openedEpoch(to);
  const copy = await createDesk({ database: to, sites });
  const late = added("BOEK-3");
  await copy.push(anna.phone, [late]);
  await copy.server.close();
  expect(await takeBack(from)).toBe(true);
  await expect(takeBack(from)).rejects.toThrow(/is not being moved/);
  expect(await openedEpoch(from)).not.toBe(epoch);
  const desk = await createDesk({ database: from, sites });
  const stream = readStream(await desk.pull(anna.phone, { cursor: anna.cursor, unsure: [late.id] }));
  await stream.wait("snapshot");
  expect((await desk.push(anna.phone, [late], { epoch })).answers).toEqual([[late.id, "applied", anna.head + 1]]);
  await expect(move({ from, to })).rejects.toThrow(/holds a shop already/); // what was done on the copy is not overwritten
});

async function openedEpoch(database: string): Promise<string> {
  const store = await openStore(database);
  const { epoch } = store;
  await store.close();
  return epoch;
}

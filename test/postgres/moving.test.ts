/** An operator moves a shop with the command while shoppers are in it, and the worst happens to the command. */
import { existsSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import Database from "libsql";
import { expect, test } from "vitest";
import { migrations } from "../../src/server/store/migrations.js";
import { openStore } from "../../src/server/store/open.js";
import type { FeedAnswer } from "../../src/wire/feed.js";
import { createDice } from "../faults/dice.js";
import { isLong, seedOf, times } from "../long.js";
import { record } from "../record.js";
import { run } from "../server/command.js";
import { askPostgres, feedSettled, postgresDatabase } from "../server/database.js";
import { added, atEnd, createDesk, stranger, tempFile } from "../server/desk.js";
import { readLedger } from "../server/ledger.js";
import { openBalancer } from "./balancer.js";
import { checkSetFull } from "./checkers/set-full.js";
import { checkKafka } from "./checkers/kafka.js";
import { checkUniqueIds } from "./checkers/unique-ids.js";
import { createShopper } from "./shopper.js";

const [CUSTOMERS, DEVICES, ADDITIONS] = [3, 2, times(60, 1_000)];
const HEARD_MS = 30_000;

const target = (url: string): { host: string; port: number } => ({ host: "127.0.0.1", port: Number(new URL(url).port) });

/** Follows all carts by their feed; resolves to the ids it was told, once it is told to stop. */
function followFeed(url: string): { readonly ids: string[]; stop(): Promise<void> } {
  const ids: string[] = [];
  let isOver = false;
  const following = (async () => {
    for (let cursor: string | undefined; ;) {
      const isLast = isOver;
      const answer = await fetch(`${url}/v1/feed?limit=50&wait=100${cursor === undefined ? "" : `&after=${cursor}`}`, { headers: { authorization: "Bearer sk_demo" } }).catch(() => undefined);
      if (answer?.status === 410) throw new Error("The feed was not kept.");
      const page = (answer?.status === 200 ? await answer.json().catch(() => undefined) : undefined) as FeedAnswer | undefined;
      if (page !== undefined) ids.push(...page.events.map(({ id }) => id));
      cursor = page?.cursor ?? cursor;
      if (isLast && page?.events.length === 0) return;
    }
  })();
  return { ids, stop: () => ((isOver = true), following) };
}

test("a shop is moved while its devices are at it: all that was acknowledged is there once, streams go on by cursor, the feed has no gap", async () => {
  const { throw: draw } = createDice(seedOf());
  const [from, to] = [tempFile(), postgresDatabase()];
  const old = run(["serve", "--port", "0", "--database", from]);
  const balancer = await openBalancer(target(await old.listening()));
  const url = `http://127.0.0.1:${balancer.port}`;
  const shoppers = Array.from({ length: CUSTOMERS }, (_, i) => Array.from({ length: DEVICES }, () => createShopper(`customer-${i}`, () => [url], draw)));
  for (const shopper of shoppers.flat()) await shopper.open();
  const feed = followFeed(url);
  let acknowledged = 0;
  let begin = (): void => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const adding = Promise.all(shoppers.flat().map(async (shopper) => {
    for (let i = 0; i < ADDITIONS; i++) {
      await shopper.add(`SKU-${draw(5)}`, 1);
      if (++acknowledged === 60) begin();
    }
  }));

  await begun;
  const command = run(["migrate", "--from", from, "--to", to]);
  expect([await command.ended, command.said()]).toEqual([0, expect.stringMatching(/entries +\d+ +\d+ +\w{12} +\w{12} +the same/)]);
  expect(acknowledged).toBeLessThan(CUSTOMERS * DEVICES * ADDITIONS);
  const fresh = run(["serve", "--port", "0", "--database", to]);
  balancer.lead(target(await fresh.listening()));
  balancer.cut(); // whoever is still connected to the old server is sent to the new one
  await adding;
  const late = await fetch(`${await old.listening()}/v1/push`, { method: "POST", body: JSON.stringify({ ...stranger({ site: "pk_demo" }), events: [added("A")] }) });
  expect([late.status, late.headers.get("retry-after")]).toEqual([503, "5"]); // who still finds the old server is not acknowledged what would be lost
  old.child.kill("SIGTERM");
  expect(await old.ended).toBe(0);

  const store = await openStore(to);
  const logs = await store.read((tx) => Promise.all(shoppers.map(async (_, i) => {
    const log = await tx.customerLog("pk_demo", `customer-${i}`);
    return { head: log?.head ?? 0, entries: await tx.entries(log?.id ?? "", 0, 100_000) };
  })));
  await store.close();
  for (const [i, { head, entries }] of logs.entries()) {
    const those = shoppers[i] ?? [];
    for (const shopper of those) expect(await shopper.hears(head, HEARD_MS)).toBe(true);
    const told = those.flatMap((shopper) => shopper.told);
    const own = new Set(entries.filter(({ type }) => type === "customer-identified").map(({ id }) => id));
    expect(checkSetFull(told, entries, own)).toEqual({ lost: [], doubled: [], unexpected: [] });
    expect(Object.values(checkUniqueIds(told)).flat()).toEqual([]);
    expect(Object.values(checkKafka(those.map((shopper) => shopper.listener()), entries)).flat()).toEqual([]);
  }
  await Promise.all(shoppers.flat().map((shopper) => shopper.close()));
  await feedSettled(to);
  await feed.stop();
  const written = logs.flatMap(({ entries }) => entries.map(({ id }) => id)).sort();
  expect(feed.ids.map((id) => id.split(":")[1]).sort()).toEqual(written); // each once
  expect((readLedger(from).rows().entries).length).toBeLessThan(written.length); // the old file took nothing that would be lost
}, 120_000);

/** So many entries that a move of them takes longer than a process takes to be killed. */
const ENTRIES = times(20_000, 200_000);
const [KILLS, KILLED_WITHIN_MS] = [times(6, 50), times(900, 6_000)];

async function bigShop(file: string): Promise<void> {
  const desk = await createDesk({ database: file });
  await desk.push(stranger(), [added("A")]);
  await desk.server.close();
  const db = new Database(file);
  db.exec(`WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i <= ${ENTRIES})
    INSERT INTO entries SELECT log, i, hex(randomblob(8)), hash, body FROM n, (SELECT * FROM entries LIMIT 1) AS sample`);
  db.close();
}

test("the command is killed at any moment, again and again: nobody serves half a shop, and the next one brings all of it", async () => {
  const dice = createDice(seedOf());
  const [from, to] = [tempFile(), postgresDatabase()];
  await bigShop(from);
  const before = readLedger(from).rows();
  const met = { unmarked: 0, half: 0, done: 0 };
  let kills = 0;
  for (; kills < KILLS || met.half === 0; kills++) { // on a slow machine the command may not have begun by then: later and later, until one was in the middle
    const command = run(["migrate", "--from", from, "--to", to]);
    await pause(150 + dice.throw(KILLED_WITHIN_MS * (1 + kills / KILLS))); // not to wait for anything: the fault itself is that nobody knows the moment
    command.child.kill("SIGKILL");
    await command.ended;
    met[await standing(from, to)] += 1;
  }
  record("move-killed", { seed: dice.seed, kills, entries: ENTRIES, ...met });
  const command = run(["migrate", "--from", from, "--to", to]);
  expect([await command.ended, command.said()]).toEqual([0, expect.stringMatching(/is moved to|was moved to/)]);
  const after = readLedger(to).rows();
  expect(after.entries.map(({ id }) => id).sort()).toEqual(before.entries.map(({ id }) => id).sort());
  expect(await run(["serve", "--port", "0", "--database", from]).ended).toBe(1);
  const twice = run(["migrate", "--from", from, "--to", to]);
  expect([await twice.ended, twice.said()]).toEqual([0, expect.stringContaining("nothing was done")]);
}, isLong ? 3_600_000 : 120_000);

/** How a killed command has left the two: never is a shop served at both ends, and half of one at neither. */
async function standing(from: string, to: string): Promise<"unmarked" | "half" | "done"> {
  const opened = (database: string): Promise<string> => openStore(database).then((store) => store.close().then(() => "served"), (error: unknown) => String(error));
  const file = await opened(from);
  if (file === "served") { // killed before it had done anything; the look has made tables where none were
    askPostgres(to, "DROP SCHEMA IF EXISTS carryover CASCADE");
    return "unmarked";
  }
  expect(file).toMatch(/takes nothing any more/);
  const isClaimed = askPostgres(to, "SELECT to_regclass('carryover.meta') IS NOT NULL").trim() === "t";
  const copy = isClaimed ? await opened(to) : "not there";
  if (copy !== "served") {
    expect(copy).toMatch(/half filled|not there/);
    return "half";
  }
  expect(file).toMatch(/was moved to/); // done, in that very moment: once more from the beginning
  expect(await run(["migrate", "--undo", "--from", from]).ended).toBe(0);
  askPostgres(to, "DROP SCHEMA carryover CASCADE");
  return "done";
}

test("a command that was killed is taken back: the file is served as before, with the epoch it had", async () => {
  const [from, to] = [tempFile(), postgresDatabase()];
  await bigShop(from);
  const { meta } = readLedger(from).rows();
  const command = run(["migrate", "--from", from, "--to", to]);
  const isMarked = (): boolean => new Database(from).prepare("SELECT 1 FROM meta WHERE name = 'moved'").get() !== undefined;
  await expect.poll(isMarked, { timeout: 10_000, interval: 5 }).toBe(true);
  command.child.kill("SIGKILL");
  await command.ended;
  const refused = run(["kiosk", "list", "--database", from]);
  expect([await refused.ended, refused.said()]).toEqual([1, expect.stringContaining("carryover migrate --undo --from")]);
  const undone = run(["migrate", "--undo", "--from", from]);
  expect([await undone.ended, undone.said()]).toEqual([0, expect.stringContaining("is served as before.")]);
  expect(readLedger(from).rows().meta).toEqual(meta);
  await run(["serve", "--port", "0", "--database", from]).listening();
});

/** A database in which something changes what is written, from the moment at which there is a table of entries. */
function meddlingDatabase(): string {
  const address = postgresDatabase();
  askPostgres(address, `
    CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.body := replace(NEW.body, '"A"', '"B"'); RETURN NEW; END $$;
    CREATE FUNCTION settle() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
      IF to_regclass('carryover.entries') IS NOT NULL AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'meddle') THEN
        CREATE TRIGGER meddle BEFORE INSERT ON carryover.entries FOR EACH ROW EXECUTE FUNCTION meddle();
      END IF; END $$;
    CREATE EVENT TRIGGER settle ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION settle()`);
  atEnd(() => void askPostgres(address, "DROP EVENT TRIGGER settle; DROP FUNCTION settle; DROP FUNCTION meddle CASCADE")); // another test gets it next
  return address;
}

test("what arrives changed ends the command with 1 and a table that says where; the file is served as before", async () => {
  const [from, to] = [tempFile(), meddlingDatabase()];
  const desk = await createDesk({ database: from });
  const who = stranger();
  const { log } = await desk.push(who, [added("A")]);
  const command = run(["migrate", "--from", from, "--to", to]);
  expect(await command.ended).toBe(1);
  expect(command.said()).toMatch(new RegExp(`^entries +1 +1 .* differs, first at ${log}$`, "m"));
  expect(command.said()).toContain("is served as before");
  expect((await desk.push(who, [added("A")])).answers[0]?.[1]).toBe("applied");
});

test.each<[string, (there: string, empty: string) => string[] | Promise<string[]>, RegExp]>([
  ["no file", (_, to) => ["--to", to], /takes --from FILE/],
  ["nowhere to go", (from) => ["--from", from], /takes --to postgres/],
  ["a file that is not there", (from, to) => ["--from", `${from}x`, "--to", to], /x is not there/],
  ["a file that is no database", (_, to) => ["--from", noDatabase(), "--to", to], /is no SQLite database/],
  ["a database of something else", (_, to) => ["--from", somethingElse(), "--to", to], /holds no carryover/],
  ["a file of a newer version", (from, to) => (setVersion(from, 1), ["--from", from, "--to", to]), /made by a newer carryover/],
  ["a file of an older version", (from, to) => (setVersion(from, -1), ["--from", from, "--to", to]), /serve it with this one first/],
  ["a PostgreSQL to leave", (_, to) => ["--from", to, "--to", to], /takes the SQLite file/],
  ["a file to go to", (from) => ["--from", from, "--to", from], /--to takes the address of a PostgreSQL/],
  ["a database that is not reached", (from, to) => ["--from", from, "--to", to.replace(/carryover@localhost\/\w+/, "carryover:geheim@localhost/nowhere")], /localhost\/nowhere cannot be opened/],
  ["a database with a shop in it", async (from, to) => (await served(to), ["--from", from, "--to", to]), /holds a shop already, or was served once/],
  ["a database that another move fills", async (from, to) => (await filling(to), ["--from", from, "--to", to]), /another migrate is at work/],
  ["a database that is half filled from another file", async (from, to) => (await halfFilled(to), ["--from", from, "--to", to]), /half filled from another file/],
  ["a file that was moved elsewhere", async (from, to) => (await movedElsewhere(from), ["--from", from, "--to", to]), /was moved to .* already/],
  ["a customer whose name PostgreSQL cannot keep", async (from, to) => (await readLedger(from).write("INSERT INTO logs (id, site, head, hash, customer) VALUES ('log-1', 'pk', 0, 0, 'an' || char(0) || 'na')"), ["--from", from, "--to", to]), /a row of logs holds U\+0000, .* its key is \["log-1"\]/],
  ["nothing to undo", (from) => ["--undo", "--from", from], /is not being moved/],
])("%s: it says so in a sentence, and the file is served as before", async (_, args, sentence) => {
  const [from, to] = [tempFile(), postgresDatabase()];
  await served(from);
  const given = await args(from, to);
  const { said, ended } = run(["migrate", ...given]);
  expect(await ended).toBe(1);
  expect(said()).toMatch(sentence);
  expect(said()).toMatch(/^carryover: [^\n]*\n$/);
  expect(said()).not.toContain("geheim");
  expect(existsSync(`${from}x`)).toBe(false);
  if (!/newer|this one first|moved to/.test(String(sentence))) await served(from);
});

async function served(database: string): Promise<void> {
  await (await openStore(database)).close();
}

function noDatabase(): string {
  const file = tempFile("letter.txt");
  writeFileSync(file, "Dear shopkeeper, ".repeat(100));
  return file;
}

function somethingElse(): string {
  const file = tempFile("other.db");
  new Database(file).exec(`CREATE TABLE books (title TEXT); PRAGMA user_version = ${migrations.length}`);
  return file;
}

function setVersion(file: string, by: number): void {
  new Database(file).exec(`PRAGMA user_version = ${migrations.length + by}`);
}

/** Holds what a migrate at work holds. */
async function filling(address: string): Promise<void> {
  const { default: pg } = await import("pg");
  const client = new pg.Client(address);
  await client.connect();
  atEnd(() => client.end());
  await client.query("SELECT pg_advisory_lock(hashtext('carryover migrate'))");
}

async function halfFilled(address: string): Promise<void> {
  await served(address);
  await readLedger(address).write(`INSERT INTO meta VALUES ('moved', '{"token":"other","to":"there","at":1,"isDone":false,"epoch":"another"}')`);
}

async function movedElsewhere(file: string): Promise<void> {
  expect(await run(["migrate", "--from", file, "--to", postgresDatabase()]).ended).toBe(0);
}

/** A shop is brought up to date one server after the other: for a while an older and a newer one work on the same tables. */
import { expect, test, vi } from "vitest";
import { openStore } from "../../src/server/store/open.js";
import { postgresMigrations } from "../../src/server/store/postgres-migrations.js";
import type { PushAnswer } from "../../src/wire/push.js";
import { createDice } from "../faults/dice.js";
import { seedOf, times } from "../long.js";
import { run } from "../server/command.js";
import { askPostgres, changePostgres, postgresDatabase } from "../server/database.js";
import { added, createDesk, site, stranger, tempFile, type Voice } from "../server/desk.js";
import { complaintsAbout } from "../server/migration-rule.js";
import { readStream, snapshotOf } from "../server/stream.js";
import { checkKafka } from "./checkers/kafka.js";
import { checkSetFull } from "./checkers/set-full.js";
import { checkUniqueIds } from "./checkers/unique-ids.js";
import { createShopper } from "./shopper.js";

/**
 * The older server is the built one, a process of its own; the newer one is this source, with a step behind the last that does
 * all that a step may do.
 */
const { NEXT } = vi.hoisted(() => ({
  NEXT: (schema: string, text: string) => `
    CREATE TABLE ${schema}wishes (id ${text} PRIMARY KEY, log ${text} NOT NULL);
    CREATE UNIQUE INDEX wishes_log ON ${schema}wishes (log);
    ALTER TABLE ${schema}devices ADD COLUMN colour TEXT;
    ALTER TABLE ${schema}credentials ADD COLUMN colour TEXT;
    ALTER TABLE ${schema}logs ADD COLUMN weight BIGINT NOT NULL DEFAULT 0;
    ALTER TABLE ${schema}entries ADD COLUMN weight BIGINT NOT NULL DEFAULT 0;
    ALTER TABLE ${schema}feed ADD COLUMN weight BIGINT;
    ALTER TABLE ${schema}snapshots ADD COLUMN weight BIGINT;
    CREATE INDEX entries_weight ON ${schema}entries (weight);`,
}));

vi.mock("../../src/server/store/postgres-migrations.js", async (original) => {
  const now = await original<typeof import("../../src/server/store/postgres-migrations.js")>();
  return { ...now, postgresMigrations: [...now.postgresMigrations, NEXT("carryover.", 'TEXT COLLATE "C"')] };
});

vi.mock("../../src/server/store/migrations.js", async (original) => {
  const now = await original<typeof import("../../src/server/store/migrations.js")>();
  return { ...now, migrations: [...now.migrations, NEXT("", "TEXT")] };
});

const demo = { ...site, key: "pk_demo", customerTokens: { secret: "carryover-demo-secret-of-at-least-32-bytes" } };
const [CUSTOMERS, DEVICES, ADDITIONS] = [3, 2, times(40, 1_000)];

test("the step that the newer server takes is one that it may take", () => {
  expect([NEXT("carryover.", "TEXT"), NEXT("", "TEXT")].flatMap(complaintsAbout)).toEqual([]);
});

test("an older server runs on while a newer one changes the tables beside it: both take what devices send, and tell what the other took", async () => {
  const { throw: draw } = createDice(seedOf());
  const database = postgresDatabase();
  const older = await run(["serve", "--port", "0", "--database", database]).listening();
  const urls = [older];
  const shoppers = Array.from({ length: CUSTOMERS * DEVICES }, (_, i) => createShopper(`customer-${i % CUSTOMERS}`, () => urls, draw));
  for (const shopper of shoppers) await shopper.open();
  let acknowledged = 0;
  let starting: Promise<void> | undefined;
  const startNewer = async (): Promise<void> => {
    const desk = await createDesk({ database, sites: [demo] });
    desk.now = Date.now();
    urls.push((await desk.server.listen({ port: 0 })).url);
  };
  await Promise.all(shoppers.map(async (shopper) => {
    for (let i = 0; i < ADDITIONS; i++) {
      await shopper.add(`SKU-${draw(5)}`, 1);
      if (++acknowledged === CUSTOMERS * DEVICES * 5) starting = startNewer(); // in the middle of it
      if (i === ADDITIONS / 2) await starting;
    }
  }));
  expect(urls).toHaveLength(2);
  expect(askPostgres(database, "SELECT max(version) FROM carryover.versions").trim()).toBe(String(postgresMigrations.length));
  const store = await openStore(database);
  for (let i = 0; i < CUSTOMERS; i++) {
    const those = shoppers.filter((_, at) => at % CUSTOMERS === i);
    const log = await store.read((tx) => tx.customerLog("pk_demo", `customer-${i}`));
    const entries = await store.read((tx) => tx.entries(log?.id ?? "", 0, 100_000));
    for (const shopper of those) expect(await shopper.hears(log?.head ?? 0, 30_000)).toBe(true);
    const told = those.flatMap((shopper) => shopper.told);
    const own = new Set(entries.filter(({ type }) => type === "customer-identified").map(({ id }) => id));
    expect([checkSetFull(told, entries, own), ...Object.values(checkUniqueIds(told)), ...Object.values(checkKafka(those.map((one) => one.listener()), entries))].flatMap((found) => Object.values(found)).flat()).toEqual([]);
  }
  await store.close();
  await Promise.all(shoppers.map((shopper) => shopper.close()));
  const again = run(["serve", "--port", "0", "--database", database]);
  expect([await again.ended, again.said()]).toEqual([1, expect.stringContaining("made by a newer carryover")]); // it runs on, but is not started anew
}, 120_000);

test("a newer command that is run beside an older server changes the file's tables under it, and both go on", async () => {
  const database = tempFile();
  const url = await run(["serve", "--port", "0", "--database", database]).listening();
  const who = stranger({ site: "pk_demo" });
  const pushOlder = async (voice: Voice): Promise<unknown> => {
    const answer = await fetch(`${url}/v1/push`, { method: "POST", body: JSON.stringify({ ...voice, events: [added("SCHOEN-42")] }) });
    return ((await answer.json()) as PushAnswer).answers[0]?.[1];
  };
  expect(await pushOlder(who)).toBe("applied");
  const desk = await createDesk({ database, sites: [demo] });
  for (let i = 0; i < 10; i++) {
    expect((await desk.push(who, [added("SCHOEN-42")])).answers[0]?.[1]).toBe("applied");
    expect(await pushOlder(who)).toBe("applied");
    expect(await pushOlder(stranger({ site: "pk_demo" }))).toBe("applied");
  }
  const { credential, ...rest } = who;
  const older = await fetch(`${url}/v1/pull`, { method: "POST", headers: { authorization: `Bearer ${credential}` }, body: JSON.stringify(rest) });
  const [seen, seenOlder] = await Promise.all([readStream(await desk.pull(who)), readStream(older)].map(async (stream) => snapshotOf((await stream.wait("snapshot"))[0])));
  expect([seen?.seq, seen?.state]).toEqual([21, seenOlder?.state]);
});

test.each(postgresMigrations.map((_, i) => i + 1))("a shop of version %i in PostgreSQL is brought to the newest once, however often it is opened, and keeps what it has", async (version) => {
  const [database, fresh] = [postgresDatabase(), postgresDatabase()];
  await changePostgres(database, `CREATE SCHEMA carryover; CREATE TABLE carryover.versions (version BIGINT PRIMARY KEY);
    ${postgresMigrations.slice(0, version).map((step, i) => `${step}; INSERT INTO carryover.versions VALUES (${i + 1});`).join("\n")}
    INSERT INTO carryover.meta VALUES ('epoch', 'epoch-1');
    INSERT INTO carryover.logs (id, site, head, hash, customer) VALUES ('log-1', 'pk', 1, 7, 'anna');
    INSERT INTO carryover.entries (log, seq, id, hash, body) VALUES ('log-1', 1, 'id-1', 7, '{"type":"line-added"}')`);
  for (let i = 0; i < 2; i++) {
    const store = await openStore(database);
    expect([store.epoch, await store.read(async (tx) => [await tx.customerLog("pk", "anna"), await tx.entries("log-1", 0, 9)])]).toEqual(["epoch-1", [{ id: "log-1", site: "pk", head: 1, hash: 7, customer: "anna" }, [{ seq: 1, id: "id-1", type: "line-added" }]]]);
    await store.close();
  }
  await (await openStore(fresh)).close();
  expect(shapeOf(database)).toBe(shapeOf(fresh));
});

function shapeOf(address: string): string {
  return askPostgres(address, `
    SELECT table_name, column_name, data_type, is_nullable, column_default, collation_name, is_identity FROM information_schema.columns WHERE table_schema = 'carryover' ORDER BY 1, 2;
    SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'carryover' ORDER BY 1; SELECT * FROM carryover.versions ORDER BY 1`);
}

/** The tables change while older servers run beside newer ones: what a step may do, held against every step there is. */
import Database from "libsql";
import { expect, test } from "vitest";
import { chain } from "../../src/model/event.js";
import { sealKey } from "../../src/server/credential.js";
import { migrations } from "../../src/server/store/migrations.js";
import { postgresMigrations } from "../../src/server/store/postgres-migrations.js";
import { added, createDesk, id, sha256, START, stranger, tempFile, type Voice } from "./desk.js";
import { complaintsAbout } from "./migration-rule.js";

/** Steps of before the first release that an older server would not have survived: nobody has run one. */
const BEFORE_RELEASE = [
  "INSERT INTO credentials SELECT hash, seal, hash, hash, 0, NULL FROM devices",
  "DROP INDEX devices_seal",
  "ALTER TABLE devices DROP COLUMN seal",
];

test.each([["SQLite", migrations], ["PostgreSQL", postgresMigrations]] as const)("an older server survives every step of %s from the second on", (_, steps) => {
  expect(steps.slice(1).flatMap(complaintsAbout).filter((statement) => !BEFORE_RELEASE.includes(statement))).toEqual([]);
});

test.each([
  "ALTER TABLE devices DROP COLUMN name",
  "ALTER TABLE devices RENAME COLUMN name TO title",
  "ALTER TABLE devices RENAME TO screens",
  "ALTER TABLE devices ADD COLUMN colour TEXT NOT NULL",
  "ALTER TABLE devices ADD COLUMN colour TEXT UNIQUE",
  "ALTER TABLE devices ADD COLUMN colour TEXT CHECK (colour <> '')",
  "ALTER TABLE devices ALTER COLUMN name SET NOT NULL",
  "ALTER TABLE devices ALTER COLUMN name TYPE BIGINT",
  "DROP TABLE devices",
  "DROP INDEX devices_log",
  "CREATE UNIQUE INDEX devices_name ON devices (name)",
  "CREATE TRIGGER t BEFORE INSERT ON devices BEGIN SELECT 1; END",
  "UPDATE devices SET name = ''",
  "DELETE FROM devices",
])("a step that says %s would harm an older server, and is found", (statement) => {
  expect(complaintsAbout(statement)).not.toEqual([]);
});

test.each([
  "ALTER TABLE devices ADD COLUMN colour TEXT",
  "ALTER TABLE devices ADD COLUMN looks INTEGER NOT NULL DEFAULT 0",
  "CREATE INDEX devices_name ON devices (name)",
  "CREATE TABLE wishes (id TEXT PRIMARY KEY, log TEXT NOT NULL); CREATE UNIQUE INDEX wishes_log ON wishes (log)",
])("a step that says %s harms nobody", (step) => {
  expect(complaintsAbout(step)).toEqual([]);
});

test.each(migrations.map((_, i) => i + 1))("a shop of version %i goes on with this one: its cart, its devices and what they send, and being brought up to date twice changes nothing", async (version) => {
  const file = tempFile();
  const who = stranger();
  makeOld(file, version, who);
  for (let i = 0; i < 2; i++) {
    const desk = await createDesk({ database: file });
    const { answers: [verdict] } = await desk.push(who, [added("BOEK-1")]);
    expect(verdict?.slice(1)).toEqual(["applied", 2 + i]);
    await desk.server.close();
    expect(shapeOf(file)).toEqual(await shapeOfNew());
  }
});

/** A file as a server of that version would have left it: one visitor with one line. */
function makeOld(file: string, version: number, { credential, site, channel }: Voice): void {
  const db = new Database(file);
  db.exec(migrations.slice(0, version).join(";"));
  const [hash, event] = [sha256(credential), id()];
  const body = JSON.stringify({ type: "line-added", data: { line: "SCHOEN-42", n: 1 }, at: START, base: 0, device: credential.slice(0, 8), channel });
  db.exec(`PRAGMA user_version = ${version}; INSERT INTO meta VALUES ('epoch', 'epoch-1');
    INSERT INTO logs (id, site, head, hash, expires_at) VALUES ('log-1', '${site}', 1, ${chain(0, event)}, ${START + 86_400_000});
    INSERT INTO entries (log, seq, id, hash, body) VALUES ('log-1', 1, '${event}', ${chain(0, event)}, '${body}')`);
  const hasCredentials = db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'credentials'").get() !== undefined;
  const seal = hasCredentials ? ["", ""] : [", seal", `, '${sealKey(hash)}'`];
  db.exec(`INSERT INTO devices (hash, device, site, log, channel, is_revoked${seal[0]}) VALUES ('${hash}', '${credential.slice(0, 8)}', '${site}', 'log-1', '${channel}', 0${seal[1]})`);
  if (hasCredentials) db.exec(`INSERT INTO credentials (hash, seal, device, chain, used_at) VALUES ('${hash}', '${sealKey(hash)}', '${hash}', '${hash}', 0)`);
  db.close();
}

function shapeOf(file: string): unknown {
  const db = new Database(file);
  const shape = db.prepare("SELECT m.name AS t, c.name, c.type, c.\"notnull\", c.dflt_value, c.pk FROM sqlite_master m, pragma_table_info(m.name) c ORDER BY m.name, c.name").raw().all();
  const indexes = db.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'index' ORDER BY name").raw().all();
  const version = db.prepare("PRAGMA user_version").raw().get();
  db.close();
  return [shape, indexes, version];
}

async function shapeOfNew(): Promise<unknown> {
  const desk = await createDesk({ database: tempFile() });
  await desk.server.close();
  return shapeOf(desk.database);
}

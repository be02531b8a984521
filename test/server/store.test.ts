/** The contract of the store over SQLite, in a file and in memory, and what only a file can show. */
import Database from "libsql";
import { describe, expect, test } from "vitest";
import { createGroup } from "../../src/server/store/group.js";
import { migrations } from "../../src/server/store/migrations.js";
import { openStore } from "../../src/server/store/open.js";
import { tempFile } from "./desk.js";
import { storeContract } from "./store-contract.js";

describe("SQLite in a file", () => storeContract(async () => {
  const file = tempFile();
  return { open: () => openStore(file), again: () => openStore(file) };
}));

describe("SQLite in memory", () => storeContract(async () => ({ open: () => openStore(":memory:") })));

test("the tables are made once, however often the database is opened, also by two processes at a time", async () => {
  const file = tempFile();
  const version = (): unknown => new Database(file).prepare("PRAGMA user_version").get();
  for (let i = 0; i < 3; i++) await (await openStore(file)).close();
  expect(version()).toMatchObject({ user_version: migrations.length });
  const [one, two] = [await openStore(file), await openStore(file)];
  expect(one.epoch).toBe(two.epoch);
  await one.close();
  await two.close();
});

test("a database made by a newer version is left alone, and so is a file that is none", async () => {
  const file = tempFile();
  await (await openStore(file)).close();
  new Database(file).exec(`PRAGMA user_version = ${migrations.length + 1}`);
  await expect(openStore(file)).rejects.toThrow(/newer carryover/);
  await expect(openStore("mysql://localhost/shop")).rejects.toThrow(/file name or ":memory:"/);
});

test("a commit is on the disk before it is acknowledged, and readers do not wait for writers", async () => {
  const file = tempFile();
  const store = await openStore(file);
  const db = new Database(file);
  expect(db.prepare("PRAGMA journal_mode").get()).toMatchObject({ journal_mode: "wal" });
  await store.transact((tx) => tx.putLog({ id: "a", site: "pk", head: 0, hash: 0 }));
  expect(db.prepare("SELECT count(*) AS n FROM logs").get()).toMatchObject({ n: 1 });
  await store.close();
});

test("jobs that wait at the same moment share one commit", async () => {
  const said: string[] = [];
  const note = (word: string) => () => void said.push(word);
  const group = createGroup({ begin: note("begin"), commit: note("commit"), rollback: note("rollback"), savepoint: note("savepoint"), release: note("release"), undo: note("undo") });
  const jobs = Array.from({ length: 300 }, (_, i) => group.add(async () => i));
  expect(await Promise.all(jobs)).toHaveLength(300);
  expect(said.filter((word) => word === "commit")).toHaveLength(1);
});

test("a commit that fails is acknowledged to nobody, and the next one works", async () => {
  let isFull = true;
  const nothing = (): void => {};
  const group = createGroup({
    begin: nothing, rollback: nothing, savepoint: nothing, release: nothing, undo: nothing,
    commit() {
      if (isFull) throw new Error("disk full");
    },
  });
  const outcomes = await Promise.allSettled([group.add(async () => 1), group.add(async () => 2)]);
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  isFull = false;
  expect(await group.add(async () => 3)).toBe(3);
});

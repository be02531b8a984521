/** The contract of the store over SQLite, in a file and in memory, and what only a file can show. */
import Database from "libsql";
import { describe, expect, test } from "vitest";
import { sealKey } from "../../src/server/credential.js";
import { createGroup, type Grouping } from "../../src/server/store/group.js";
import { migrations } from "../../src/server/store/migrations.js";
import { openStore } from "../../src/server/store/open.js";
import { tempFile } from "./desk.js";
import { bytesOn } from "./ledger.js";
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

test("a device of a database from before credentials were renewed goes on with the one it has, and its sealed box is opened", async () => {
  const file = tempFile();
  const db = new Database(file);
  const before = migrations.findIndex((step) => step.includes("CREATE TABLE credentials"));
  db.exec(migrations.slice(0, before).join(";"));
  db.exec(`PRAGMA user_version = ${before}; INSERT INTO devices (hash, seal, device, site, log, channel, is_revoked) VALUES ('hash', '${sealKey("hash")}', 'AAAAAAAA', 'pk', 'log', 'web', 0)`);
  db.close();
  const store = await openStore(file);
  const known = { hash: "hash", device: "hash", chain: "hash", usedAt: 0 };
  await store.read(async (tx) => {
    expect([await tx.credential("hash"), await tx.credentialBySeal(sealKey("hash"))]).toEqual([known, known]);
    expect(await tx.device("hash")).toEqual({ hash: "hash", device: "AAAAAAAA", site: "pk", log: "log", channel: "web", isRevoked: false });
  });
  await store.close();
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

test("what was erased leaves the disk as well, and where somebody reads at that moment, at the next occasion", async () => {
  const file = tempFile();
  const store = await openStore(file);
  const put = (id: string): Promise<void> => store.transact((tx) => tx.putLog({ id, site: "pk", customer: `customer of ${id}`, head: 0, hash: 0 }));
  const erase = async (id: string): Promise<void> => {
    await store.transact((tx) => tx.eraseLog(id, 0));
    await Promise.all([store.shred(), put("another"), store.read((tx) => tx.log("another"))]);
  };
  await put("one");
  await put("two");
  expect(bytesOn(file)).toContain("customer of one");
  await erase("one");
  expect(bytesOn(file)).not.toContain("customer of one");
  const reader = new Database(file);
  reader.exec("BEGIN");
  reader.prepare("SELECT * FROM logs").all();
  const start = performance.now();
  await erase("two"); // without an error, and without waiting five seconds for the reader
  expect(performance.now() - start).toBeLessThan(4_000);
  expect(await store.read((tx) => tx.log("two"))).toBeUndefined();
  reader.exec("COMMIT");
  reader.close();
  await store.close();
  expect(bytesOn(file)).not.toContain("customer of two");
});

/** A database that notes what is asked of it, and does as it is told. */
function listed(said: string[], faults: Partial<Grouping> = {}): Grouping {
  const words = ["look", "begin", "commit", "rollback", "savepoint", "release", "undo"] as const;
  const db = Object.fromEntries(words.map((word) => [word, () => void said.push(word)])) as Record<(typeof words)[number], () => void>;
  return { ...db, isOpen: () => true, ...faults };
}

const full = (): never => {
  throw new Error("disk full");
};

test("jobs that wait at the same moment share one commit", async () => {
  const said: string[] = [];
  const group = createGroup(listed(said));
  const jobs = Array.from({ length: 300 }, (_, i) => group.add(async () => i));
  expect(await Promise.all(jobs)).toHaveLength(300);
  expect(said.filter((word) => word === "commit")).toHaveLength(1);
});

test("a commit that fails is acknowledged to nobody, and the next one works", async () => {
  const db = { ...listed([]), commit: full };
  const group = createGroup(db);
  const outcomes = await Promise.allSettled([group.add(async () => 1), group.add(async () => 2)]);
  expect(outcomes).toEqual([1, 2].map(() => ({ status: "rejected", reason: new Error("disk full") })));
  db.commit = () => undefined as never;
  expect(await group.add(async () => 3)).toBe(3);
});

test("whoever only reads is answered while no commit works, and does not wait for one", async () => {
  const said: string[] = [];
  const group = createGroup(listed(said, { begin: full }));
  const outcomes = await Promise.allSettled([group.add(async () => "written"), group.read(async () => "read"), group.read(async () => full())]);
  expect(outcomes).toMatchObject([{ reason: new Error("disk full") }, { value: "read" }, { reason: new Error("disk full") }]);
  expect(said).toEqual(["look", "commit", "rollback"]);
});

test("a database that has undone the whole group by itself is not asked to undo one job, and nobody is told that they are safe", async () => {
  const said: string[] = [];
  let isOpen = true;
  const group = createGroup(listed(said, { isOpen: () => isOpen }));
  const filling = async (): Promise<never> => {
    isOpen = false;
    return full();
  };
  const outcomes = await Promise.allSettled([group.add(async () => 1), group.add(filling), group.add(async () => 3)]);
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  expect(outcomes).toMatchObject(outcomes.map(() => ({ reason: new Error("disk full") })));
  expect(said).not.toContain("undo");
  isOpen = true;
  expect(await group.add(async () => 4)).toBe(4);
});

test("a database that cannot even undo is asked again by the next in the queue", async () => {
  const db = { ...listed([]), commit: full, rollback: full };
  const group = createGroup(db);
  await expect(group.add(async () => 1)).rejects.toMatchObject({ errors: [new Error("disk full"), new Error("disk full")] });
  await expect(group.add(async () => 2)).rejects.toBeInstanceOf(AggregateError);
  Object.assign(db, listed([]));
  expect(await group.add(async () => 3)).toBe(3);
  await group.idle();
});

/** A copy of the database that is made while shoppers are at it, and put back. */
import { copyFileSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { PushAnswer } from "../../src/wire/push.js";
import { run } from "./command.js";
import { added, stranger, tempFile, type Voice } from "./desk.js";
import { readLedger } from "./ledger.js";

const demo = (): Voice => stranger({ site: "pk_demo" });

async function push(url: string, who: Voice): Promise<string> {
  const event = added("A");
  const answer = await fetch(`${url}/v1/push`, { method: "POST", body: JSON.stringify({ ...who, events: [event] }) });
  expect(((await answer.json()) as PushAnswer).answers[0]?.[1]).toBe("applied");
  return String(event.id);
}

test("a backup beside a busy server is of one moment and whole, holds nobody up, and a server goes on from it", async () => {
  const [database, copy] = [tempFile(), tempFile("copy.db")];
  const server = run(["serve", "--port", "0", "--database", database]);
  const url = await server.listening();
  const devices = Array.from({ length: 5 }, demo);
  const before = await Promise.all(devices.flatMap((who) => [push(url, who)]));
  let [isOver, meanwhile] = [false, 0];
  const busy = devices.map(async (who) => {
    while (!isOver) {
      await push(url, who);
      meanwhile += 1;
    }
  });
  const backup = run(["backup", "--database", database, "--to", copy]);
  expect(await backup.ended).toBe(0);
  isOver = true;
  await Promise.all(busy);
  expect(meanwhile).toBeGreaterThan(5);

  const { entries, logs } = readLedger(copy).rows();
  expect(backup.said()).toContain(`of ${entries.length} entries`);
  expect(before.filter((id) => !entries.some((entry) => entry.id === id))).toEqual([]);
  for (const log of logs) expect(entries.filter((entry) => entry.log === log.id)).toHaveLength(log.head as number); // no half of anything
  expect([`${copy}-wal`, `${copy}.unfinished`].filter(existsSync)).toEqual([]);

  server.child.kill("SIGTERM");
  expect(await server.ended).toBe(0);
  for (const left of ["", "-wal", "-shm"]) rmSync(database + left, { force: true });
  copyFileSync(copy, database);
  expect(await run(["restored", "--database", database]).ended).toBe(0);
  const again = run(["serve", "--port", "0", "--database", database]);
  await push(await again.listening(), devices[0] as Voice);
  expect(readLedger(database).rows().entries).toHaveLength(entries.length + 1);
});

test.each<[string, (there: string) => string[], RegExp]>([
  ["no name for the copy", (there) => ["--database", there], /takes --to FILE/],
  ["a copy that is there already", (there) => ["--database", there, "--to", there], /is there already; a backup overwrites nothing/],
  ["a database that is not there", (there) => ["--database", `${there}x`, "--to", `${there}y`], /is not there/],
  ["a PostgreSQL", (there) => ["--database", "postgres://localhost/shop", "--to", `${there}y`], /pg_dump/],
])("%s: it says so in a sentence, and makes nothing", async (_, args, sentence) => {
  const there = tempFile();
  writeFileSync(there, "");
  const backup = run(["backup", ...args(there)]);
  expect(await backup.ended).toBe(1);
  expect(backup.said()).toMatch(sentence);
  expect([`${there}x`, `${there}y`].filter(existsSync)).toEqual([]);
});

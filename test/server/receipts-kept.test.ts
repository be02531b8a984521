/** The chain of receipts through what befalls a server: killed at any moment, put back from a backup. */
import { copyFileSync, writeFileSync } from "node:fs";
import Database from "libsql";
import { expect, test } from "vitest";
import { openArchive } from "../../src/server/index.js";
import { run } from "./command.js";
import { decided, decisionsIn, fileOf, verify } from "./consent.js";
import { site, stranger, tempFile, type Voice } from "./desk.js";

async function chainOf(database: string, key = "pk_demo"): Promise<string> {
  const archive = await openArchive({ database, sites: [{ ...site, key }] });
  const text = await fileOf(archive, key);
  await archive.close();
  return text;
}

function push(url: string, who: Voice, events: readonly unknown[]): Promise<Response> {
  return fetch(`${url}/v1/push`, { method: "POST", body: JSON.stringify({ ...who, events }) });
}

test("a server that is killed while many decide has a receipt for each decision it acknowledged, once, in one unbroken chain", async () => {
  const database = tempFile();
  const acknowledged: unknown[] = [];
  const sent: Record<string, unknown>[] = [];
  for (let life = 0; life < 3; life++) {
    const server = run(["serve", "--port", "0", "--database", database]);
    const url = await server.listening();
    const deciding = Array.from({ length: 20 }, async () => {
      for (const who = stranger({ site: "pk_demo" }); ; ) {
        const event = decided();
        sent.push(event);
        await push(url, who, [event]);
        acknowledged.push(event.id);
        if (acknowledged.length % 150 === 149) server.child.kill("SIGKILL");
      }
    });
    await Promise.allSettled(deciding);
    expect(await server.ended).toBe("SIGKILL");
  }
  const text = await chainOf(database);
  expect((await verify(text)).fault).toBeUndefined();
  const events = decisionsIn(text).map(({ event }) => event);
  expect(acknowledged.length).toBeGreaterThan(400);
  expect(new Set(events).size).toBe(events.length);
  expect(events).toEqual(expect.arrayContaining(acknowledged));
  expect(sent.map(({ id }) => id)).toEqual(expect.arrayContaining(events));
});

test("after a backup was put back the chain goes on from where it stands there and says so, and beside a file of before the fork is seen", async () => {
  const [database, backup] = [tempFile(), tempFile("backup.db")];
  const decide = async (file: string, times: number): Promise<void> => {
    const server = run(["serve", "--port", "0", "--database", file]);
    const url = await server.listening();
    for (let i = 0; i < times; i++) expect((await push(url, stranger({ site: "pk_demo" }), [decided()])).status).toBe(200);
    server.child.kill("SIGTERM");
    expect(await server.ended).toBe(0);
  };
  await decide(database, 2);
  const db = new Database(database);
  db.exec(`VACUUM INTO '${backup}'`);
  db.close();
  await decide(database, 2);
  const before = tempFile("before.jsonl");
  writeFileSync(before, await chainOf(database));

  const place = tempFile();
  copyFileSync(backup, place);
  expect(await run(["restored", "--database", place]).ended).toBe(0);
  await decide(place, 2);
  const after = tempFile("after.jsonl");
  writeFileSync(after, await chainOf(place));
  expect(await verify(await chainOf(place))).toMatchObject({ count: 4, restoredBefore: [3] });

  const alone = run(["verify-receipts", after]);
  expect([await alone.ended, alone.said()]).toEqual([0, expect.stringContaining("A backup was put back before number 3.")]);
  const together = run(["verify-receipts", before, after]);
  expect([await together.ended, together.said()]).toEqual([1, expect.stringMatching(/part at number 3: a backup was put back between them/)]);
  const same = run(["verify-receipts", before, before]);
  expect(await same.ended).toBe(0);
});

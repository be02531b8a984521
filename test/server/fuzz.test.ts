/** Thousands of requests as no device would send them: the server answers each with a sentence, and a refused one changes nothing. */
import fc from "fast-check";
import Database from "libsql";
import { expect, test } from "vitest";
import type { Problem } from "../../src/wire/problem.js";
import { isLong, seedOf, times } from "../long.js";
import { record } from "../record.js";
import { PATHS } from "../../src/wire/version.js";
import { goodRequests } from "./badness.js";
import { added, answerOf, atEnd, createDesk, decided, type Desk, expectRefusal, stranger, tempFile } from "./desk.js";
import { type Wild, wildRequests } from "./wild.js";

const REQUESTS = times(4_000, 100_000);

/** A number that is another whenever somebody else has changed the file. */
function changeCounter(file: string): () => unknown {
  const db = new Database(file);
  atEnd(() => void db.close());
  const version = db.prepare("PRAGMA data_version");
  return () => (version.get() as { data_version: number }).data_version;
}

test(`${REQUESTS} spoiled requests get 0 answers that say the server is at fault, and a refused one changes nothing`, async () => {
  const startedAt = Date.now();
  const database = tempFile();
  const desk = await createDesk({ database });
  const changes = changeCounter(database);
  const who = stranger();
  const before = changes();
  await desk.push(who, [added("BOEK-1"), decided({ analytics: true })]);
  expect(changes()).not.toBe(before); // the counter counts
  const leaving = stranger(); // who signs out says little more that is listened to
  await desk.push(leaving, []);
  const good = goodRequests(who, await desk.token("anna")).map((one) => (one.path === PATHS.signOut ? { ...one, body: { ...leaving } } : one));

  const seen = new Map<number, number>();
  const seed = seedOf();
  await fc.assert(fc.asyncProperty(wildRequests(good, who.credential), async (request) => {
    const before = changes();
    desk.now += 250; // or guessing would be all that is refused
    const status = await handIn(desk, request);
    seen.set(status, (seen.get(status) ?? 0) + 1);
    if (status >= 300) expect(changes()).toBe(before);
    expect(desk.faults).toEqual([]);
  }), { numRuns: REQUESTS, seed });
  console.log(`seed ${seed}: ${JSON.stringify([...seen])}`);
  // The dice are worth something only if they fall on most sides.
  expect([...seen.keys()].sort()).toEqual(expect.arrayContaining([200, 204, 400, 401, 403, 405, 410]));
  record("hostile-requests", { seed, requests: REQUESTS, byStatus: Object.fromEntries([...seen].sort(([a], [b]) => a - b)), changedByRefused: 0, seconds: Math.round((Date.now() - startedAt) / 1_000) });
}, isLong ? 900_000 : 60_000);

async function handIn(desk: Desk, { path, method, headers, text }: Wild): Promise<number> {
  const init = { method, headers, ...(method === "GET" || method === "HEAD" ? {} : { body: text }) };
  const answer = await answerOf(await desk.server.fetch(new Request(`https://sync.example${path}`, init), { incoming: { socket: { remoteAddress: String(Math.random()) } } }));
  expect(answer.status).toBeLessThan(500);
  if (answer.status >= 300 && method !== "HEAD") expectRefusal(answer, (answer.body as Problem).code);
  return answer.status;
}

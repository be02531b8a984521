/** The proof of a device's key counts once, whichever server of the shop it is shown to. */
import { beforeEach, expect, test } from "vitest";
import { createServer } from "../../src/server/index.js";
import { PATHS } from "../../src/wire/version.js";
import { askPostgres } from "../server/database.js";
import { added, type Answer, answerOf, atEnd, createDesk, type Desk, emptyDatabase, expectRefusal, site, stranger, type Voice } from "../server/desk.js";
import { type Key, newKey, proofOf } from "../server/proof.js";

let database: string;
let desks: readonly [Desk, Desk, Desk];
let phone: Voice;
let key: Key;

beforeEach(async () => {
  database = emptyDatabase();
  desks = [await createDesk({ database }), await createDesk({ database }), await createDesk({ database })];
  [phone, key] = [stranger(), await newKey()];
  expect((await push(desks[0], await proof())).status).toBe(200);
});

const proof = (path: string = PATHS.push, who = phone, of = key): Promise<string> => proofOf(of, { path, credential: who.credential, at: desks[0].now });
const push = (desk: Desk, said: string, events: unknown[] = [added("SCHOEN-42")], who = phone): Promise<Answer> => desk.post(PATHS.push, { ...who, events, proof: said });
const kept = (): string => askPostgres(database, "SELECT count(*) FROM carryover.proofs").trim();

test("a push that was caught on its way is taken at no other server, with its own events or with others", async () => {
  const [said, events] = [await proof(), [added("BOEK-1")]];
  expect((await push(desks[0], said, events)).status).toBe(200);
  for (const desk of desks) expectRefusal(await push(desk, said, events), "proof-stale", 401);
  for (const desk of desks) expectRefusal(await push(desk, said, [added("POISON")]), "proof-stale", 401);
  expect(askPostgres(database, "SELECT count(*) FROM carryover.entries WHERE body LIKE '%POISON%'").trim()).toBe("0");
});

test("of copies that reach three servers in one moment one is taken, ten times, among the pushes of others", async () => {
  const others = await Promise.all(Array.from({ length: 12 }, async () => ({ who: stranger(), own: await newKey() })));
  for (let round = 0; round < 10; round += 1) {
    const said = await proof();
    const beside = others.map(async ({ who, own }, i) => push(desks[i % 3 as 0 | 1 | 2], await proof(PATHS.push, who, own), [added("A")], who));
    const copies = desks.map((desk) => push(desk, said, []));
    expect((await Promise.all(copies)).map(({ status }) => status).sort()).toEqual([200, 401, 401]);
    expect((await Promise.all(beside)).map(({ status }) => status)).toEqual(others.map(() => 200));
  }
  expect(desks.flatMap(({ faults }) => faults)).toEqual([]);
});

test("nor is any other request: the list of devices, the stream, the sign-out", async () => {
  const { credential, ...voice } = phone;
  const listed = await proof(PATHS.devices);
  expect((await desks[0].post(PATHS.devices, { ...phone, proof: listed })).status).toBe(200);
  expectRefusal(await desks[1].post(PATHS.devices, { ...phone, proof: listed }), "proof-stale", 401);
  const streamed = await proof(PATHS.pull);
  const pull = (desk: Desk): Promise<Answer> => desk.post(PATHS.pull, { ...voice, proof: streamed }, { headers: { authorization: `Bearer ${credential}` } });
  expect((await pull(desks[1])).status).toBe(200);
  expectRefusal(await pull(desks[2]), "proof-stale", 401);
  const left = await proof(PATHS.signOut);
  expect((await desks[2].post(PATHS.signOut, { ...phone, proof: left })).status).toBe(204);
  expectRefusal(await desks[0].post(PATHS.signOut, { ...phone, proof: left }), "proof-stale", 401);
});

test("a proof whose push was refused is used up where it was shown, and writes nothing; the next one is taken", async () => {
  const said = await proof();
  expect((await push(desks[0], said, [added("A")], { ...phone, channel: "nowhere" })).status).toBe(403);
  expectRefusal(await push(desks[0], said), "proof-stale", 401);
  expect((await push(desks[1], await proof())).status).toBe(200);
});

test("a server that has just started takes a proof of a moment ago, and none that was used at another", async () => {
  const [used, unused] = [await proof(), await proof()];
  expect((await push(desks[0], used)).status).toBe(200);
  const now = desks[0].now + 2_000;
  const fresh = await createServer({ database, sites: [site], now: () => now });
  atEnd(() => fresh.close());
  const ask = async (said: string): Promise<Answer> => answerOf(await fresh.fetch(new Request(`https://sync.example${PATHS.push}`, { method: "POST", body: JSON.stringify({ ...phone, events: [], proof: said }) })));
  expectRefusal(await ask(used), "proof-stale", 401);
  expect((await ask(unused)).status).toBe(200);
});

test("while the database cannot be asked whether a proof was used it is believed by nobody", async () => {
  const said = await proof(PATHS.devices);
  askPostgres(database, "ALTER TABLE carryover.proofs RENAME TO away");
  expect((await desks[0].post(PATHS.devices, { ...phone, proof: said })).status).toBe(503);
  expect((await push(desks[1], await proof())).status).toBe(503);
  askPostgres(database, "ALTER TABLE carryover.away RENAME TO proofs");
  expect((await push(desks[1], await proof())).status).toBe(200);
});

test("what is kept of a proof names nobody, and is gone once nobody would believe it", async () => {
  for (const desk of desks) expect((await push(desk, await proof())).status).toBe(200);
  expect(kept()).toBe("4");
  const thumbprint = askPostgres(database, "SELECT thumbprint FROM carryover.devices").trim();
  const rows = askPostgres(database, "SELECT * FROM carryover.proofs");
  for (const name of [thumbprint, phone.credential.slice(0, 8), key.jwk.x as string]) expect(rows).not.toContain(name);
  const now = desks[0].now + 3 * 60_000;
  await (await createServer({ database, sites: [site], now: () => now })).close();
  expect(kept()).toBe("0");
});

/** A credential that is bound to a key is worth nothing to whoever has only copied it: on no address, in no way. */
import { exportJWK } from "jose";
import { beforeEach, expect, test } from "vitest";
import { createServer } from "../../src/server/index.js";
import { RECEIPT_PATHS } from "../../src/wire/receipt.js";
import { PATHS } from "../../src/wire/version.js";
import { goodRequests } from "./badness.js";
import { boxOf } from "./box.js";
import { added, type Answer, answerOf, createDesk, type Desk, emptyDatabase, expectRefusal, ORIGIN, site, stranger, type Voice } from "./desk.js";
import { readLedger } from "./ledger.js";
import { type Key, newKey, proofOf } from "./proof.js";

const MINUTE = 60_000;

let desk: Desk;
let phone: Voice;
let key: Key;
let database: string;

beforeEach(async () => {
  database = emptyDatabase();
  desk = await createDesk({ database, sites: [{ ...site, cookie: {} }] });
  [phone, key] = [stranger(), await newKey()];
  expect((await push([added("SCHOEN-42")])).status).toBe(200);
});

async function push(events: unknown[], proof?: string): Promise<Answer> {
  return desk.post(PATHS.push, { ...phone, events, proof: proof ?? (await proofOf(key, { path: PATHS.push, credential: phone.credential, at: desk.now })) });
}

/** Every request that a thief with the credential could make, by its address. */
async function thefts(): Promise<[string, Answer][]> {
  const answers: [string, Answer][] = [];
  const unguarded: string[] = [PATHS.preview, PATHS.restore, PATHS.sealed, PATHS.kioskRegister, PATHS.kioskStart]; // take no device's credential; the box is tried below
  for (const { path, body } of goodRequests(phone, await desk.token("anna")).filter((good) => !unguarded.includes(good.path))) {
    const { key: _, ...bare } = body; // a handoff's key would be found to be gone before anybody is asked for
    const message = [PATHS.cancel].includes(path as never) ? { ...bare, credential: phone.credential } : body;
    answers.push([path, await desk.post(path, message, { headers: { authorization: `Bearer ${phone.credential}` } })]);
  }
  const receipts = new Request(`https://sync.example${RECEIPT_PATHS.receipts}?site=pk_test`, { headers: { authorization: `Bearer ${phone.credential}` } });
  answers.push([RECEIPT_PATHS.receipts, await answerOf(await desk.server.fetch(receipts))]);
  return answers;
}

test("a stolen credential without the key gets nothing at any address, and changes nothing", async () => {
  const ledger = readLedger(database);
  const rows = (): object => ({ ...ledger.rows(), meta: [] }); // there the server's own key for receipts may come to be
  const before = rows();
  const answers = await thefts();
  expect(answers.length).toBeGreaterThan(11);
  for (const [path, answer] of answers) {
    const isGone = path === PATHS.accept || path === PATHS.progress; // there is no such handoff, whoever asks
    expect([path, (answer.body as { code: string }).code]).toEqual([path, isGone ? "handoff-gone" : "credential-unknown"]);
  }
  expectRefusal(await desk.post(PATHS.sealed, boxOf(phone, { channel: "web", events: [added("POISON")] })), "not-found", 404);
  expect(rows()).toEqual(before);
});

test("the shopper's own device goes on at every one of them, its stream and its sealed box included", async () => {
  const signed = (path: string, credential = phone.credential): Promise<string> => proofOf(key, { path, credential, at: desk.now });
  const { credential, ...voice } = phone;
  expect((await desk.post(PATHS.devices, { ...phone, proof: await signed(PATHS.devices) })).status).toBe(200);
  expect((await desk.post(PATHS.pull, { ...voice, proof: await signed(PATHS.pull) }, { headers: { authorization: `Bearer ${credential}` } })).status).toBe(200);
  expect((await desk.post(PATHS.pull, voice, { headers: { authorization: `Bearer ${credential}`, dpop: await signed(PATHS.pull) } })).status).toBe(200);
  expect((await desk.post(PATHS.offer, { ...phone, mode: "take", proof: await signed(PATHS.offer) })).status).toBe(200);
  const receipts = new Request(`https://sync.example${RECEIPT_PATHS.receipts}?site=pk_test`, { headers: { authorization: `Bearer ${credential}`, dpop: await proofOf(key, { path: RECEIPT_PATHS.receipts, credential, at: desk.now }, { htm: "GET" }) } });
  expect((await desk.server.fetch(receipts)).status).toBe(200);
  const box = boxOf(phone, { channel: "web", events: [added("BOEK-1")] });
  const ath = { ath: box.key };
  expect((await desk.post(PATHS.sealed, { ...box, proof: await proofOf(key, { path: PATHS.sealed, credential, at: desk.now }, ath) })).status).toBe(204);
});

test("a proof that was seen before is refused, as one of another minute is, and the device is told the time", async () => {
  const proof = await proofOf(key, { path: PATHS.push, credential: phone.credential, at: desk.now });
  expect((await push([], proof)).status).toBe(200);
  for (let i = 0; i < 3; i++) expectStale(await push([added("POISON")], proof));
  desk.now += 2 * MINUTE;
  expectStale(await push([], proof));
  for (const at of [desk.now - MINUTE - 1_000, desk.now + 7_000]) expectStale(await push([], await proofOf(key, { path: PATHS.push, credential: phone.credential, at })));
  for (const at of [desk.now - 50_000, desk.now + 4_000]) expect((await push([], await proofOf(key, { path: PATHS.push, credential: phone.credential, at }))).status).toBe(200);
  expect(readLedger(database).text()).not.toContain("POISON");

  function expectStale(answer: Answer): void {
    const { now, ...body } = answer.body as { now: number };
    expectRefusal({ ...answer, body }, "proof-stale", 401);
    expect(now).toBe(desk.now);
  }
});

test("a proof of another request, another credential or another key, or of none, is refused like no proof at all", async () => {
  const [other, thief] = [stranger(), await newKey()];
  const at = desk.now;
  const right = { path: PATHS.push, credential: phone.credential, at };
  const { privateKey } = key;
  const proofs = [
    proofOf(key, { ...right, path: PATHS.devices }), proofOf(key, { ...right, credential: other.credential }), proofOf(thief, right), proofOf(key, right, { htm: "GET" }),
    proofOf(key, right, { ath: undefined }), proofOf(key, right, { jti: undefined }), proofOf(key, right, { jti: "x" }), proofOf(key, right, { htu: "push" }), proofOf(key, right, { iat: undefined }),
    proofOf(key, right, {}, { typ: "JWT" }), proofOf({ ...key, jwk: thief.jwk }, right), proofOf({ ...key, jwk: await exportJWK(privateKey) }, right),
    proofOf(await newKey("ES384"), right, {}, { alg: "ES384" }), Promise.resolve("rubbish"), Promise.resolve(""),
    Promise.resolve(`${Buffer.from(JSON.stringify({ typ: "dpop+jwt", alg: "none", jwk: key.jwk })).toString("base64url")}.e30.`),
  ];
  for (const proof of await Promise.all(proofs)) expectRefusal(await push([added("POISON")], proof), "credential-unknown", 401);
  expect(readLedger(database).text()).not.toContain("POISON");
});

test("an old credential without its key does not even let the device go: a thief cannot sign the shopper out", async () => {
  desk.now += 24 * 60 * MINUTE;
  const next = { ...phone, credential: `${phone.credential.slice(0, 9)}${stranger().credential.slice(9)}` };
  const former = phone;
  expect((await desk.post(PATHS.push, { ...phone, events: [], next: next.credential, proof: await proofOf(key, { path: PATHS.push, credential: phone.credential, at: desk.now }) })).body).toMatchObject({ isNextKept: true });
  phone = next;
  expect((await push([])).status).toBe(200);
  desk.now += 11 * MINUTE;
  expectRefusal(await desk.post(PATHS.push, { ...former, events: [] }), "credential-unknown", 401);
  expect((await push([])).status).toBe(200);
});

test("a device of before the shop asked for keys is bound by the first that it shows, and then to that", async () => {
  const old = stranger();
  await desk.push(old, [added("A")]);
  phone = old;
  expect((await push([])).status).toBe(200);
  expectRefusal(await desk.post(PATHS.push, { ...old, events: [] }), "credential-unknown", 401);
  key = await newKey();
  expectRefusal(await push([]), "credential-unknown", 401);
});

test("the cookie alone does not bring back a device that had a key", async () => {
  const baked = await desk.post(PATHS.push, { ...phone, events: [], proof: await proofOf(key, { path: PATHS.push, credential: phone.credential, at: desk.now }) }, { headers: { origin: ORIGIN } });
  const cookie = baked.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  expect(cookie).toMatch(/^__Host-/);
  const { credential: _, ...voice } = phone;
  expectRefusal(await desk.post(PATHS.restore, { ...voice, secret: "s".repeat(43) }, { headers: { origin: ORIGIN, cookie } }), "credential-unknown", 401);
});

test("a server that was started again believes no proof of before: it has forgotten which it saw", async () => {
  const proof = await proofOf(key, { path: PATHS.push, credential: phone.credential, at: desk.now });
  expect((await push([], proof)).status).toBe(200);
  const now = desk.now + 2_000;
  const again = await createServer({ database, sites: [site], now: () => now });
  const answer = await answerOf(await again.fetch(new Request(`https://sync.example${PATHS.push}`, { method: "POST", body: JSON.stringify({ ...phone, events: [], proof }) })));
  await again.close();
  expect(answer.body).toMatchObject({ code: "proof-stale" });
});

test("of the key the database holds the thumbprint and nothing else", async () => {
  const text = readLedger(database).text();
  expect(text).not.toContain(key.jwk.x);
  expect(text).not.toContain(phone.credential.slice(9));
  expect(readLedger(database).rows().devices[0]?.thumbprint).toMatch(/^[\w-]{43}$/);
});

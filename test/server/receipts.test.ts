/** Each decision about consent gets a receipt: what stands in it, who may have it, and that nothing else can happen to it. */
import { createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createServer, openArchive } from "../../src/server/index.js";
import { openStore } from "../../src/server/store/open.js";
import { PATHS } from "../../src/wire/version.js";
import { ask, decided, decisionsIn, fileOf, linksIn, receiptsIn, receiptsOf, signIn, verify, WORDS, WORDS_HASH } from "./consent.js";
import { isPostgres } from "./database.js";
import { added, createDesk, emptyDatabase, expectRefusal, ORIGIN, site, stranger, tempFile } from "./desk.js";
import { bytesOn, readLedger } from "./ledger.js";

const DAY = 86_400_000;

test("a decision gets a receipt that says what was decided, when, where and on which words, and nobody's name", async () => {
  const desk = await createDesk();
  const who = stranger();
  const { log } = await desk.push(who, [added("SCHOEN-42"), decided({ analytics: true, marketing: false }, { isSignalled: true }, { at: desk.now - 5_000 })]);
  const text = await receiptsOf(desk, who);
  const [receipt] = receiptsIn(text);
  expect(receipt?.decision).toMatchObject({
    subject: log, device: who.credential.slice(0, 8), channel: "web", scope: "device", asked: "account", policy: "2026-11",
    purposes: { analytics: true, marketing: false }, text: WORDS_HASH, lang: "nl", layer: "banner", isSignalled: true, decidedAt: desk.now - 5_000,
  });
  expect(receipt?.link).toMatchObject({ v: 1, site: "pk_test", n: 1, prev: "", recordedAt: desk.now });
  expect(await verify(text, { text: Buffer.from(WORDS) })).toMatchObject({ set: "device", site: "pk_test", count: 1, erased: 0, onText: [1] });
  expect((await verify(text)).fault).toBeUndefined();
});

test("a receipt for four purposes, with the longest words that a shop would use, has at most a kilobyte", async () => {
  const desk = await createDesk();
  const who = stranger();
  const purposes = { necessary: true, analytics: true, personalisation: true, marketing: true };
  await desk.push(who, [decided(purposes, { policy: "2026-11-22 Cookieverklaring 3.12", lang: "de-Latn-DE-1996", layer: "vanilla-cookieconsent", isSignalled: true })]);
  const line = (await receiptsOf(desk, who)).split("\n")[1] ?? "";
  expect(line).toContain('"kind":"receipt"');
  expect(Buffer.byteLength(line)).toBeLessThanOrEqual(1_024);
});

test("the same decision sent five times gets one receipt; a refused event none; a refusal and a grant that came too late each get one", async () => {
  const desk = await createDesk();
  const [who, other] = [stranger(), stranger()];
  await Promise.all([who, other].map((one) => signIn(desk, one, "anna")));
  const refusal = decided({ analytics: false }, { scope: "account" }, { base: 1 });
  for (let i = 0; i < 5; i++) await desk.push(who, [refusal, refusal]);
  await desk.push(other, [decided({ analytics: true }, { scope: "account" }, { base: 1 }), decided({ analytics: "yes" } as never)]);
  const text = await receiptsOf(desk, who);
  expect(decisionsIn(text).map(({ purposes }) => purposes)).toEqual([{ analytics: false }, { analytics: true }]);
  expect(linksIn(text).map(({ n }) => n)).toEqual([1, 2]);
});

test("a choice that an account takes over at sign-in gets a receipt there, which says from where; one that it does not take gets none", async () => {
  const desk = await createDesk();
  const [phone, kiosk] = [stranger(), stranger({ channel: "kiosk" })];
  const { log: visitor } = await desk.push(phone, [decided({ analytics: true })]);
  await desk.push(kiosk, [decided({ analytics: true }, { asked: "device" })]);
  const { log } = await signIn(desk, phone, "anna");
  await signIn(desk, kiosk, "berta");
  const [given, taken, ...more] = decisionsIn(await receiptsOf(desk, phone));
  expect([given?.subject, given?.from, taken?.subject, taken?.from, more]).toEqual([visitor, undefined, log, visitor, []]);
  expect(taken).toEqual({ ...given, subject: log, from: visitor });
  expect(decisionsIn(await receiptsOf(desk, kiosk))).toHaveLength(1); // what was decided on the kiosk, and nothing new
});

test("a device has its own receipts only: a visitor those of this screen, a customer those of the account, nobody another's", async () => {
  const desk = await createDesk();
  const [anna, second, berta, guest] = [stranger(), stranger(), stranger(), stranger()];
  for (const [who, name] of [[anna, "anna"], [second, "anna"], [berta, "berta"]] as const) await signIn(desk, who, name);
  for (const who of [anna, berta, guest]) await desk.push(who, [decided()]);
  const shown = async (who: typeof anna): Promise<number[]> => linksIn(await receiptsOf(desk, who)).map(({ n }) => n);
  expect([await shown(anna), await shown(second), await shown(berta), await shown(guest)]).toEqual([[1], [1], [2], [3]]);
  const bearer = (credential: string): Record<string, string> => ({ authorization: `Bearer ${credential}` });
  expectRefusal(await ask(desk, "GET", "/v1/receipts?site=pk_test"), "credential-unknown", 401);
  expectRefusal(await ask(desk, "GET", "/v1/receipts?site=pk_test", bearer(stranger().credential)), "credential-unknown", 401);
  expectRefusal(await ask(desk, "GET", "/v1/receipts", bearer(anna.credential)), "site-unknown", 403);
  expectRefusal(await ask(desk, "GET", "/v1/receipts?site=pk_test", { ...bearer(anna.credential), origin: "https://evil.example" }), "origin-refused", 403);
  expectRefusal(await ask(desk, "POST", "/v1/receipts?site=pk_test", bearer(anna.credential)), "method-refused", 405);
  expectRefusal(await ask(desk, "GET", "/v1/receipts?site=pk_test", { authorization: "Bearer sk_test" }), "credential-unknown", 401);
  await desk.post(PATHS.signOut, anna);
  expectRefusal(await ask(desk, "GET", "/v1/receipts?site=pk_test", bearer(anna.credential)), "device-revoked", 401);
});

test("two screens that share a visitor's cart do not see each other's receipts", async () => {
  const desk = await createDesk();
  const [mine, yours] = [stranger(), stranger()];
  await desk.push(mine, [added("A"), decided()]);
  const { body: offer } = await desk.post(PATHS.offer, { ...mine, mode: "join" });
  const { body: accepted } = await desk.post(PATHS.accept, { ...yours, key: (offer as { code: string }).code });
  await desk.post(PATHS.approve, { ...mine, number: (accepted as { number: number }).number });
  await desk.push(yours, [decided({ analytics: false })]);
  expect(decisionsIn(await receiptsOf(desk, yours)).map(({ purposes }) => purposes)).toEqual([{ analytics: false }]);
  expect(linksIn(await receiptsOf(desk, mine)).map(({ n }) => n)).toEqual([1]);
});

test("a page of the shop may ask for receipts, and a browser is told so beforehand", async () => {
  const desk = await createDesk();
  const { status, headers } = await ask(desk, "OPTIONS", "/v1/receipts", { origin: ORIGIN });
  expect([status, headers.get("access-control-allow-methods"), headers.get("access-control-allow-origin")]).toEqual([204, "GET", ORIGIN]);
  const who = stranger();
  await desk.push(who, []);
  const answer = await ask(desk, "GET", "/v1/receipts?site=pk_test", { origin: ORIGIN, authorization: `Bearer ${who.credential}` });
  expect([answer.status, answer.headers.get("content-type"), answer.headers.get("cache-control")]).toEqual([200, "application/jsonl; charset=utf-8", "no-store"]);
  expect(await verify(answer.body as string)).toMatchObject({ count: 0 }); // sealed, though there is nothing in it
  expect((await verify(answer.body as string)).fault).toBeUndefined();
});

test("the chain of a site has no gap, whoever decided at the same moment, and another site has its own", async () => {
  const database = emptyDatabase();
  const sites = [site, { ...site, key: "pk_other" }];
  const desk = await createDesk({ database, sites });
  await Promise.all(Array.from({ length: 60 }, (_, i) => desk.push(stranger({ site: i % 3 === 0 ? "pk_other" : "pk_test" }), [decided(), added("A"), decided({ analytics: false })])));
  const archive = await openArchive({ database, sites });
  for (const [key, count] of [["pk_test", 80], ["pk_other", 40]] as const) {
    const text = await fileOf(archive, key);
    expect(await verify(text)).toMatchObject({ set: "chain", site: key, count });
    expect((await verify(text)).fault).toBeUndefined();
  }
  await archive.close();
});

test("a key of the shop's own signs, is told to whoever asks, and stands in no database; the keys that signed before go on being told", async () => {
  const database = emptyDatabase();
  const first = await createDesk({ database });
  const who = stranger();
  await first.push(who, [decided()]);
  const told = async (desk: Pick<typeof first, "server">): Promise<{ keys: { kid: string; x: string }[] }> => (await ask(desk as typeof first, "GET", "/v1/receipt-keys?site=pk_test")).body as never;
  expect((await told(first)).keys).toHaveLength(1);

  const pem = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const receiptKey = tempFile("receipts.pem");
  writeFileSync(receiptKey, pem);
  const server = await createServer({ database, sites: [site], receiptKey, now: () => first.now });
  await server.fetch(new Request(`https://sync.example${PATHS.push}`, { method: "POST", body: JSON.stringify({ ...who, events: [decided()] }) }));
  const keys = await told({ server });
  expect(keys.keys).toHaveLength(2);
  const own = createPublicKey(createPrivateKey(pem));
  expect(keys.keys.map(({ x }) => x)).toContain((own.export({ format: "jwk" }) as { x: string }).x);
  const text = await receiptsOf({ ...first, server }, who);
  expect((await verify(text, { keys: JSON.stringify(keys) })).fault).toBeUndefined();
  expect((await verify(text, { keys: own.export({ type: "spki", format: "pem" }).toString() })).fault).toMatchObject({ line: 2, what: "the key that signed is none of those that were given" });
  expect(bytesOn(database)).not.toContain(pem.split("\n")[1]);
  await server.close();
});

test.each([
  ["is not there", undefined, /which cannot be read/],
  ["is no key", "hush", /no Ed25519 private key/],
  ["is of another kind", generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" }).toString(), /no Ed25519 private key/],
])("a key file that %s: the server says so and does not start", async (_, content, sentence) => {
  const receiptKey = tempFile("receipts.pem");
  if (content !== undefined) writeFileSync(receiptKey, content);
  const starting = createServer({ database: ":memory:", sites: [site], receiptKey });
  await expect(starting).rejects.toThrow(sentence);
  await expect(starting).rejects.not.toThrow(/hush|BEGIN/);
});

test("what cannot be written leaves neither a decision nor a receipt nor a key behind", async () => {
  const database = emptyDatabase();
  await (await openStore(database)).close();
  const { rows, write } = readLedger(database);
  const [fill, clear] = isPostgres ? ["ALTER TABLE receipts ADD CONSTRAINT no_room CHECK (n < 0)", "ALTER TABLE receipts DROP CONSTRAINT no_room"]
    : ["CREATE TRIGGER no_room BEFORE INSERT ON receipts BEGIN SELECT raise(ABORT, 'no room'); END", "DROP TRIGGER no_room"];
  await write(fill);
  const desk = await createDesk({ database });
  const who = stranger();
  const event = decided();
  expect((await desk.post(PATHS.push, { ...who, events: [event] })).status).toBe(503);
  const { entries, receipts, receipt_keys: keys, devices } = rows();
  expect([entries, receipts, keys, devices]).toEqual([[], [], [], []]);
  await write(clear);
  const { answers } = await desk.push(who, [event]);
  expect(answers).toEqual([[event.id, "applied", 1]]);
  expect((await verify(await receiptsOf(desk, who))).count).toBe(1);
  expect(desk.faults.map(String)).toHaveLength(1);
});

test("a receipt says what was decided until five years after the decision could stand; its link stays, and the chain with it", async () => {
  const database = emptyDatabase();
  const desk = await createDesk({ database });
  await desk.push(stranger(), [decided()]);
  const start = desk.now;
  const at = async (now: number): Promise<{ erased: number; text: string }> => {
    const server = await createServer({ database, sites: [site], now: () => now });
    await server.close(); // a server that starts erases at once
    const archive = await openArchive({ database, sites: [site] });
    const text = await fileOf(archive, "pk_test");
    await archive.close();
    const { fault, erased } = await verify(text);
    expect(fault).toBeUndefined();
    return { erased, text };
  };
  const limit = start + 182 * DAY + 5 * 365 * DAY;
  const before = await at(limit);
  const after = await at(limit + 1);
  expect([before.erased, after.erased]).toEqual([0, 1]);
  expect(linksIn(after.text)).toEqual(linksIn(before.text));
  expect(after.text).not.toContain("analytics");
});

test("a guest's receipts outlive their cart, under a name that then belongs to nothing", async () => {
  const database = emptyDatabase();
  const desk = await createDesk({ database });
  const { log } = await desk.push(stranger(), [added("A"), decided()]);
  const later = await createServer({ database, sites: [site], now: () => desk.now + 8 * DAY });
  await later.close();
  const { logs, receipts } = readLedger(database).rows();
  expect([logs, receipts.map(({ owner }) => owner)]).toEqual([[], [log]]);
});

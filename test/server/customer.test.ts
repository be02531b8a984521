/** A customer asks what is kept about them, and to be forgotten: all of it is handed out, all of it goes, and the chain of receipts holds. */
import { writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { createServer, type CustomerExport, openArchive } from "../../src/server/index.js";
import { PATHS } from "../../src/wire/version.js";
import { run } from "./command.js";
import { ask, decided, fileOf, linksIn, receiptsOf, signIn, verify } from "./consent.js";
import { isPostgres } from "./database.js";
import "./described.js";
import { added, createDesk, type Desk, emptyDatabase, event, expectRefusal, ORIGIN, site, signed, stranger, tempFile, type Voice } from "./desk.js";
import { bytesOn, readLedger } from "./ledger.js";
import { openOffice } from "./office-hours.js";
import { openReceiver } from "./receiver.js";
import { readStream } from "./stream.js";

const office = { authorization: "Bearer sk_test" };
const DAY = 86_400_000;

interface Household {
  readonly desk: Desk;
  readonly database: string;
  readonly phone: Voice;
  readonly desktop: Voice;
  /** Somebody else, of whom everything must stay. */
  readonly berta: Voice;
  readonly visitor: string;
  readonly account: string;
}

/** The shop's stock system is told of everything. Anna shopped and decided as a visitor, handed a cart over, signed in on two screens and left a note; Berta did, too. */
async function household(): Promise<Household> {
  const database = emptyDatabase();
  const secret = `whsec_${randomBytes(32).toString("base64")}`;
  const stock = await openReceiver(secret, () => desk.now);
  const desk: Desk = await createDesk({ database, sites: [{ ...site, webhooks: [{ name: "stock", url: stock.url, secrets: [secret], isInside: true }] }] });
  const [phone, desktop, berta] = [stranger(), stranger({ name: "Anna's desktop" } as never), stranger()];
  const { log: visitor } = await desk.push(phone, [added("SCHOEN-42"), decided(), event("field-set", { line: "SCHOEN-42", name: "note", value: "for my husband" })]);
  await desk.post(PATHS.offer, { ...phone, mode: "take" });
  const { log: account } = await signIn(desk, phone, "anna");
  const token = await signed({ sub: "anna", exp: Math.floor(desk.now / 1_000) + 60, jti: "once" });
  await desk.post(PATHS.signIn, { ...desktop, token, merge: "union", consent: "newest" });
  await desk.push(desktop, [decided({ analytics: false, personalisation: true }, { scope: "account" }, { base: 50 })]);
  const seen = { id: randomBytes(16).toString("base64url"), purpose: "personalisation", type: "advice-seen", at: desk.now, data: { about: "for my husband" } };
  await desk.post(PATHS.observe, { ...desktop, visitAt: desk.now, observations: [seen] });
  await signIn(desk, berta, "berta");
  await desk.push(berta, [added("BOEK-1"), decided()]);
  await openOffice(desk).ring("anna", [event("line-added", { line: "BOEK-9", n: 1, details: { note: "for my husband" } })]);
  await desk.push(phone, Array.from({ length: 100 }, () => added("SCHOEN-42"))); // enough for a snapshot
  await stock.took(113); // the webhook has been told all of it
  return { desk, database, phone, desktop, berta, visitor, account };
}

test("everything about a customer is one document: both logs, each entry, each screen, each receipt, and nothing that opens a door", async () => {
  const { desk, phone, desktop, visitor, account } = await household();
  const { status, headers, body } = await ask(desk, "GET", "/v1/customers/anna/export", office);
  expect([status, headers.get("cache-control")]).toEqual([200, "no-store"]);
  const { site: key, customer, exportedAt, logs } = body as CustomerExport;
  expect([key, customer, exportedAt]).toEqual(["pk_test", "anna", desk.now]);
  const [own, adopted, empty, ...more] = [account, visitor, undefined].map((id) => logs.find((log) => (id === undefined ? log.head === 0 : log.id === id)));
  expect([logs.length, logs[0], more]).toEqual([3, own, []]); // the third is that of the desktop, on which she did nothing before
  expect([own, adopted, empty].map((log) => log?.entries.length)).toEqual([107, 3, 0]);
  expect(JSON.stringify(adopted?.entries)).toContain("for my husband");
  expect(own?.devices.map(({ device }) => device).sort()).toEqual([phone, desktop].map(({ credential }) => credential.slice(0, 8)).sort());
  expect(own?.receipts.map(({ decision }) => [decision?.subject, decision?.from])).toEqual([[visitor, undefined], [account, visitor], [account, undefined]]);
  expect(own?.observations).toMatchObject([{ type: "advice-seen", data: { about: "for my husband" } }]);
  expect(adopted?.handoffs).toMatchObject([{ mode: "take", status: "offered" }]);
  const [{ hash, seal } = {}] = readLedger((await household()).database).rows().credentials;
  expect([String(hash).length, String(seal).length]).toEqual([43, 43]);
  expect(JSON.stringify(body)).not.toMatch(/"(hash|seal|codeHash|tokenHash|offerer|receiver)"/);
  expect(JSON.stringify(body)).not.toMatch(/berta|BOEK-1/);
});

/**
 * A table that is added says something about somebody or not. If it does: give it a place in the belongings of
 * src/server/customer.ts and in `eraseLog` of the store, and let the household above put something into it.
 */
const tables = ["credentials", "devices", "endpoints", "entries", "feed", "handoffs", "kiosks", "logs", "meta", "observations", "receipt_keys", "receipts", "restores", "snapshots", "tokens"];
/** What processes remember for each other: hashes of guessers, and of proofs, for minutes. */
const shared = isPostgres ? ["proofs", "spent_hope", "wrong_codes"] : [];

test("a customer who is forgotten is in no table any more, nor in any byte on the disk; everybody else is", async () => {
  const { desk, database, phone, desktop, berta, account, visitor } = await household();
  const { text: all, tables: there } = readLedger(database);
  expect(there()).toEqual([...tables, ...shared].sort());
  const traces = ["anna", account, visitor, "for my husband", "Anna's desktop", ...[phone, desktop].map(({ credential }) => credential.slice(0, 8))];
  for (const trace of traces) expect([trace, all().includes(trace), bytesOn(database).includes(trace)]).toEqual([trace, true, true]);
  const before = (await openedChain(database)).text;

  const { status, body } = await ask(desk, "DELETE", "/v1/customers/anna", office);
  expect([status, body]).toEqual([200, { erased: { logs: 3, entries: 110, devices: 2, handoffs: 1, observations: 1, receipts: 3 } }]);
  for (const trace of traces) expect([trace, all().includes(trace)]).toEqual([trace, false]);

  const after = await openedChain(database);
  expect(linksIn(after.text)).toEqual(linksIn(before));
  expect(after.verdict).toMatchObject({ count: 4, erased: 3 });
  expect(after.verdict.fault).toBeUndefined();
  expect((await verify(await receiptsOf(desk, berta))).count).toBe(1);
  expectRefusal(await ask(desk, "DELETE", "/v1/customers/anna", office), "not-found", 404);
  expectRefusal(await ask(desk, "GET", "/v1/customers/anna/export", office), "not-found", 404);
  for (const trace of traces) expect([trace, bytesOn(database).includes(trace)]).toEqual([trace, false]);
});

async function openedChain(database: string): Promise<{ text: string; verdict: Awaited<ReturnType<typeof verify>> }> {
  const archive = await openArchive({ database, sites: [site] });
  const text = await fileOf(archive, "pk_test");
  await archive.close();
  return { text, verdict: await verify(text) };
}

test("the screens of a customer who is forgotten hear goodbye at once, are told to forget for ninety days, and may begin anew", async () => {
  const { desk, database, phone, desktop } = await household();
  const stream = readStream(await desk.pull(phone));
  await stream.wait("snapshot");
  await ask(desk, "DELETE", "/v1/customers/anna", office);
  await stream.over();
  for (const who of [phone, desktop]) expectRefusal(await desk.post(PATHS.push, { ...who, events: [added("A")] }), "device-revoked", 401);
  expect((await desk.pull(phone)).status).toBe(401);
  const later = await createServer({ database, sites: [site], now: () => desk.now + 89 * DAY });
  await later.close();
  expectRefusal(await desk.post(PATHS.push, { ...phone, events: [] }), "device-revoked", 401);
  const muchLater = await createServer({ database, sites: [site], now: () => desk.now + 91 * DAY });
  await muchLater.close();
  expectRefusal(await desk.post(PATHS.push, { ...phone, log: "a".repeat(16), events: [] }), "credential-unknown", 401);
  const again = stranger();
  await signIn(desk, again, "anna");
  const { body } = await ask(desk, "GET", "/v1/customers/anna/export", office);
  expect((body as CustomerExport).logs).toMatchObject([{ customer: "anna", receipts: [] }, { head: 0 }]);
});

test("only the shop's own programs may: no page, no device, no other shop's key, whatever the customer is called", async () => {
  const { desk, phone } = await household();
  for (const [method, path] of [["GET", "/v1/customers/anna/export"], ["DELETE", "/v1/customers/anna"]] as const) {
    for (const headers of [{}, { authorization: `Bearer ${phone.credential}` }, { authorization: "Bearer sk_other" }, { ...office, origin: ORIGIN }]) {
      expectRefusal(await ask(desk, method, path, headers as Record<string, string>), "secret-refused", 401);
    }
    const answer = await ask(desk, "PUT", path, office);
    expectRefusal(answer, "method-refused", 405);
    expect(answer.headers.get("allow")).toBe(method);
  }
  for (const nobody of ["%ff", "%00", "__proto__", "%2e%2e"]) expectRefusal(await ask(desk, "GET", `/v1/customers/${nobody}/export`, office), "not-found", 404);
  const odd = "van der Ö/é@shop?.example#1 %2F";
  const who = stranger();
  await signIn(desk, who, odd);
  await desk.push(who, [decided()]);
  expect((await ask(desk, "GET", `/v1/customers/${encodeURIComponent(odd)}/export`, office)).body).toMatchObject({ customer: odd, logs: [{ customer: odd }, { head: 0 }] });
  expect((await ask(desk, "DELETE", `/v1/customers/${encodeURIComponent(odd)}`, office)).body).toMatchObject({ erased: { logs: 2, receipts: 1 } });
  expect((await ask(desk, "GET", "/v1/customers/anna/export", office)).status).toBe(200);
});

test("whoever has the database can do the same with the command, beside the running server", async () => {
  const { desk, database, phone } = await household();
  const config = tempFile("carryover.config.json");
  writeFileSync(config, JSON.stringify({ sites: [site] }));
  const asked = ["--database", database, "--config", config, "--site", "pk_test"];
  const said = async (...args: string[]): Promise<string> => {
    const { ended, said } = run([...args, ...asked]);
    expect([await ended, said()]).toEqual([0, expect.anything()]);
    return said();
  };
  const [chain, hers] = [tempFile("chain.jsonl"), tempFile("anna.jsonl")];
  writeFileSync(chain, await said("receipts"));
  writeFileSync(hers, await said("receipts", "--customer", "anna"));
  expect(JSON.parse(await said("export", "--customer", "anna"))).toMatchObject({ customer: "anna" });
  const keys = tempFile("keys.json");
  writeFileSync(keys, JSON.stringify((await ask(desk, "GET", "/v1/receipt-keys?site=pk_test")).body));
  const good = run(["verify-receipts", chain, hers, "--key", keys]);
  expect(await good.ended).toBe(0);
  expect(good.said()).toMatch(/chain\.jsonl: in order\. 4 receipts, the whole chain of pk_test; 0 of them erased[\s\S]*anna\.jsonl: in order\. 3 receipts, one customer/);

  expect(JSON.parse(await said("erase", "--customer", "anna"))).toMatchObject({ erased: { logs: 3, receipts: 3 } });
  expectRefusal(await desk.post(PATHS.push, { ...phone, events: [] }), "device-revoked", 401);
  writeFileSync(chain, (await said("receipts")).replace('"n":2', '"n":3'));
  const bad = run(["verify-receipts", chain]);
  expect(await bad.ended).toBe(1);
  expect(bad.said()).toContain("NOT in order. Line 3: number 3 follows number 1: receipts between them are missing.");
  const nobody = run(["export", "--customer", "anna", ...asked]);
  expect([await nobody.ended, nobody.said()]).toEqual([1, "Nothing is kept about a customer of that name.\n"]);
});

test.each([
  [["receipts"], /takes --site/],
  [["export", "--site", "pk_demo", "--database", "nowhere.db"], /nowhere\.db is not there/],
  [["verify-receipts"], /verify-receipts FILE/],
  [["verify-receipts", "nowhere.jsonl"], /nowhere\.jsonl/],
])("%j: it says what is wrong in a sentence and ends with 1", async (args, sentence) => {
  const { ended, said } = run(args);
  expect(await ended).toBe(1);
  expect(said()).toMatch(sentence);
  expect(said()).not.toMatch(/^\s+at /m);
});

/** The door for observations: open while a grant stands, here and now; what came in goes out again with the consent to it. */
import { createCipheriv, createHash, randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { eraseExpired, eraseObserved } from "../../src/server/erase.js";
import type { SiteConfig } from "../../src/server/index.js";
import { openStore } from "../../src/server/store/open.js";
import type { ObservationVerdict } from "../../src/wire/observe.js";
import { PATHS } from "../../src/wire/version.js";
import { isPostgres } from "./database.js";
import "./described.js";
import { added, createDesk, decided, type Desk, emptyDatabase, event, expectRefusal, observed, ORIGIN, site, START, stranger, type Voice } from "./desk.js";
import { bytesOn, readLedger } from "./ledger.js";

const DAY = 86_400_000;
const PAGE = "https://shop.example/schoenen";
const view = (more: object = {}): Record<string, unknown> => observed("page-viewed", { page: PAGE }, more);

interface Room {
  readonly desk: Desk;
  readonly database: string;
  /** Hands observations in; `ok`, or why each was refused. */
  tell(who: Voice, observations: readonly unknown[], more?: object): Promise<string[]>;
  /** Types of what is kept, in the order of their names. */
  kept(): string[];
}

async function open(more: Partial<SiteConfig> = {}): Promise<Room> {
  const database = emptyDatabase();
  const desk = await createDesk({ database, sites: [{ ...site, ...more }] });
  const ledger = readLedger(database);
  return {
    desk, database,
    async tell(who, observations, more = {}) {
      const { status, body } = await desk.post(PATHS.observe, { ...who, visitAt: desk.now, observations, ...more });
      expect({ status, body }).toMatchObject({ status: 200 });
      return (body as { answers: ObservationVerdict[] }).answers.map(([, verdict, code]) => (verdict === "kept" ? "ok" : code));
    },
    kept: () => ledger.rows().observations.map(({ type }) => String(type)).sort(),
  };
}

async function signedIn(desk: Desk, customer: string, consent: "newest" | "account" = "newest"): Promise<Voice> {
  const who = stranger();
  await enter(desk, who, customer, consent);
  return who;
}

async function enter(desk: Desk, who: Voice, customer: string, consent = "newest"): Promise<void> {
  const { status } = await desk.post(PATHS.signIn, { ...who, token: await desk.token(customer), merge: "union", consent });
  expect(status).toBe(200);
}

test("what is observed under a purpose that was allowed is kept, once, however often it is sent; the rest is not, and leaves no trace", async () => {
  const { desk, tell, kept, database } = await open();
  const who = stranger();
  await desk.push(who, [added("A")]);
  const secret = view({ data: { page: "https://shop.example/geheim" } });
  expect(await tell(who, [secret])).toEqual(["not-granted"]);
  await desk.push(who, [decided({ analytics: true, marketing: false })]);
  const [viewed, searched] = [view(), observed("searched", { term: "veldschoen" })];
  for (let i = 0; i < 3; i++) expect(await tell(who, [viewed, searched])).toEqual(["ok", "ok"]);
  expect(await tell(who, [observed("campaign-arrived", { page: PAGE, clicks: { gclid: "geheim" } }, { purpose: "marketing" })])).toEqual(["not-granted"]);
  expect(kept()).toEqual(["page-viewed", "searched"]);
  expect(bytesOn(database)).not.toContain("geheim");
  expect(desk.faults).toEqual([]);
});

test("a device that nobody knows, or that was signed out, is refused as a whole", async () => {
  const { desk, kept } = await open();
  const body = { visitAt: START, observations: [view()] };
  expectRefusal(await desk.post(PATHS.observe, { ...stranger(), ...body }), "credential-unknown", 401);
  const anna = await signedIn(desk, "anna");
  await desk.post(PATHS.signOut, anna);
  expectRefusal(await desk.post(PATHS.observe, { ...anna, ...body }), "device-revoked", 401);
  expectRefusal(await desk.post(PATHS.observe, { ...anna, ...body }, { headers: { origin: "https://evil.example" } }), "origin-refused", 403);
  expect(kept()).toEqual([]);
});

test("a page says what it observes in a simple request, which a browser sends without asking first", async () => {
  const { desk } = await open();
  const who = stranger();
  await desk.push(who, [decided({ analytics: true })]);
  const headers = { origin: ORIGIN, "content-type": "text/plain;charset=UTF-8" };
  expect((await desk.post(PATHS.observe, { ...who, visitAt: START, observations: [view()] }, { headers })).status).toBe(200);
});

test("another device's grant opens nothing here, and the account's opens every device of the customer", async () => {
  const { desk, tell } = await open();
  const [one, other] = [await signedIn(desk, "anna"), await signedIn(desk, "anna")];
  await desk.push(one, [decided({ analytics: true }, { scope: "here" })]);
  expect([await tell(one, [view()]), await tell(other, [view()])]).toEqual([["ok"], ["not-granted"]]);
  await desk.push(one, [decided({ analytics: true }, { scope: "account", base: 9 })]);
  expect(await tell(other, [view()])).toEqual(["ok"]);
  await desk.push(other, [decided({ analytics: false }, { scope: "here", base: 9 })]); // stricter here, and only here
  expect([await tell(one, [view()]), await tell(other, [view()])]).toEqual([["ok"], ["not-granted"]]);
});

test("a grant is over after six months, and when the policy has changed materially for its purpose", async () => {
  const { desk, tell } = await open({ consent: { material: { analytics: "2026-12" } }, guestCartMs: 90 * DAY });
  const who = await signedIn(desk, "anna");
  await desk.push(who, [decided({ analytics: true, advice: true }, { policy: "2026-11", scope: "account" })]);
  const own = observed("shelf-seen", { shelf: 3 }, { purpose: "advice" });
  expect(await tell(who, [view(), own])).toEqual(["not-granted", "ok"]);
  await desk.push(who, [decided({ analytics: true }, { policy: "2026-12", scope: "account", base: 2 })]);
  expect(await tell(who, [view()])).toEqual(["ok"]);
  desk.now += 183 * DAY;
  expect(await tell(who, [view({ at: desk.now }), { ...own, id: "b".repeat(22) }])).toEqual(["not-granted", "not-granted"]);
});

test("what was observed before the grant does not come in after it", async () => {
  const { desk, tell } = await open();
  const who = stranger();
  desk.now += 60_000;
  await desk.push(who, [decided({ analytics: true }, { at: desk.now })]);
  expect(await tell(who, [view(), view({ at: desk.now }), view({ at: desk.now - 5_000 })])).toEqual(["not-granted", "ok", "ok"]);
});

test("'Weigeren' drops what was observed on this device under the purpose, and nothing else; the door is shut from then on", async () => {
  const { desk, tell, kept } = await open();
  const who = stranger();
  await desk.push(who, [decided({ analytics: true, marketing: true })]);
  await tell(who, [view(), observed("campaign-arrived", { page: PAGE }, { purpose: "marketing" })]);
  const refusing = desk.push(who, [decided({ analytics: false }, { base: 1 })]);
  const late = tell(who, [view(), view()]); // under way at the same moment
  await refusing;
  // SQLite takes one after the other; PostgreSQL may take the observation first, and the refusal then drops it.
  expect(isPostgres ? [["not-granted", "not-granted"], ["ok", "ok"]] : [["not-granted", "not-granted"]]).toContainEqual(await late);
  expect(kept()).toEqual(["campaign-arrived"]);
  await desk.push(who, [decided({ analytics: true }, { base: 2 }), decided({ marketing: false }, { base: 2 }), decided({ marketing: true }, { base: 4 })]);
  expect(kept()).toEqual([]); // a refusal that was followed by a grant at once is a refusal all the same
  expect(await tell(who, [view()])).toEqual(["ok"]);
});

test("the account's refusal drops what all its devices observed, also before they signed in; a device's own, that device's", async () => {
  const { desk, tell, kept } = await open();
  const [phone, desktop, stranger1] = [stranger(), stranger(), stranger()];
  for (const who of [phone, desktop, stranger1]) {
    await desk.push(who, [decided({ analytics: true })]);
    await tell(who, [view()]);
  }
  for (const who of [phone, desktop]) await enter(desk, who, "anna");
  await desk.push(phone, [decided({ analytics: true }, { scope: "account", base: 9 })]);
  for (const who of [phone, desktop]) expect(await tell(who, [observed("searched", { term: "schoen" })])).toEqual(["ok"]);
  await desk.push(desktop, [decided({ analytics: false }, { base: 9 })]);
  expect(kept()).toEqual(["page-viewed", "page-viewed", "searched"]);
  await desk.push(desktop, [decided({ analytics: false }, { scope: "account", base: 9 })]);
  expect(kept()).toEqual(["page-viewed"]); // of the stranger
});

test("a refusal that the account takes over at sign-in drops what the account's devices observed", async () => {
  const { desk, tell, kept } = await open();
  const desktop = await signedIn(desk, "anna");
  await desk.push(desktop, [decided({ analytics: true }, { scope: "account" })]);
  await tell(desktop, [view()]);
  const phone = stranger();
  desk.now += 1_000;
  await desk.push(phone, [event("consent-decided", { scope: "device", asked: "account", policy: "1", purposes: { analytics: false } }, { at: desk.now })]);
  expect(kept()).toEqual(["page-viewed"]);
  await enter(desk, phone, "anna");
  expect(kept()).toEqual([]);
  expect(await tell(desktop, [view({ at: desk.now })])).toEqual(["not-granted"]);
});

test("a refusal that could not be sent before sign-out, and comes in a sealed box, drops as well", async () => {
  const { desk, tell, kept } = await open();
  const anna = await signedIn(desk, "anna");
  await desk.push(anna, [decided({ analytics: true }, { scope: "account" })]);
  await tell(anna, [view()]);
  const hash = createHash("sha256").update(anna.credential).digest();
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", hash, nonce);
  const inside = JSON.stringify({ channel: "web", events: [decided({ analytics: false }, { scope: "account", base: 9 })] });
  const box = Buffer.concat([nonce, cipher.update(inside), cipher.final(), cipher.getAuthTag()]).toString("base64url");
  const key = createHash("sha256").update(hash.toString("base64url")).digest("base64url");
  expect((await desk.post(PATHS.sealed, { v: 1, key, box })).status).toBe(204);
  expect(kept()).toEqual([]);
});

test("each purpose has its time, a site may say less and no more, and with a guest's log goes what hangs on it", async () => {
  const { desk, tell, kept, database } = await open({ consent: { keptDays: { analytics: 10, advice: 400 } }, guestCartMs: 7 * DAY });
  const anna = await signedIn(desk, "anna");
  const guest = stranger();
  const all = { analytics: true, marketing: true, personalisation: true, advice: true };
  await desk.push(anna, [decided(all, { scope: "account" })]);
  await desk.push(guest, [decided(all)]);
  await tell(anna, [view(), observed("campaign-arrived", { page: PAGE }, { purpose: "marketing" }), observed("seen", {}, { purpose: "personalisation" }), observed("own", {}, { purpose: "advice" })]);
  await tell(guest, [observed("by-guest", {}, { purpose: "advice" })]);
  const after = async (days: number): Promise<string[]> => {
    const store = await openStore(database);
    const at = { store, now: () => START + days * DAY + 1 };
    await eraseExpired(at);
    await eraseObserved(at);
    await store.close();
    return kept();
  };
  expect(await after(6)).toHaveLength(5);
  expect(await after(7)).toEqual(["campaign-arrived", "own", "page-viewed", "seen"]);
  expect(await after(10)).toEqual(["campaign-arrived", "own", "seen"]);
  expect(await after(90)).toEqual(["own", "seen"]);
  expect(await after(182)).toEqual(["own"]);
  expect(await after(400)).toEqual([]);
  await expect(createDesk({ sites: [{ ...site, consent: { keptDays: { marketing: 91 } } }] })).rejects.toThrow(/marketing 90/);
});

test("a page's address is kept without query and fragment, and a known type says what it knows and nothing else", async () => {
  const { desk, tell } = await open();
  const who = stranger();
  await desk.push(who, [decided({ analytics: true, marketing: true })]);
  const bad: [string, object, object?][] = [
    ["page-viewed", { page: `${PAGE}?q=1` }], ["page-viewed", { page: `${PAGE}#a` }], ["page-viewed", { page: "/schoenen" }], ["page-viewed", { page: PAGE, mail: "anna@example.org" }],
    ["page-viewed", {}], ["page-viewed", { page: PAGE }, { purpose: "marketing" }], ["searched", { term: "x".repeat(101) }], ["searched", { term: "a\nb" }],
    ["vital-measured", { name: "LCP", value: -1, of: "v", page: PAGE }], ["vital-measured", { name: "FID", value: 1, of: "v", page: PAGE }],
    ["campaign-arrived", { page: PAGE, clicks: { cookie: "x" } }, { purpose: "marketing" }], ["campaign-arrived", { page: PAGE, referrer: "https://search.example/?q=schoen" }, { purpose: "marketing" }],
    ["Own", {}], ["__proto__", {}],
  ];
  expect(await tell(who, bad.map(([type, data, more]) => observed(type, data, more)))).toEqual(bad.map(() => "event-malformed"));
  expect(await tell(who, [null, [], "x", view({ id: "short" }), view({ at: -1 }), view({ data: [] })])).toEqual(Array(6).fill("event-malformed"));
  expect(await tell(who, [observed("constructor", {}), observed("own", { text: "x".repeat(2_040) })])).toEqual(["ok", "event-too-large"]);
  expectRefusal(await desk.post(PATHS.observe, { ...who, visitAt: START, observations: Array.from({ length: 51 }, () => view()) }), "request-malformed", 400);
  expect(desk.faults).toEqual([]);
});

test("what is necessary is no purpose to observe under", async () => {
  const { desk, tell } = await open();
  const who = stranger();
  await desk.push(who, [decided({ analytics: true })]);
  expect(await tell(who, [observed("own", {}, { purpose: "necessary" })])).toEqual(["not-granted"]);
});

test("no device becomes a burden: beyond 5 000 observations a day it is told to wait", async () => {
  const { desk, tell, kept } = await open();
  const who = stranger();
  await desk.push(who, [decided({ analytics: true })]);
  for (let i = 0; i < 100; i++) await tell(who, Array.from({ length: 50 }, () => view()));
  expectRefusal(await desk.post(PATHS.observe, { ...who, visitAt: START, observations: [view()] }), "too-many-tries", 429);
  expect(kept()).toHaveLength(5_000);
  desk.now += DAY + 1;
  expect(await tell(who, [view({ at: desk.now })])).toEqual(["ok"]);
});

test("a visit is resumed when what was last put into the cart was put there on another device, and stays what it was found to be", async () => {
  const { desk, tell, database } = await open();
  const [phone, desktop] = [await signedIn(desk, "anna"), await signedIn(desk, "anna")];
  await desk.push(phone, [decided({ analytics: true }, { scope: "account" })]);
  const visits = (): unknown[] => readLedger(database).rows().observations.map(({ device, is_resumed }) => `${device === hashOf(phone) ? "phone" : "desktop"} ${is_resumed}`);
  const hashOf = ({ credential }: Voice): string => createHash("sha256").update(credential).digest("base64url");
  await tell(desktop, [view()]); // an empty cart resumes nothing
  expect(visits()).toEqual(["desktop 0"]);
  desk.now += 3_600_000;
  await desk.push(phone, [added("A", 1, { at: desk.now - 1_000 })]);
  await tell(desktop, [view({ at: desk.now })]);
  await desk.push(desktop, [added("B", 1, { at: desk.now })]);
  desk.now += 10_000;
  await tell(desktop, [view({ at: desk.now })]); // the next page of the same visit
  await tell(phone, [view({ at: desk.now })], { visitAt: desk.now - 15_000 }); // it began before the desktop added anything
  expect(visits().sort()).toEqual(["desktop 0", "desktop 1", "desktop 1", "phone 0"]);
  desk.now += 3_600_000;
  await tell(desktop, [view({ at: desk.now })]);
  await tell(phone, [view({ at: desk.now })]);
  expect(visits().sort()).toEqual(["desktop 0", "desktop 0", "desktop 1", "desktop 1", "phone 0", "phone 1"]);
});

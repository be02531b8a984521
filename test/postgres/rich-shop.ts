/** A shop in a file in which everything has happened once: what a move has to bring along. */
import { randomBytes } from "node:crypto";
import { expect } from "vitest";
import { announceKiosk } from "../../src/server/kiosk.js";
import type { SiteConfig } from "../../src/server/index.js";
import { noteRestored } from "../../src/server/index.js";
import { openStore } from "../../src/server/store/open.js";
import { encodeCursor } from "../../src/wire/pull.js";
import { PATHS } from "../../src/wire/version.js";
import { decided, signIn } from "../server/consent.js";
import { added, createDesk, decided as chosen, type Desk, id, observed, signed, site, START, stranger, type Voice } from "../server/desk.js";
import { helloOf, readStream, snapshotOf } from "../server/stream.js";

/** Enough for a snapshot, and something behind it. */
const MANY = 150;

export interface RichShop {
  readonly desk: Desk;
  readonly sites: readonly SiteConfig[];
  readonly anna: { readonly phone: Voice; readonly laptop: Voice; readonly log: string; readonly cursor: string; readonly head: number };
  readonly guest: Voice;
  /** A token that anna's phone has used: nobody else may. */
  readonly usedToken: string;
  /** A code that a kiosk shows, and that nobody has taken yet. */
  readonly code: string;
  readonly registration: string;
  readonly feedCursor: string;
}

/** `webhook` is told of everything. */
export async function openRichShop(database: string, webhook?: { readonly url: string; readonly secret: string }): Promise<RichShop> {
  const sites: SiteConfig[] = [{ ...site, ...(webhook && { webhooks: [{ name: "stock", url: webhook.url, secrets: [webhook.secret], isInside: true }] }) }];
  const early = await createDesk({ database, sites });
  const guest = stranger();
  await early.push(guest, [added("VROEG")]);
  await early.server.close();
  await noteRestored(database); // `restores` knows an epoch

  const desk = await createDesk({ database, sites });
  await desk.push(guest, [added("SCHOEN-42", 2, { data: { line: "SCHOEN-42", n: 2, details: { title: 'Veldschoen "Jan", \\ {1,2} NULL \u0000 \ud83d\udc5e', price: 4_999 } } })]);
  const usedToken = await signed({ sub: "anna", exp: Math.floor(START / 1_000) + 3_600, jti: "sign-in-1" });
  const [phone, laptop] = [stranger(), stranger()];
  await desk.push(phone, [added("BOEK-1")]);
  expect((await desk.post(PATHS.signIn, { ...phone, name: "Anna's telefoon, \"rood\"", token: usedToken, merge: "union", consent: "newest" })).status).toBe(200);
  const { log } = await signIn(desk, laptop, "anna");
  await desk.push(phone, [decided(), ...Array.from({ length: 50 }, () => added("SCHOEN-42"))]);
  for (let i = 0; i < MANY; i += 50) await desk.push(laptop, Array.from({ length: 50 }, () => added("BOEK-2")));
  await consentAndObserve(desk, stranger(), guest);
  await erased(desk);
  const { code, registration } = await atTheKiosk(desk, database);
  const stream = readStream(await desk.pull(phone));
  const { seq, hash } = snapshotOf((await stream.wait("snapshot"))[0]);
  const cursor = encodeCursor(helloOf((await stream.wait("hello"))[0]).epoch, seq, hash);
  await stream.leave();
  const feedCursor = ((await (await desk.server.fetch(new Request("https://sync.example/v1/feed?limit=20", { headers: { authorization: "Bearer sk_test" } }))).json()) as { cursor: string }).cursor;
  return { desk, sites, anna: { phone, laptop, log, cursor, head: seq }, guest, usedToken, code, registration, feedCursor };
}

async function consentAndObserve(desk: Desk, ...visitors: readonly Voice[]): Promise<void> {
  for (const who of visitors) {
    await desk.push(who, [chosen({ analytics: true })]);
    const observations = [observed("page-viewed", { page: "https://shop.example/schoenen" }), observed("vital-measured", { name: "LCP", value: 1_234.5, of: "visit-1", page: "https://shop.example/" })];
    const { status, body } = await desk.post(PATHS.observe, { ...who, visitAt: desk.now, observations });
    expect({ status, body }).toMatchObject({ status: 200, body: { answers: observations.map(({ id }) => [id, "kept"]) } });
  }
}

/** Somebody who was forgotten: of their receipt the link stays, and the feed says that the log is gone. */
async function erased(desk: Desk): Promise<void> {
  const who = stranger();
  await signIn(desk, who, "berta");
  await desk.push(who, [decided()]);
  const answer = await desk.server.fetch(new Request("https://sync.example/v1/customers/berta", { method: "DELETE", headers: { authorization: "Bearer sk_test" } }));
  expect(answer.status).toBe(200);
}

async function atTheKiosk(desk: Desk, database: string): Promise<{ code: string; registration: string }> {
  const store = await openStore(database);
  const announced = await store.transact((tx) => announceKiosk(tx, { site: "pk_test", store: "GENT", name: "Kiosk 3" }, desk.now));
  await store.transact((tx) => announceKiosk(tx, { site: "pk_test", store: "AALST", name: "Kiosk 1" }, desk.now));
  await store.close();
  const [registration, start] = [randomBytes(32).toString("base64url"), id()];
  expect((await desk.post(PATHS.kioskRegister, { v: 1, site: "pk_test", code: announced.code, registration })).status).toBe(200);
  expect((await desk.post(PATHS.kioskStart, { v: 1, site: "pk_test", registration, start })).status).toBe(200);
  const visit = { ...stranger({ channel: "kiosk" }), kiosk: { registration, start } };
  await desk.push(visit, [added("KIOSK-1", 3)]);
  const { code } = (await desk.post(PATHS.offer, { ...visit, mode: "take", url: "https://shop.example/" })).body as { code: string };
  return { code, registration };
}

/** Codes and links: single use, short-lived, hard to guess, and nothing happens by merely looking. */
import { beforeEach, expect, test } from "vitest";
import { ALPHABET, CODE_MS } from "../../src/wire/handoff.js";
import { PATHS } from "../../src/wire/version.js";
import "./described.js";
import { added, type Answer, createDesk, type Desk, emptyDatabase, expectRefusal, stranger, type Voice } from "./desk.js";
import { readLedger } from "./ledger.js";
import { readStream } from "./stream.js";

let desk: Desk;
let kiosk: Voice;
let ledger: ReturnType<typeof readLedger>;

beforeEach(async () => {
  const database = emptyDatabase();
  desk = await createDesk({ database });
  ledger = readLedger(database);
  kiosk = stranger({ channel: "kiosk" });
  await desk.push(kiosk, [added("SCHOEN-42", 2)]);
});

async function offer(mode = "take"): Promise<{ code: string; token: string; expiresAt: number }> {
  return (await desk.post(PATHS.offer, { ...kiosk, mode, url: "https://shop.example/" })).body as { code: string; token: string; expiresAt: number };
}

const look = (key: string, address?: string): Promise<Answer> => desk.post(PATHS.preview, { v: 1, site: "pk_test", key }, address === undefined ? {} : { address });
const take = (key: string, who = stranger()): Promise<Answer> => desk.post(PATHS.accept, { ...who, key });

test("a code has eight consonants, a link 128 random bits, both are good for 120 seconds, and none comes twice", async () => {
  const offers = await Promise.all(Array.from({ length: 50 }, () => offer()));
  for (const { code, token, expiresAt } of offers) {
    expect(code).toMatch(new RegExp(`^[${ALPHABET}]{8}$`));
    expect(token).toMatch(/^[\w-]{22}$/);
    expect(expiresAt).toBe(desk.now + CODE_MS);
  }
  expect(ALPHABET).toMatch(/^[^AEIOUY]{20}$/);
  expect(new Set(offers.flatMap(({ code, token }) => [code, token])).size).toBe(100);
});

test("a code opens once: for whoever comes second it is as if it had never been", async () => {
  const { code, token } = await offer();
  const phone = stranger();
  expect((await take(code, phone)).body).toMatchObject({ status: "done" });
  const never = await take("BCDFGHJK");
  for (const key of [code, token]) {
    const late = await take(key);
    expectRefusal(late, "handoff-gone", 410);
    expect(late.body).toEqual(never.body);
  }
  expect((await take(code, phone)).body).toMatchObject({ status: "done" }); // the same phone again: a lost answer
});

test("a code that is 120 seconds old opens nothing", async () => {
  const { code, token } = await offer();
  desk.now += CODE_MS;
  expect((await look(code)).status).toBe(200);
  desk.now += 1;
  for (const key of [code, token]) {
    expectRefusal(await look(key), "handoff-gone", 410);
    expectRefusal(await take(key), "handoff-gone", 410);
  }
});

test("looking changes no cart, makes no device, and consumes nothing, however many previews a messenger makes", async () => {
  const { token } = await offer();
  const { handoffs: _, ...before } = ledger.rows();
  for (let i = 0; i < 10; i++) expect((await look(token)).body).toMatchObject({ mode: "take", cart: { quantity: 2 } });
  for (const path of Object.values(PATHS)) {
    for (const method of ["GET", "HEAD"]) await desk.server.fetch(new Request(`https://sync.example${path}?key=${token}#carryover=${token}`, { method }));
  }
  const { handoffs: __, ...after } = ledger.rows();
  expect(after).toEqual(before);
  expect((await take(token)).status).toBe(200);
});

test("every answer about a handoff is kept by nobody on the way, and sends no address on", async () => {
  const { code } = await offer();
  const answers = [await look(code), await look("BCDFGHJK"), await desk.post(PATHS.accept, "nonsense"), await take(code), await desk.post(PATHS.cancel, kiosk)];
  for (const { headers } of answers) {
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
  }
});

test("who has guessed wrong five times in a minute waits, by looking and by taking alike; the neighbour does not", async () => {
  const { code } = await offer();
  for (let i = 0; i < 5; i++) {
    const guess = i % 2 === 0 ? look("BCDFGHJK", "10.0.0.1") : desk.post(PATHS.accept, { ...stranger(), key: "CDFGHJKL" }, { address: "10.0.0.1" });
    expectRefusal(await guess, "handoff-gone", 410);
    desk.now += 1_000;
  }
  const waits = await look(code, "10.0.0.1");
  expectRefusal(waits, "too-many-tries", 429);
  expect(waits.headers.get("retry-after")).toBe("55");
  expect((await look(code, "10.0.0.2")).status).toBe(200);
  desk.now += 55_000;
  expect((await look(code, "10.0.0.1")).status).toBe(200);
});

test("a thousand addresses together get three hundred guesses a minute and no more", async () => {
  const { code } = await offer();
  for (let i = 0; i < 300; i++) expect((await look("BCDFGHJK", `10.1.${i >> 8}.${i & 255}`)).status).toBe(410);
  expectRefusal(await look(code, "10.9.9.9"), "too-many-tries", 429);
});

test("join waits for the number: a wrong one ends it, and only the offering screen may say it", async () => {
  const { code } = await offer("join");
  const [desktop, thief] = [stranger(), stranger()];
  const { number } = (await take(code, desktop)).body as { number: number };
  expectRefusal(await desk.post(PATHS.approve, { ...desktop, number }), "handoff-gone", 410);
  expectRefusal(await desk.post(PATHS.approve, { ...thief, number }), "credential-unknown", 401);
  expectRefusal(await desk.post(PATHS.progress, { ...thief, key: code }), "handoff-gone", 410);
  expect((await desk.post(PATHS.approve, { ...kiosk, number: number === 10 ? 11 : 10 })).body).toMatchObject({ status: "declined" });
  expectRefusal(await desk.post(PATHS.approve, { ...kiosk, number }), "handoff-gone", 410);
});

test("the offering screen hears who opened its code, and three numbers that do not give away which is right", async () => {
  const stream = readStream(await desk.pull(kiosk));
  await stream.wait("snapshot");
  const { code } = await offer("join");
  await look(code);
  const desktop = stranger();
  const { number } = (await desk.post(PATHS.accept, { ...desktop, key: code, name: "Laptop" })).body as { number: number };
  const frames = await stream.wait("handoff", 2);
  expect(frames[0]?.data).toMatchObject({ status: "opened" });
  const asked = frames[1]?.data as { choices: number[] };
  expect(asked).toMatchObject({ status: "to-approve", other: { channel: "web", name: "Laptop" } });
  expect(asked).not.toHaveProperty("number");
  expect(asked.choices).toEqual([...new Set(asked.choices)].sort((a, b) => a - b));
  expect(asked.choices).toContain(number);
});

test("a screen cannot take its own cart, and a cart that was never made is nobody's to offer", async () => {
  const { code } = await offer();
  expectRefusal(await take(code, kiosk), "handoff-impossible", 409);
  expect((await take(code)).status).toBe(200);
  expectRefusal(await desk.post(PATHS.offer, { ...kiosk, mode: "take" }), "device-revoked", 401);
});

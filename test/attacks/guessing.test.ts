/** Guessing codes: a thousand addresses, a thousand live codes, an hour of counted time. */
import { expect, test } from "vitest";
import { CODES } from "../../src/server/code.js";
import { createTries, HOPE_PER_HOUR } from "../../src/server/tries.js";
import { ALPHABET } from "../../src/wire/handoff.js";
import { PATHS } from "../../src/wire/version.js";
import { times } from "../long.js";
import { record } from "../record.js";
import { type Answer, createDesk, type Desk, expectRefusal, stranger, type Voice } from "../server/desk.js";

const KIOSKS = times(40, 1_000);
const ADDRESSES = times(100, 1_000);
const MINUTE = 60_000;
const PATIENCE_MS = times(30_000, 600_000);

const addressOf = (n: number): string => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;
const guess = (): string => Array.from({ length: 8 }, () => ALPHABET[Math.floor(Math.random() * ALPHABET.length)]).join("");

interface Shop {
  readonly desk: Desk;
  readonly kiosks: readonly Voice[];
  /** Every kiosk shows a new code; they hold for two minutes. */
  show(): Promise<void>;
}

async function openShop(isPlaced: boolean, kiosks = KIOSKS): Promise<Shop> {
  const desk = await createDesk();
  const voices = Array.from({ length: kiosks }, () => stranger({ channel: "kiosk" }));
  return {
    desk, kiosks: voices,
    show: async () => void (await Promise.all(voices.map((kiosk, i) => desk.post(PATHS.offer, { ...kiosk, mode: "take", ...(isPlaced && { place: `Kiosk ${i}` }) })))),
  };
}

const look = ({ desk }: Shop, key: string, address: string, place?: string): Promise<Answer> => desk.post(PATHS.preview, { v: 1, site: "pk_test", key, place }, { address });

interface Found {
  readonly answered: number;
  readonly refused: number;
  readonly hits: number;
}

/** Every address guesses as often as it is let, for so many minutes; at a place each time, where codes have places. */
async function attack(shop: Shop, minutes: number, isPlaced: boolean): Promise<Found> {
  const found = { answered: 0, refused: 0, hits: 0 };
  for (let minute = 0; minute < minutes; minute += 1) {
    if (minute % 2 === 0) await shop.show();
    let turnedAway = 0;
    // Once so many in a row are turned away, so is everybody else in this minute.
    for (let n = 0; n < 6 * ADDRESSES && turnedAway < 25; n += 1) {
      const { status } = await look(shop, guess(), addressOf(n % ADDRESSES), isPlaced ? `Kiosk ${n % KIOSKS}` : undefined);
      expect([200, 410, 429]).toContain(status);
      found[status === 429 ? "refused" : "answered"] += 1;
      if (status === 200) found.hits += 1;
      turnedAway = status === 429 ? turnedAway + 1 : 0;
    }
    shop.desk.now += MINUTE;
  }
  return found;
}

test("codes of named kiosks: 300 guesses a minute are answered, and each can meet one code: less than one hit in a million hours", async () => {
  const minutes = times(3, 60);
  const began = Date.now();
  const { answered, refused, hits } = await attack(await openShop(true), minutes, true);
  const hitsPerHour = ((answered / minutes) * 60 * 1) / CODES; // one code at each place
  record("guessing-placed", { addresses: ADDRESSES, liveCodes: KIOSKS, minutes, answered, refused, hits, bound: (300 * 60) / CODES, hitsPerHour, seconds: Math.round((Date.now() - began) / 1_000) });
  expect(answered).toBe(300 * minutes);
  expect(hitsPerHour).toBeLessThanOrEqual(HOPE_PER_HOUR);
  expect(hits).toBe(0);
}, PATIENCE_MS);

test("codes without a place: a guess among so many weighs as many, and when the hour's hope is spent nobody types until it is over", async () => {
  const shop = await openShop(false, 1_000);
  const minutes = times(2, 59);
  const { answered, refused, hits } = await attack(shop, minutes, false);
  const hope = (answered * 1_000) / CODES;
  const bound = HOPE_PER_HOUR;
  record("guessing-without-place", { addresses: ADDRESSES, liveCodes: 1_000, minutes, answered, refused, hits, bound, hitsPerHour: hope });
  expect(answered).toBe(Math.floor((HOPE_PER_HOUR * CODES) / 1_000));
  expect(hope).toBeLessThanOrEqual(HOPE_PER_HOUR);
  expect(hits).toBe(0);

  await shop.show();
  const right = (await shop.desk.post(PATHS.offer, { ...stranger({ channel: "kiosk" }), mode: "take" })).body as { code: string; token: string };
  expectRefusal(await look(shop, right.code, "10.9.9.9"), "too-many-tries", 429);
  expect((await look(shop, right.token, "10.9.9.9")).status).toBe(200); // a camera guesses nothing
  shop.desk.now += 60 * MINUTE;
  const later = (await shop.desk.post(PATHS.offer, { ...stranger({ channel: "kiosk" }), mode: "take" })).body as { code: string };
  expect((await look(shop, later.code, "10.9.9.9")).status).toBe(200);
}, PATIENCE_MS);

test("of a code that somebody could really guess the server gives away no more than the chance there was", async () => {
  const [shop, other] = [await openShop(false, 60), await createDesk()];
  const offers = await Promise.all(shop.kiosks.map((kiosk) => shop.desk.post(PATHS.offer, { ...kiosk, mode: "take" })));
  const live = offers.map(({ body }) => (body as { code: string }).code);
  const strange = Array.from({ length: 240 }, guess);
  const answers = await Promise.all([...live, ...strange].map((code, n) => look(shop, code, addressOf(n))));
  expect(answers.map(({ status }) => status)).toEqual([...live.map(() => 200), ...strange.map(() => 410)]);
  // The same answer for what never was, what was used, and what is another site's or server's.
  const spent = live[0] as string;
  await shop.desk.post(PATHS.accept, { ...stranger(), key: spent }, { address: "10.2.0.1" });
  const bodies = [await look(shop, spent, "10.2.0.2"), await look(shop, guess(), "10.2.0.3"), await other.post(PATHS.preview, { v: 1, site: "pk_test", key: live[1] })].map(({ body }) => body);
  expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
});

test("at one kiosk twenty wrong codes a minute are heard, from however many addresses; its neighbours are not disturbed", async () => {
  const shop = await openShop(true, 2);
  await shop.show();
  for (let n = 0; n < 20; n += 1) expectRefusal(await look(shop, guess(), addressOf(n), "Kiosk 0"), "handoff-gone", 410);
  expectRefusal(await look(shop, guess(), addressOf(99), "kiosk 0"), "too-many-tries", 429);
  expectRefusal(await look(shop, guess(), addressOf(99), "Kiosk 1"), "handoff-gone", 410);
});

test("a code opens nothing but at its place, and one without a place nothing at any", async () => {
  const desk = await createDesk();
  const offer = async (more: object): Promise<string> => ((await desk.post(PATHS.offer, { ...stranger(), mode: "copy", ...more })).body as { code: string }).code;
  const [there, anywhere] = [await offer({ place: "GENT" }), await offer({})];
  const ask = async (key: string, place?: string): Promise<number> => (await desk.post(PATHS.preview, { v: 1, site: "pk_test", key, place })).status;
  expect([await ask(there, "GENT"), await ask(there, "gent"), await ask(there, "UTRECHT"), await ask(there), await ask(anywhere), await ask(anywhere, "GENT")]).toEqual([200, 200, 410, 410, 200, 410]);
});

test("one household is one guesser, however many addresses it has; a number in front of them is believed of one's own proxies only", async () => {
  const plain = await createDesk();
  const ask = (desk: Desk, address: string, forwarded?: string): Promise<Answer> =>
    desk.post(PATHS.preview, { v: 1, site: "pk_test", key: guess() }, { address, ...(forwarded !== undefined && { headers: { "x-forwarded-for": forwarded } }) });
  for (let n = 0; n < 5; n += 1) await ask(plain, `2001:db8:0:7:${n}::1`, `10.0.0.${n}`);
  expectRefusal(await ask(plain, "2001:db8:0:7::99", "10.0.0.99"), "too-many-tries", 429);
  expectRefusal(await ask(plain, "2001:db8:0:8::99"), "handoff-gone", 410);
  for (let n = 0; n < 5; n += 1) await ask(plain, "::ffff:10.1.1.1");
  expectRefusal(await ask(plain, "10.1.1.1"), "too-many-tries", 429);

  const behind = await createDesk({ trustProxy: 1 });
  for (let n = 0; n < 5; n += 1) await ask(behind, "10.0.0.1", `6.6.6.${n}, 10.7.7.7`);
  expectRefusal(await ask(behind, "10.0.0.1", "6.6.6.99, 10.7.7.7"), "too-many-tries", 429);
  expectRefusal(await ask(behind, "10.0.0.1", "10.7.7.7, 10.8.8.8"), "handoff-gone", 410);
});

test("a typed code is looked at five times; whoever has overheard it sees no more, and the link still opens", async () => {
  const desk = await createDesk();
  const { code, token } = (await desk.post(PATHS.offer, { ...stranger(), mode: "copy" })).body as { code: string; token: string };
  const ask = async (key: string): Promise<number> => (await desk.post(PATHS.preview, { v: 1, site: "pk_test", key })).status;
  for (let n = 0; n < 5; n += 1) expect(await ask(code)).toBe(200);
  expect([await ask(code), await ask(token)]).toEqual([410, 200]);
});

test("the count itself has room for ten thousand guessers: a million addresses push out the oldest, and do not fill the memory", () => {
  let now = 0;
  const tries = createTries(() => now);
  const wrong = (address: string, isTyped = false): void => tries.wrong({ address, isTyped, live: 1 });
  const isHeard = (address: string, isTyped = false): boolean => {
    try {
      tries.check({ address, isTyped, live: 1 });
      return true;
    } catch {
      return false;
    }
  };
  for (let n = 0; n < 5; n += 1) wrong("first");
  for (let n = 0; n < 9_999; n += 1) wrong(addressOf(n));
  expect(isHeard("first")).toBe(false);
  wrong("one more");
  expect(isHeard("first")).toBe(true);
  for (let n = 0; n < 300; n += 1) wrong(addressOf(n), true);
  expect(isHeard("somebody new", true)).toBe(false); // who was pushed out meets the limit for all
  now += MINUTE;
  expect(isHeard("somebody new", true)).toBe(true);
});

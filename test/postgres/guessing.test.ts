/** Whoever guesses codes at several servers of one shop gets no more tries than at one. */
import { beforeEach, describe, expect, test } from "vitest";
import { CODES } from "../../src/server/code.js";
import { createServer } from "../../src/server/index.js";
import { openStore } from "../../src/server/store/open.js";
import { HOPE_PER_HOUR } from "../../src/server/tries.js";
import { ALPHABET } from "../../src/wire/handoff.js";
import { PATHS } from "../../src/wire/version.js";
import { askPostgres } from "../server/database.js";
import { type Answer, atEnd, createDesk, type Desk, emptyDatabase, expectRefusal, site, stranger } from "../server/desk.js";

const MINUTE = 60_000;
const LIVE = 400;

let desks: readonly Desk[];
let database: string;

const guess = (): string => Array.from({ length: 8 }, () => ALPHABET[Math.floor(Math.random() * ALPHABET.length)]).join("");
const addressOf = (n: number): string => `10.0.${n >> 8}.${n & 255}`;

interface Try {
  readonly key?: string;
  readonly address?: string;
  readonly place?: string;
}

/** At one server after the other. */
const look = (n: number, { key = guess(), address = addressOf(n), place }: Try = {}): Promise<Answer> => (desks[n % desks.length] as Desk).post(PATHS.preview, { v: 1, site: "pk_test", key, place }, { address });

/** All of them in the same moment; how many were told that their code is wrong. */
async function crowd(size: number, more: (n: number) => Try = () => ({})): Promise<number> {
  const answers = await Promise.all(Array.from({ length: size }, (_, n) => look(n, more(n))));
  expect(answers.map(({ status }) => status).filter((status) => status !== 410 && status !== 429)).toEqual([]);
  return answers.filter(({ status }) => status === 410).length;
}

const later = (ms: number): void => desks.forEach((desk) => void (desk.now += ms));
const offer = async (more: object = {}): Promise<{ code: string; token: string }> => ((await (desks[0] as Desk).post(PATHS.offer, { ...stranger({ channel: "kiosk" }), mode: "copy", ...more })).body) as { code: string; token: string };

describe.each([2, 3])("at %i servers", (servers) => {
  beforeEach(async () => {
    database = emptyDatabase();
    desks = await Promise.all(Array.from({ length: servers }, () => createDesk({ database })));
  });

  test("one address is told five times a minute that its code is wrong, though it asks all servers at once", async () => {
    expect(await crowd(60, () => ({ address: "192.0.2.1" }))).toBe(5);
    for (let n = 0; n < servers; n += 1) expectRefusal(await look(n, { address: "192.0.2.1" }), "too-many-tries", 429);
    later(MINUTE);
    expect(await crowd(60, () => ({ address: "192.0.2.1" }))).toBe(5);
  });

  test("at one kiosk twenty wrong codes a minute are heard, from however many addresses, and its neighbours are not disturbed", async () => {
    expect(await crowd(80, () => ({ place: "Kiosk 1" }))).toBe(20);
    expectRefusal(await look(1, { address: "192.0.2.9", place: "kiosk 1" }), "too-many-tries", 429);
    expectRefusal(await look(0, { address: "192.0.2.9", place: "Kiosk 2" }), "handoff-gone", 410);
  });

  test("from everybody together three hundred a minute are heard", async () => {
    const [first, second] = [await crowd(250, (n) => ({ place: `Kiosk ${n}` })), await crowd(250, (n) => ({ address: `10.9.${n >> 8}.${n & 255}`, place: `Kiosk ${n}` }))];
    expect([first, second]).toEqual([250, 50]);
  });
});

describe("what all of them remember", () => {
  beforeEach(async () => {
    database = emptyDatabase();
    desks = [await createDesk({ database }), await createDesk({ database })];
  });

  test("where codes have no place a guess weighs as many as are live, and when the hour's hope is spent nobody types at any server; links still open", async () => {
    await Promise.all(Array.from({ length: LIVE }, () => offer()));
    expect(await crowd(150)).toBe(Math.floor((HOPE_PER_HOUR * CODES) / LIVE));
    const { code, token } = await offer();
    for (const n of [0, 1]) expectRefusal(await look(n, { key: code, address: "192.0.2.9" }), "too-many-tries", 429);
    expect((await look(1, { key: token, address: "192.0.2.9" })).status).toBe(200);
    later(60 * MINUTE);
    const { code: fresh } = await offer();
    expect((await look(1, { key: fresh })).status).toBe(200);
  });

  test("a place that no database would keep has no codes, and a guess there is a guess", async () => {
    for (const place of ["Kiosk \0", "Kiosk \ud800"]) expectRefusal(await look(0, { place, address: "192.0.2.1" }), "handoff-gone", 410);
    expect(await crowd(10, () => ({ address: "192.0.2.1" }))).toBe(3);
    expect(desks.flatMap(({ faults }) => faults)).toEqual([]);
  });

  test("a server that is started anew has forgotten nothing of it", async () => {
    expect(await crowd(10, () => ({ address: "192.0.2.1" }))).toBe(5);
    desks = [await createDesk({ database })];
    expectRefusal(await look(0, { address: "192.0.2.1" }), "too-many-tries", 429);
  });

  test("a code that is right is not counted, and spends no hope of others", async () => {
    const { code } = await offer();
    for (let n = 0; n < 5; n += 1) expect((await look(n, { key: code, address: "192.0.2.1" })).status).toBe(200);
    expect(askPostgres(database, "SELECT count(*) FROM carryover.wrong_codes").trim()).toBe("0");
    expect(await crowd(10, () => ({ address: "192.0.2.1" }))).toBe(5);
  });

  test("while the count cannot be asked nobody is told whether a code is right, not even who has the right one", async () => {
    const { code } = await offer();
    const other = await openStore(database);
    atEnd(() => other.close());
    let answers: readonly Answer[] = [];
    await other.transact(async (tx) => {
      await tx.wrongCodes({ address: "somebody" }, 0); // and goes on for longer than anybody waits
      answers = await Promise.all([look(0, { key: code }), look(1, { key: code })]);
    });
    for (const answer of answers) expectRefusal(answer, "unavailable", 503);
    expect((await look(0, { key: code })).status).toBe(200);
    for (const desk of desks) desk.faults.length = 0; // the database's own word of it, which whoever runs the server hears
  });

  test("the database names neither who guessed nor where, and forgets them all after an hour", async () => {
    await crowd(30, (n) => ({ place: n % 2 === 0 ? "Kiosk Gent" : "Kiosk Utrecht", address: `192.0.2.${n}` }));
    const kept = (): string => askPostgres(database, "SELECT address, place FROM carryover.wrong_codes");
    expect(kept().trim().split("\n")).toHaveLength(30);
    expect(kept()).not.toMatch(/192|kiosk|gent|pk_test/i);
    const now = (desks[0] as Desk).now + 3 * 60 * MINUTE;
    await (await createServer({ database, sites: [site], now: () => now })).close(); // a server that starts clears away
    expect(askPostgres(database, "SELECT (SELECT count(*) FROM carryover.wrong_codes) + (SELECT count(*) FROM carryover.spent_hope)").trim()).toBe("0");
  });
});

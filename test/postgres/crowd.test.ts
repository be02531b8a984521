/** Pushes that wait at the same moment share a commit, and nothing else: each is answered as if it had been alone. */
import { expect, test } from "vitest";
import { PATHS } from "../../src/wire/version.js";
import { openStore } from "../../src/server/store/open.js";
import { decided, signIn } from "../server/consent.js";
import { changePostgres } from "../server/database.js";
import { added, type Answer, atEnd, createDesk, type Desk, emptyDatabase, event, expectRefusal, stranger, type Voice } from "../server/desk.js";
import { countRounds } from "./rounds.js";

const SCREENS = 60;

/** Sixty screens that have pushed before, so that the server knows their carts. */
async function crowd(): Promise<{ desk: Desk; database: string; screens: readonly Voice[]; logs: readonly string[] }> {
  const database = emptyDatabase();
  const desk = await createDesk({ database });
  const screens = Array.from({ length: SCREENS }, () => stranger());
  const logs = await Promise.all(screens.map(async (screen) => (await desk.push(screen, [added("BEFORE")])).log));
  return { desk, database, screens, logs };
}

const pushAll = (desk: Desk, screens: readonly Voice[], events = (_: number): unknown[] => [added("A")]): Promise<Answer[]> => Promise.all(screens.map((screen, i) => desk.post(PATHS.push, { ...screen, events: events(i) })));
const verdictOf = ({ body }: Answer): unknown => (body as { answers: unknown[][] }).answers[0]?.slice(1);

test("sixty pushes in one moment are told to the database in a handful of sendings", async () => {
  const rounds = countRounds();
  const { desk, screens } = await crowd();
  await pushAll(desk, screens); // each connection knows its statements now
  const events = screens.map(() => event("line-added", { line: "A", n: 1 }));
  expect((await pushAll(desk, screens, (i) => [events[i]])).map(verdictOf)).toEqual(screens.map(() => ["applied", 3]));
  const count = rounds(...events.map(({ id }) => id));
  expect(count).toBeGreaterThan(0);
  expect(count).toBeLessThanOrEqual(12);
});

test("a push that the database objects to takes none of the others with it", async () => {
  const { desk, database, screens } = await crowd();
  await changePostgres(database, `CREATE FUNCTION carryover.object() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.body LIKE '%POISON%' THEN RAISE 'no'; END IF; RETURN NEW; END $$;
    CREATE TRIGGER object BEFORE INSERT ON carryover.entries FOR EACH ROW EXECUTE FUNCTION carryover.object()`);
  const answers = await pushAll(desk, screens, (i) => [added(i === 7 ? "POISON" : "A")]);
  expectRefusal(answers[7] as Answer, "unavailable", 503);
  expect(answers.filter((_, i) => i !== 7).map(verdictOf)).toEqual(Array(SCREENS - 1).fill(["applied", 2]));
  expect(desk.faults).toHaveLength(1);
});

test("a screen that was signed out, a stranger, a decision and a customer's two screens push in one moment, and each is answered as it should be", async () => {
  const { desk, screens } = await crowd();
  const [gone, wife, husband, decider, ...others] = screens as [Voice, Voice, Voice, Voice, ...Voice[]];
  await signIn(desk, wife, "anna");
  const { log } = await signIn(desk, husband, "anna");
  await signIn(desk, gone, "berta");
  expect((await desk.post(PATHS.signOut, { ...gone })).status).toBe(204);
  const everybody = [gone, wife, husband, decider, stranger(), ...others];
  const answers = await pushAll(desk, everybody, (i) => [i === 3 ? decided() : added("A")]);
  expectRefusal(answers[0] as Answer, "device-revoked", 401);
  expect(answers.slice(3).map(verdictOf)).toEqual([["applied", 2], ["applied", 1], ...others.map(() => ["applied", 2])]);
  const both = answers.slice(1, 3).map(({ body }) => body as { log: string; answers: [string, string, number][] });
  expect(both.map((answer) => answer.log)).toEqual([log, log]);
  const [one, two] = both.map(({ answers: [verdict] }) => verdict?.[2] ?? 0).sort((a, b) => a - b) as [number, number];
  expect(two).toBe(one + 1);
  expect(desk.faults).toEqual([]);
});

test("who waits for a cart that somebody else holds keeps nobody else waiting", async () => {
  const { desk, database, screens, logs } = await crowd();
  const other = await openStore(database);
  atEnd(() => other.close());
  let held: Promise<Answer> | undefined;
  await other.transact(async (tx) => {
    await tx.log(logs[0] as string); // somebody works on the first cart, for as long as this takes
    held = desk.post(PATHS.push, { ...(screens[0] as Voice), events: [added("A")] });
    expect((await pushAll(desk, screens.slice(1))).map(verdictOf)).toEqual(Array(SCREENS - 1).fill(["applied", 2]));
  });
  expect(verdictOf((await held) as Answer)).toEqual(["applied", 2]);
});

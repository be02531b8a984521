/** N4: hours without a network, a network that comes and goes, servers that ask for patience, streams that say nothing. */
import { expect, test } from "vitest";
import { createMemoryShelf } from "../../src/browser/shelf.js";
import { count, type Counted, countTime, createTown, read, type Screen, type Town } from "./town.js";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface Pair {
  readonly time: Counted;
  readonly town: Town;
  readonly phone: Screen;
  readonly desktop: Screen;
}

/** Anna's phone and desktop, both live. */
async function pair(): Promise<Pair> {
  const time = countTime();
  const town = await createTown();
  const [phone, desktop] = [town.screen({ storage: createMemoryShelf() }), town.screen()];
  const token = await town.token("anna");
  const done = [phone, desktop].map(({ shop }) => shop.signIn(token));
  await time.pass(2_000);
  await Promise.all(done);
  return { time, town, phone, desktop };
}

const whole = (screen: Screen): number => Object.values(read(screen)).reduce((sum, n) => sum + n, 0);

test("24 hours in flight mode with 500 gestures: all of it is on every screen within half a minute of the landing", async () => {
  const { time, phone, desktop } = await pair();
  phone.cut();
  const before = count(phone);
  for (let hour = 0; hour < 24; hour++) {
    for (let i = 0; i < 21; i++) phone.shop.cart.add(`P-${i}`);
    await time.pass(60_000, 5_000);
    await time.sleep(HOUR_MS - 60_000);
  }
  expect(whole(phone)).toBe(504);
  expect(count(phone) - before).toBeLessThan(24 * 60); // of 24 minutes awake; patience grows to half a minute
  const [pushes, all] = [count(phone, "push"), count(phone)];
  phone.mend();
  await time.pass(31_000);
  expect([whole(phone), whole(desktop), phone.shop.sync.state]).toEqual([504, 504, "live"]);
  expect(count(phone, "push") - pushes).toBeLessThanOrEqual(7); // six for the events, and one that had just failed
  expect(count(phone) - all).toBeLessThanOrEqual(10);
  expect(phone.problems).toEqual([]);
});

test("opened after seven days offline with 500 gestures: caught up within two seconds", async () => {
  const { time, town, phone, desktop } = await pair();
  const shelf = createMemoryShelf();
  const tablet = town.screen({ storage: shelf });
  const signing = tablet.shop.signIn(await town.token("anna"));
  await time.pass(1_000);
  await signing;
  tablet.cut();
  for (let i = 0; i < 500; i++) tablet.shop.cart.add(`P-${i % 20}`);
  await time.pass(1_000);
  tablet.shop.close();
  for (let i = 0; i < 50; i++) phone.shop.cart.add("SCHOEN-42");
  await time.sleep(7 * DAY_MS);
  await time.pass(60_000, 10_000);
  const again = town.screen({ storage: shelf });
  await time.pass(2_000, 100);
  expect([whole(again), whole(desktop), again.shop.sync.state]).toEqual([550, 550, "live"]);
});

test("a network that comes and goes every second: both screens go on, and end with the same", async () => {
  const { time, phone, desktop } = await pair();
  const before = count(phone);
  for (let second = 0; second < 120; second++) {
    if (second % 2 === 0) phone.cut();
    else phone.mend();
    phone.shop.cart.increase("SCHOEN-42");
    if (second % 3 === 0) desktop.shop.cart.increase("SCHOEN-42");
    await time.pass(700 + (second % 5) * 100, 100);
  }
  expect(count(phone) - before).toBeLessThan(600); // patience, though hope comes back every second
  phone.mend();
  await time.pass(31_000);
  expect([read(phone), read(desktop)]).toEqual([{ "SCHOEN-42": 160 }, { "SCHOEN-42": 160 }]);
  expect(phone.problems).toEqual([]);
});

test("twenty answers are lost one after the other, each after the server has written: everything counts once", async () => {
  const { time, phone, desktop } = await pair();
  for (let i = 0; i < 20; i++) {
    phone.loseAnswers(2);
    phone.shop.cart.increase("SCHOEN-42");
    phone.shop.cart.add("BOEK-1", 2);
    phone.shop.cart.decrease("BOEK-1");
    await time.pass(3_000);
  }
  phone.loseAnswers(0);
  await time.pass(31_000);
  const cart = { "SCHOEN-42": 20, "BOEK-1": 20 };
  expect([read(phone), read(desktop)]).toEqual([cart, cart]);
});

test.each<[string, () => Response, number]>([
  ["503 and a number of seconds", () => new Response("", { status: 503, headers: { "retry-after": "40" } }), 40_000],
  ["503 of our own", () => Response.json({ code: "unavailable", detail: "Later." }, { status: 503, headers: { "retry-after": "40" } }), 40_000],
  ["429 and a date", () => new Response("", { status: 429, headers: { "retry-after": new Date(Date.now() + 90_000).toUTCString() } }), 89_000],
])("%s: neither the way up nor the way down asks again before", async (_, answer, patienceMs) => {
  const time = countTime();
  const town = await createTown();
  const asked: Record<string, number[]> = {};
  let isBusy = false;
  const phone = town.screen({
    async fetch(input, init) {
      if (isBusy) (asked[new URL(String(input)).pathname] ??= []).push(Date.now());
      return isBusy ? answer() : town.server.fetch(new Request(input, init));
    },
  });
  phone.shop.cart.add("SCHOEN-42");
  await time.pass(1_000);
  isBusy = true;
  await town.server.close(); // the stream ends, the next one is refused
  phone.shop.cart.increase("SCHOEN-42");
  await time.pass(patienceMs + 60_000, 500);
  expect(Object.keys(asked).sort()).toEqual(["/v1/pull", "/v1/push"]);
  for (const [path, at] of Object.entries(asked)) {
    const pauses = at.slice(1).map((ms, i) => ms - (at[i] as number));
    expect(pauses.length, path).toBeGreaterThan(0);
    expect(Math.min(...pauses), path).toBeGreaterThanOrEqual(patienceMs);
  }
  expect([read(phone), phone.shop.sync.state, phone.problems]).toEqual([{ "SCHOEN-42": 2 }, "offline", []]);
});

test("a server that answers 500 for twenty seconds while the tab stays open: half a minute later everything is there", async () => {
  const time = countTime();
  const town = await createTown();
  let isIll = true;
  const phone = town.screen({ fetch: async (input, init) => (isIll ? new Response("Internal Server Error", { status: 500 }) : town.server.fetch(new Request(input, init))) });
  for (let second = 0; second < 20; second++) {
    phone.shop.cart.add(`P-${second % 4}`);
    await time.pass(1_000);
  }
  isIll = false;
  await time.pass(31_000);
  expect([whole(phone), phone.shop.sync.state, phone.problems]).toEqual([20, "live", []]);
});

test("a stream that stays open and silent is noticed after two and a half heartbeats, and taken up again", async () => {
  const { time, phone, desktop } = await pair();
  await time.pass(20_000); // past a heartbeat
  phone.silence();
  desktop.shop.cart.add("SCHOEN-42", 2);
  const before = count(phone, "pull");
  await time.pass(30_000);
  expect([read(phone), count(phone, "pull") - before]).toEqual([{}, 0]);
  await time.pass(10_000);
  expect([read(phone), phone.shop.sync.state]).toEqual([{ "SCHOEN-42": 2 }, "live"]);
});

test("what is done on a device whose stream is silent goes up at once all the same", async () => {
  const { time, phone, desktop } = await pair();
  phone.silence();
  phone.shop.cart.add("SCHOEN-42", 2);
  await time.pass(100);
  expect([read(phone), read(desktop)]).toEqual([{ "SCHOEN-42": 2 }, { "SCHOEN-42": 2 }]);
});

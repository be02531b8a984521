/** Clocks that are a day wrong, and laptops that sleep with the lid closed. */
import { expect, test } from "vitest";
import { type Counted, countTime, createTown, read, type Screen, type Town } from "./town.js";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface Family {
  readonly time: Counted;
  readonly town: Town;
  /** Its clock is a day fast. */
  readonly fast: Screen;
  /** Its clock is a day slow. */
  readonly slow: Screen;
}

/** One customer's screens, which have heard from the server. */
async function family(): Promise<Family> {
  const time = countTime();
  const town = await createTown();
  const [fast, slow] = [town.screen({ now: () => Date.now() + DAY_MS }), town.screen({ now: () => Date.now() - DAY_MS })];
  const token = await town.token("anna");
  const done = [fast, slow].map(({ shop }) => shop.signIn(token));
  await time.pass(1_000);
  await Promise.all(done);
  fast.shop.cart.add("SCHOEN-42");
  await time.pass(1_000);
  expect([read(fast), read(slow)]).toEqual([{ "SCHOEN-42": 1 }, { "SCHOEN-42": 1 }]);
  return { time, town, fast, slow };
}

test.each([
  ["fast", "slow", 3],
  ["slow", "fast", 5],
] as const)("both type a number offline, first the %s clock's, then the %s clock's: the later gesture counts, whatever the clocks say", async (first, second, outcome) => {
  const { time, ...screens } = await family();
  const numbers = { fast: 5, slow: 3 };
  for (const { cut } of [screens.fast, screens.slow]) cut();
  screens[first].shop.cart.setQuantity("SCHOEN-42", numbers[first]);
  screens[first].shop.cart.setField("SCHOEN-42", "note", first);
  await time.pass(5_000);
  screens[second].shop.cart.setQuantity("SCHOEN-42", numbers[second]);
  screens[second].shop.cart.setField("SCHOEN-42", "note", second);
  for (const name of [second, first]) { // what was done first arrives last
    screens[name].mend();
    await time.pass(31_000);
  }
  for (const screen of [screens.fast, screens.slow]) {
    expect(read(screen)).toEqual({ "SCHOEN-42": outcome });
    expect(screen.shop.state.cart.lines[0]?.fields).toEqual({ note: second });
  }
});

test("a device whose clock is a day fast and that has never heard from the server is believed no more than the moment it came", async () => {
  const { time, town, slow } = await family();
  slow.cut();
  const late = town.screen({ now: () => Date.now() + DAY_MS });
  late.cut();
  late.shop.cart.setQuantity("SCHOEN-42", 9);
  await time.pass(1_000);
  late.mend();
  const signing = late.shop.signIn(await town.token("anna"));
  await time.pass(31_000);
  await signing;
  slow.shop.cart.setQuantity("SCHOEN-42", 2); // later, and not having seen the nine
  slow.mend();
  await time.pass(31_000);
  expect([read(late), read(slow)]).toEqual([{ "SCHOEN-42": 2 }, { "SCHOEN-42": 2 }]);
});

test("a clock that is put right by a day in the middle of a visit disturbs nothing", async () => {
  const time = countTime();
  const town = await createTown();
  let wrongMs = DAY_MS;
  const [phone, other] = [town.screen({ now: () => Date.now() + wrongMs }), town.screen()];
  const token = await town.token("anna");
  const done = [phone, other].map(({ shop }) => shop.signIn(token));
  await time.pass(1_000);
  await Promise.all(done);
  phone.shop.cart.setQuantity("SCHOEN-42", 5);
  await time.pass(1_000);
  wrongMs = 0;
  phone.shop.cart.setQuantity("SCHOEN-42", 6);
  other.shop.cart.add("BOEK-1");
  await time.pass(60_000);
  phone.shop.cart.decrease("SCHOEN-42");
  await time.pass(1_000);
  const cart = { "SCHOEN-42": 5, "BOEK-1": 1 };
  expect([read(phone), read(other), phone.problems]).toEqual([cart, cart, []]);
  expect(phone.shop.sync.state).toBe("live");
});

test("a laptop wakes after a night with the lid closed: it sends at once, and hears of what the phone did as soon as the stream is found dead", async () => {
  const { time, fast: laptop, slow: phone } = await family();
  laptop.silence(); // the connection is dead, and nobody has told the laptop
  await time.sleep(9 * HOUR_MS);
  phone.shop.cart.add("BOEK-1", 2);
  laptop.shop.cart.increase("SCHOEN-42");
  await time.pass(1_000);
  expect(read(phone)).toEqual({ "SCHOEN-42": 2, "BOEK-1": 2 });
  await time.pass(40_000);
  const cart = { "SCHOEN-42": 2, "BOEK-1": 2 };
  expect([read(laptop), read(phone), laptop.shop.sync.state]).toEqual([cart, cart, "live"]);
});

test("a laptop that slept in a train wakes in another one without network, and catches up at home", async () => {
  const { time, fast: laptop, slow: phone } = await family();
  laptop.cut();
  await time.sleep(3 * HOUR_MS);
  laptop.shop.cart.increase("SCHOEN-42");
  phone.shop.cart.increase("SCHOEN-42");
  await time.pass(120_000, 5_000);
  await time.sleep(3 * HOUR_MS);
  laptop.mend();
  await time.pass(31_000);
  expect([read(laptop), read(phone), laptop.shop.sync.state]).toEqual([{ "SCHOEN-42": 3 }, { "SCHOEN-42": 3 }, "live"]);
});

/** A2: phone and desktop show one cart, without asking all the time, and catch up after a minute in a tunnel. */
import { expect, test } from "vitest";
import { count, countTime, createTown, read, type Screen, type Town, until } from "./town.js";

async function together(town: Town): Promise<[phone: Screen, desktop: Screen]> {
  const [phone, desktop] = [town.screen(), town.screen()];
  phone.shop.cart.add("SCHOEN-42", 2);
  phone.shop.cart.add("BOEK-1");
  await phone.shop.signIn(await town.token("anna"));
  await desktop.shop.signIn(await town.token("anna"));
  await until(() => Object.keys(read(desktop)).length === 2, "the desktop shows both lines");
  return [phone, desktop];
}

test("a line removed on the phone leaves the desktop within half a second, and the desktop asks for nothing", async () => {
  const town = await createTown();
  const [phone, desktop] = await together(town);
  const asked = count(desktop);
  const slowest: number[] = [];
  for (let i = 0; i < 20; i++) {
    const line = phone.shop.cart.add(`SOK-${i}`);
    await until(() => read(desktop)[line] === 1, "the desktop shows the socks");
    const from = performance.now();
    phone.shop.cart.remove(line);
    await until(() => read(desktop)[line] === undefined, "the desktop drops the socks");
    slowest.push(performance.now() - from);
  }
  expect(slowest.sort((a, b) => a - b)[18]).toBeLessThan(500);
  expect(count(desktop)).toBe(asked);
  expect(count(phone, "/pull")).toBeLessThanOrEqual(3); // as a visitor, and after signing in
});

test("through ten quiet minutes neither screen sends a single request, and the cart is still live", async () => {
  const time = countTime();
  const town = await createTown();
  const [phone, desktop] = [town.screen(), town.screen()];
  for (const screen of [phone, desktop]) {
    const signingIn = screen.shop.signIn(await town.token("anna"));
    await time.pass(1_000);
    await signingIn;
  }
  const asked = [count(phone), count(desktop)];
  await time.pass(10 * 60_000, 15_000);
  expect([count(phone), count(desktop)]).toEqual(asked);
  phone.shop.cart.add("SCHOEN-42");
  await time.pass(1_000);
  expect(read(desktop)).toEqual({ "SCHOEN-42": 1 });
  expect(count(desktop)).toBe(asked[1]);
});

test("after sixty seconds without network the desktop catches up: nothing twice, nothing missing, and it did not hammer", async () => {
  const time = countTime();
  const town = await createTown();
  const [phone, desktop] = [town.screen(), town.screen()];
  for (const screen of [phone, desktop]) {
    const signingIn = screen.shop.signIn(await town.token("anna"));
    await time.pass(1_000);
    await signingIn;
  }
  phone.shop.cart.add("SCHOEN-42", 2);
  await time.pass(1_000);
  const asked = count(desktop);
  desktop.cut();
  await time.pass(1_000);
  expect(desktop.shop.sync.state).toBe("offline");
  phone.shop.cart.add("BOEK-1");
  phone.shop.cart.increase("SCHOEN-42");
  desktop.shop.cart.increase("SCHOEN-42");
  desktop.shop.cart.add("SOK-1");
  await time.pass(60_000);
  expect(read(desktop)).toEqual({ "SCHOEN-42": 3, "SOK-1": 1 });
  expect(count(desktop) - asked).toBeLessThan(40);

  desktop.mend();
  await time.pass(31_000);
  const both = { "SCHOEN-42": 4, "BOEK-1": 1, "SOK-1": 1 };
  expect([read(phone), read(desktop)]).toEqual([both, both]);
  expect(desktop.shop.sync.state).toBe("live");
});

test("a thousand changes on both screens, with the line cut again and again, end in the same cart", async () => {
  const town = await createTown();
  const [phone, desktop] = await together(town);
  for (let i = 0; i < 100; i++) {
    const [one, other] = i % 2 === 0 ? [phone, desktop] : [desktop, phone];
    if (i % 10 === 3) other.cut();
    for (let n = 0; n < 5; n++) one.shop.cart.add(`P-${(i + n) % 7}`);
    other.shop.cart.increase("BOEK-1", 5);
    if (i % 10 === 5) [phone, desktop].forEach((screen) => screen.mend());
    if (i % 5 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  [phone, desktop].forEach((screen) => screen.mend());
  await Promise.all([phone.shop.sync.settled(), desktop.shop.sync.settled()]);
  const whole = (screen: Screen): number => Object.values(read(screen)).reduce((sum, n) => sum + n, 0);
  await until(() => whole(phone) === 1_003 && whole(desktop) === 1_003, "both have counted everything");
  expect(phone.shop.state.cart).toEqual(desktop.shop.state.cart);
});

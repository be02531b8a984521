/** N2, N3, N4: refused cookies, refused storage, no server. The cart works all the same. */
import { expect, test } from "vitest";
import { createMemoryShelf, type Shelf } from "../../src/browser/shelf.js";
import { count, countTime, createTown, read, until } from "./town.js";

test("N2: a shopper who refuses cookies loses no cart: not on this page, not on the next, not when signing in", async () => {
  const town = await createTown();
  const shelf = createMemoryShelf();
  const phone = town.screen({ storage: shelf });
  phone.shop.consent.withdraw();
  phone.shop.cart.add("SCHOEN-42", 2);
  await phone.shop.sync.settled();
  phone.shop.close();
  const next = town.screen({ storage: shelf });
  await next.shop.ready;
  expect(read(next)).toEqual({ "SCHOEN-42": 2 });
  expect(next.shop.state.consent.isDecided).toBe(true);
  await next.shop.signIn(await town.token("anna"));
  expect(read(next)).toEqual({ "SCHOEN-42": 2 });
});

test("N2: before a choice nothing is kept and nothing sent; after refusing, all refusers keep the same bytes, and no identifier", async () => {
  const town = await createTown();
  const bytes = await Promise.all(Array.from({ length: 20 }, async (_, i) => {
    const shelf = createMemoryShelf();
    const screen = town.screen({ storage: shelf, name: `Screen ${i}` });
    await screen.shop.ready;
    screen.shop.subscribe(() => {});
    expect([shelf.names(""), await shelf.load(), screen.sent]).toEqual([[], [], []]);
    if (i % 2 === 0) screen.shop.consent.withdraw();
    else screen.shop.consent.decide({ marketing: false, analytics: false, personalisation: false });
    if (i % 3 === 0) screen.shop.consent.withdraw(); // clicks twice
    await new Promise((resolve) => setImmediate(resolve));
    expect(screen.sent).toEqual([]);
    return JSON.stringify([shelf.names("").map((name) => [name, shelf.read(name)]), await shelf.load()]);
  }));
  expect(new Set(bytes).size).toBe(1);
  expect(bytes[0]).not.toMatch(/[\w-]{20,}/); // nothing as long as an id
});

const refuse = (): Promise<never> => Promise.reject(new DOMException("The quota has been exceeded.", "QuotaExceededError"));

/** What a browser gives that keeps nothing beyond the page. */
function broken(part: Partial<Shelf>): Shelf {
  return { ...createMemoryShelf(), isShared: true, ...part };
}

function forgetful(): Shelf {
  const { write, ...page } = createMemoryShelf();
  return { ...page, isShared: true, save: refuse, write: (name, value) => !write(name, value) };
}

test.each<[string, () => Shelf]>([
  ["keeps no word", forgetful],
  ["keeps words but no more", () => broken({ save: refuse, clear: refuse })],
  ["gives nothing back", () => broken({ load: refuse, save: refuse })],
])("N3: in a browser that %s everything works in memory, and the shop is told once", async (_, shelfOf) => {
  const town = await createTown();
  const [phone, desktop] = [town.screen({ storage: shelfOf() }), town.screen()];
  await phone.shop.ready;
  phone.shop.cart.add("SCHOEN-42", 2);
  expect(read(phone)).toEqual({ "SCHOEN-42": 2 });
  phone.shop.consent.withdraw();
  await phone.shop.signIn(await town.token("anna"));
  await desktop.shop.signIn(await town.token("anna"));
  for (let i = 0; i < 5; i++) phone.shop.cart.increase("SCHOEN-42");
  desktop.shop.cart.add("BOEK-1");
  await until(() => read(desktop)["SCHOEN-42"] === 7 && read(phone)["BOEK-1"] === 1, "both are live");
  await until(() => phone.problems.includes("storage-refused"), "the shop is told");
  await phone.shop.signOut();
  expect(read(phone)).toEqual({});
  phone.shop.cart.add("SOK-1");
  await phone.shop.sync.settled();
  expect(read(phone)).toEqual({ "SOK-1": 1 });
  expect(phone.problems).toEqual(["storage-refused"]);
});

test("N3: a shopper who returns to a browser that gives nothing back finds her cart, for the server has it", async () => {
  const town = await createTown();
  const shelf = createMemoryShelf();
  const before = town.screen({ storage: shelf });
  before.shop.cart.add("SCHOEN-42", 2);
  await before.shop.sync.settled();
  before.shop.close();
  const after = town.screen({ storage: { ...shelf, load: refuse } });
  await until(() => read(after)["SCHOEN-42"] === 2, "the cart is back");
  await after.shop.ready;
  after.shop.cart.increase("SCHOEN-42");
  await after.shop.sync.settled();
  expect(read(after)).toEqual({ "SCHOEN-42": 3 });
});

test("N4: the server is down for an hour: the shop works, tries again with patience, and catches up", async () => {
  const time = countTime();
  const town = await createTown();
  const phone = town.screen();
  phone.shop.cart.add("SCHOEN-42");
  await time.pass(2_000);
  phone.cut();
  const before = count(phone);
  for (let minute = 0; minute < 60; minute++) {
    phone.shop.cart.increase("SCHOEN-42");
    await time.pass(60_000, 5_000);
  }
  expect(read(phone)).toEqual({ "SCHOEN-42": 61 });
  // Up and down each wait half a minute at most, a quarter on average: about 480 in an hour, and far from 3 600.
  expect(count(phone) - before).toBeLessThan(700);
  phone.mend();
  await time.pass(35_000);
  expect(phone.shop.sync.state).toBe("live");
  expect(read(phone)).toEqual({ "SCHOEN-42": 61 });
  expect(phone.problems).toEqual([]);
});

test("N4: a hundred devices come back after an outage, not all in the same second", async () => {
  const time = countTime();
  const town = await createTown();
  const screens = Array.from({ length: 100 }, () => town.screen());
  screens.forEach((screen) => screen.cut());
  screens.forEach(({ shop }) => shop.cart.add("SCHOEN-42"));
  await time.pass(120_000, 5_000);
  screens.forEach((screen) => screen.mend());
  const back: number[] = [];
  for (let second = 0; second < 32; second++) {
    await time.pass(1_000);
    back.push(screens.filter(({ sent }) => sent.some(({ path, isAnswered }) => path === "/v1/push" && isAnswered)).length);
  }
  expect(back.at(-1)).toBe(100);
  const each = back.map((n, i) => n - (back[i - 1] ?? 0));
  expect(Math.max(...each)).toBeLessThan(20);
});

test("a server that asks for patience gets it, and one that answers nonsense is weather", async () => {
  const time = countTime();
  const town = await createTown();
  const answers = [
    new Response("<html>please log in to the train's wifi</html>", { headers: { "content-type": "text/html" } }),
    new Response("", { status: 502 }),
    new Response(JSON.stringify({ code: "unavailable", detail: "Later." }), { status: 503, headers: { "retry-after": "20", "content-type": "application/problem+json" } }),
  ];
  const tries: number[] = [];
  const phone = town.screen({
    async fetch(input, init) {
      tries.push(Date.now());
      const answer = answers.shift();
      return answer ?? town.server.fetch(new Request(input, init));
    },
  });
  phone.shop.cart.add("SCHOEN-42");
  await time.pass(60_000);
  expect(phone.shop.sync.state).toBe("live");
  expect(read(phone)).toEqual({ "SCHOEN-42": 1 });
  expect((tries[3] as number) - (tries[2] as number)).toBeGreaterThanOrEqual(20_000);
  expect(phone.problems).toEqual([]);
});

test("a customer's choice made offline, on a page that is left before its copy is kept, holds on the next page", async () => {
  const town = await createTown();
  const shelf = createMemoryShelf();
  const phone = town.screen({ storage: shelf });
  await phone.shop.signIn(await town.token("anna"));
  phone.cut();
  phone.shop.consent.decide({ analytics: true });
  phone.shop.close();
  const next = town.screen({ storage: shelf });
  next.cut();
  await next.shop.consent.when("analytics"); // once it is clear that nobody can be asked
  expect(next.shop.state).toMatchObject({ customer: { id: "anna" }, sync: { state: "offline" } });
});

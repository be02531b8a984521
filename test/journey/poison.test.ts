/** A change that the server refuses: the shop is told, it is taken back, and nothing behind it waits. */
import { expect, test } from "vitest";
import { createMemoryShelf } from "../../src/browser/shelf.js";
import { countTime, createTown, read, type Screen, type Town } from "./town.js";

/** A network on which additions of POISON arrive as what no server takes. */
function poisoned({ server }: Town): { fetch: typeof fetch; pushes: number[] } {
  const pushes: number[] = [];
  return {
    pushes,
    async fetch(input, init) {
      const body = JSON.parse(String(init?.body)) as { events?: { data?: { line?: string } }[] };
      if (body.events) pushes.push(body.events.length);
      const events = body.events?.map((event) => (event.data?.line?.startsWith("POISON") ? { ...event, data: { line: event.data.line } } : event));
      return server.fetch(new Request(input, { ...init, body: JSON.stringify({ ...body, ...(events && { events }) }) }));
    },
  };
}

const LINES = 60;

test.each([
  ["at the head", [0]],
  ["in the middle", [30]],
  ["at the end", [59]],
  ["in ten places", [0, 1, 2, 17, 18, 30, 41, 57, 58, 59]],
  ["everywhere", Array.from({ length: LINES }, (_, i) => i)],
])("refused changes %s of sixty: each is reported once and taken back, the others are on every screen, and none is sent twice", async (_, places) => {
  const time = countTime();
  const town = await createTown();
  const network = poisoned(town);
  const shelf = createMemoryShelf();
  const [phone, desktop] = [town.screen({ fetch: network.fetch, storage: shelf }), town.screen()];
  const token = await town.token("anna");
  const signing = [phone, desktop].map(({ shop }) => shop.signIn(token));
  await time.pass(1_000);
  await Promise.all(signing);
  network.pushes.length = 0;
  for (let i = 0; i < LINES; i++) phone.shop.cart.add(places.includes(i) ? `POISON-${i}` : `P-${i}`);
  expect(phone.shop.state.cart.lines).toHaveLength(LINES);
  await time.pass(600_000, 5_000);
  const left = Object.fromEntries(Array.from({ length: LINES }, (__, i) => i).filter((i) => !places.includes(i)).map((i) => [`P-${i}`, 1]));
  expect([read(phone), read(desktop)]).toEqual([left, left]);
  expect(phone.problems).toEqual(places.map(() => "event-malformed"));
  expect(network.pushes.reduce((sum, n) => sum + n, 0)).toBe(LINES);
  phone.shop.close();
  const next = town.screen({ fetch: network.fetch, storage: shelf });
  await time.pass(60_000, 5_000);
  expect([read(next), next.problems, network.pushes.reduce((sum, n) => sum + n, 0)]).toEqual([left, [], LINES]);
});

async function twoFull(time: ReturnType<typeof countTime>, town: Town): Promise<[Screen, Screen]> {
  const screens: [Screen, Screen] = [town.screen(), town.screen()];
  const token = await town.token("anna");
  const signing = screens.map(({ shop }) => shop.signIn(token));
  await time.pass(1_000);
  await Promise.all(signing);
  screens.forEach(({ shop, cut }, at) => {
    cut();
    for (let i = 0; i < 150; i++) shop.cart.add(`${at === 0 ? "A" : "B"}-${i}`);
  });
  await time.pass(1_000);
  return screens;
}

test("two phones fill one cart in a tunnel, 150 lines each: 200 are kept, the last hundred are refused one by one, and both show the same", async () => {
  const time = countTime();
  const town = await createTown();
  const [first, second] = await twoFull(time, town);
  first.mend();
  await time.pass(31_000);
  second.mend();
  await time.pass(120_000, 2_000); // in steps that no opening stream takes for silence
  expect([first.shop.state.cart.lines.length, first.problems]).toEqual([200, []]);
  expect(second.problems).toEqual(Array.from({ length: 100 }, () => "cart-full"));
  expect(JSON.stringify(second.shop.state.cart)).toBe(JSON.stringify(first.shop.state.cart));
  const asked = second.sent.filter(({ path }) => path === "/v1/push" ).length;
  await time.pass(600_000, 5_000);
  expect(second.sent.filter(({ path }) => path === "/v1/push").length).toBe(asked);
  first.shop.cart.remove("A-0");
  second.shop.cart.remove("A-1");
  await time.pass(1_000);
  second.shop.cart.add("SCHOEN-42");
  await time.pass(1_000);
  expect([read(first)["SCHOEN-42"], read(second)["SCHOEN-42"]]).toEqual([1, 1]);
});

test("more than a line may hold is refused on the second phone, and what it does afterwards goes through", async () => {
  const time = countTime();
  const town = await createTown();
  const [first, second] = [town.screen(), town.screen()];
  const token = await town.token("anna");
  const signing = [first, second].map(({ shop }) => shop.signIn(token));
  await time.pass(1_000);
  await Promise.all(signing);
  for (const { shop, cut } of [first, second]) {
    cut();
    shop.cart.add("SCHOEN-42", 6_000);
  }
  second.shop.cart.add("BOEK-1");
  second.shop.cart.increase("SCHOEN-42", 10); // fits, whatever became of the first
  first.mend();
  await time.pass(31_000);
  second.mend();
  await time.pass(31_000);
  const cart = { "SCHOEN-42": 6_010, "BOEK-1": 1 };
  expect([read(first), read(second), second.problems]).toEqual([cart, cart, ["quantity-too-high"]]);
});

test("a decision that the server refuses is told, and does not keep the cart from it", async () => {
  const time = countTime();
  const town = await createTown();
  let isStrange = true;
  const phone = town.screen({
    async fetch(input, init) {
      const body = String(init?.body);
      return town.server.fetch(new Request(input, { ...init, body: isStrange ? body.replace(/"scope":"device"/g, '"scope":"planet"') : body }));
    },
  });
  phone.shop.consent.decide({ analytics: true });
  phone.shop.cart.add("SCHOEN-42");
  await time.pass(60_000, 5_000);
  isStrange = false;
  expect([read(phone), phone.problems, phone.shop.sync.state]).toEqual([{ "SCHOEN-42": 1 }, ["event-malformed"], "live"]);
  expect(phone.shop.consent.allows("analytics")).toBe(true); // the device's own choice is on the device
});

test.each([
  [400, "request-malformed"],
  [413, "request-too-large"],
])("a request that is refused as a whole (%s, %s) because of one change in it: the change is found, the others go through", async (status, code) => {
  const time = countTime();
  const town = await createTown();
  let asked = 0;
  const phone = town.screen({
    async fetch(input, init) {
      const body = String(init?.body);
      asked += 1;
      if (body.includes("POISON")) return Response.json({ code, detail: "No.", retryable: false }, { status });
      return town.server.fetch(new Request(input, init));
    },
  });
  for (let i = 0; i < LINES; i++) phone.shop.cart.add(i === 23 || i === 44 ? `POISON-${i}` : `P-${i}`);
  await time.pass(120_000, 5_000);
  expect(phone.shop.state.cart.lines.map(({ sku }) => sku).filter((sku) => sku.startsWith("POISON"))).toEqual([]);
  expect([phone.shop.state.cart.lines.length, phone.problems, phone.shop.sync.state]).toEqual([LINES - 2, [code, code], "live"]);
  const before = asked;
  await time.pass(600_000, 5_000);
  expect([asked - before, before < 60]).toEqual([0, true]);
});

/** A firewall, or the server, objects to one change: it is found and reported, and those around it go through. */
import { expect, test } from "vitest";
import { countTime, createTown, type Town, until } from "./town.js";

/** Something in front of the server that answers with a page of its own when a request holds a word it dislikes. */
function firewall({ server }: Town, word: string, status = 403): { fetch: typeof fetch; pushes: string[] } {
  const pushes: string[] = [];
  return {
    pushes,
    async fetch(input, init) {
      const body = String(init?.body);
      if (String(input).endsWith("/v1/push")) pushes.push(body);
      if (body.includes(word)) return new Response("<h1>Blocked</h1>", { status, headers: { "content-type": "text/html" } });
      const request = new Request(input, init);
      request.headers.set("origin", "https://shop.example");
      return server.fetch(request);
    },
  };
}

test.each([400, 403, 413])("a firewall that answers %s to one change of sixty does not keep the others from the server", async (status) => {
  countTime();
  const town = await createTown();
  const wall = firewall(town, "DROP TABLE", status);
  const { shop, problems } = town.screen({ fetch: wall.fetch });
  const seen: string[] = [];
  town.server.watch(({ entries }) => seen.push(...entries.map(({ type }) => type)));
  for (let i = 0; i < 60; i += 1) shop.cart.add(`SKU-${i}`, 1, i === 23 ? { details: { note: "'; DROP TABLE carts" } } : {});
  await shop.sync.settled();
  expect(seen.filter((type) => type === "line-added")).toHaveLength(59);
  expect(problems).toEqual(["request-blocked"]);
  expect(shop.state.cart.lines).toHaveLength(59);
  expect(wall.pushes.length).toBeLessThan(40);
});

test("a lone change that is blocked is told from a server that is away, and is not sent for ever", async () => {
  const time = countTime();
  const town = await createTown();
  const wall = firewall(town, "DROP TABLE");
  const { shop, problems } = town.screen({ fetch: wall.fetch });
  shop.cart.add("SKU-1", 1, { details: { note: "DROP TABLE" } });
  await until(() => problems.length > 0, "the shop is told");
  const sent = wall.pushes.length;
  await time.pass(600_000);
  expect([wall.pushes.length - sent, problems, shop.state.cart.lines]).toEqual([0, ["request-blocked"], []]);
});

test("where everything is blocked nothing is given up: it is weather, and all of it goes up afterwards", async () => {
  const time = countTime();
  const town = await createTown();
  let isOpen = false;
  const through = firewall(town, "nothing has this in it");
  const { shop, problems } = town.screen({
    fetch: async (input, init) => (isOpen ? through.fetch(input, init) : new Response("<h1>Sign in to the network</h1>", { status: 403 })),
  });
  for (let i = 0; i < 5; i += 1) shop.cart.add(`SKU-${i}`);
  await time.pass(600_000);
  expect([problems, shop.state.cart.lines.length]).toEqual([[], 5]);
  isOpen = true;
  await time.pass(31_000);
  await shop.sync.settled();
  expect(shop.state.cart.lines).toHaveLength(5);
  expect(new Set(through.pushes.join().match(/SKU-\d/g)).size).toBe(5);
});

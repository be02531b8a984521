/** A captive portal: everything is answered with 200 by something that is not the server, as HTML and as JSON of its own. */
import { expect, test } from "vitest";
import { createMemoryShelf } from "../../src/browser/shelf.js";
import { countTime, createTown, read, type Screen, type Town } from "./town.js";

const portals: [string, () => Response][] = [
  ["HTML", () => new Response("<!doctype html><title>Welcome aboard</title>", { headers: { "content-type": "text/html" } })],
  ["JSON of its own", () => new Response('{"status":"login","now":"soon","answers":"none","entries":[]}', { headers: { "content-type": "application/json" } })],
  ["an empty page", () => new Response("")],
  ["null", () => new Response("null", { headers: { "content-type": "application/json" } })],
];

interface Aboard {
  readonly town: Town;
  readonly phone: Screen;
  readonly portal: { isThere: boolean };
}

/** A phone whose every request a portal answers, as long as it is there. */
async function aboard(answer: () => Response, storage = createMemoryShelf()): Promise<Aboard> {
  const town = await createTown({}, { now: () => Date.now() });
  const portal = { isThere: false };
  const phone = town.screen({ storage, fetch: async (input, init) => (portal.isThere ? answer() : town.server.fetch(new Request(input, init))) });
  return { town, phone, portal };
}

test.each(portals)("a portal that answers %s is bad weather: the cart works, is kept, and goes up when the portal has gone", async (_, answer) => {
  const time = countTime();
  const { phone, portal } = await aboard(answer);
  portal.isThere = true;
  phone.shop.cart.add("SCHOEN-42", 2);
  await time.pass(60_000);
  phone.shop.cart.increase("SCHOEN-42");
  expect([read(phone), phone.shop.sync.state]).toEqual([{ "SCHOEN-42": 3 }, "offline"]);
  portal.isThere = false;
  await time.pass(31_000);
  phone.shop.cart.setQuantity("SCHOEN-42", 5); // at a time that the portal has not confused
  await time.pass(1_000);
  expect([read(phone), phone.shop.sync.state, phone.problems]).toEqual([{ "SCHOEN-42": 5 }, "live", []]);
});

test.each(portals)("nobody is signed in by a portal that answers %s, and the guest's cart is untouched", async (_, answer) => {
  const time = countTime();
  const { town, phone, portal } = await aboard(answer);
  phone.shop.cart.add("SCHOEN-42");
  await time.pass(1_000);
  portal.isThere = true;
  await expect(phone.shop.signIn(await town.token("anna"))).rejects.toMatchObject({ code: "unreachable", retryable: true });
  await expect(phone.shop.handoff.offer("copy", { url: "https://shop.example/" })).rejects.toMatchObject({ code: "unreachable" });
  await expect(phone.shop.handoff.accept("BCDF-GHJK")).rejects.toMatchObject({ code: "unreachable" });
  expect([phone.shop.state.customer.isSignedIn, phone.shop.state.handoff, read(phone)]).toEqual([false, undefined, { "SCHOEN-42": 1 }]);
});

test.each(portals)("what was done before signing out behind a portal that answers %s is sealed, and delivered after the portal has gone", async (_, answer) => {
  const time = countTime();
  const shelf = createMemoryShelf();
  const { town, phone, portal } = await aboard(answer, shelf);
  const desktop = town.screen();
  const signedIn = [phone, desktop].map(async ({ shop }) => shop.signIn(await town.token("anna")));
  await time.pass(1_000);
  await Promise.all(signedIn);
  portal.isThere = true;
  phone.shop.cart.add("SCHOEN-42", 2);
  const leaving = phone.shop.signOut();
  await time.pass(3_000);
  await leaving;
  await time.pass(60_000);
  expect([read(phone), shelf.names("box:").length]).toEqual([{}, 1]);
  portal.isThere = false;
  await time.pass(31_000);
  expect([read(desktop), shelf.names("box:")]).toEqual([{ "SCHOEN-42": 2 }, []]);
});

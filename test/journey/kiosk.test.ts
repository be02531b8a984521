/** K1 and K2: a screen that strangers share forgets each of them, here and on the server. */
import { expect, test } from "vitest";
import { createMemoryShelf } from "../../src/browser/shelf.js";
import { count, countTime, createTown, read, type Screen, type Town, until } from "./town.js";

function kioskIn(town: Town): Screen {
  return town.screen({ kiosk: { idleMs: 60_000 }, name: "Kiosk 3" });
}

/** What the kiosk said it was, out of what it sent. */
function credentialOf({ sent }: Screen): string {
  return (JSON.parse(sent.find(({ path }) => path === "/v1/push")?.body ?? "{}") as { credential: string }).credential;
}

async function status(town: Town, path: string, credential: string): Promise<number> {
  const body = { v: 1, site: "pk_test", credential, channel: "kiosk", events: [] };
  const headers = { authorization: `Bearer ${credential}` };
  return (await town.server.fetch(new Request(`https://sync.shop.example${path}`, { method: "POST", body: JSON.stringify(body), headers }))).status;
}

test("K1: a shopper takes the kiosk's cart along by code; the kiosk is empty within a second and worth nothing to whoever kept its key", async () => {
  const town = await createTown();
  const [kiosk, phone] = [kioskIn(town), town.screen({ name: "Telefoon" })];
  phone.shop.cart.add("SOK-1");
  kiosk.shop.cart.add("SCHOEN-42", 2);
  kiosk.shop.cart.add("BOEK-1");
  const { code, url } = await kiosk.shop.handoff.offer("take", { url: "https://shop.example/cart" });
  expect(code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
  expect(url).toContain("#carryover=");

  const seen = await phone.shop.handoff.preview(code);
  expect(seen.from).toEqual({ channel: "kiosk", name: "Kiosk 3" });
  expect(seen.lines.map(({ sku, quantity }) => [sku, quantity])).toEqual([["SCHOEN-42", 2], ["BOEK-1", 1]]);
  expect(read(kiosk)).toEqual({ "SCHOEN-42": 2, "BOEK-1": 1 }); // looking takes nothing

  const key = credentialOf(kiosk);
  const from = performance.now();
  expect(await phone.shop.handoff.accept(code.toLowerCase().replace("-", " "))).toMatchObject({ status: "done", page: "https://shop.example/cart" });
  await until(() => Object.keys(read(kiosk)).length === 0, "the kiosk is empty");
  expect(performance.now() - from).toBeLessThan(1_000);
  expect(kiosk.shop.state.handoff).toMatchObject({ status: "done", other: { channel: "web", name: "Telefoon" } });
  await until(() => Object.keys(read(phone)).length === 3, "the phone has everything");
  expect(read(phone)).toEqual({ "SOK-1": 1, "SCHOEN-42": 2, "BOEK-1": 1 });
  expect(await Promise.all(["/v1/push", "/v1/pull", "/v1/sign-out"].map((path) => status(town, path, key)))).toEqual([401, 401, 401]);

  kiosk.shop.cart.add("JAS-3"); // the next shopper
  await kiosk.shop.sync.settled();
  expect(read(kiosk)).toEqual({ "JAS-3": 1 });
  await phone.shop.sync.settled();
  expect(read(phone)["JAS-3"]).toBeUndefined();
  expect(credentialOf({ ...kiosk, sent: [...kiosk.sent].reverse() })).not.toBe(key);
});

test("K1: the kiosk keeps nothing that a power cut could leave behind, even where the shop gave it a place to", async () => {
  const town = await createTown();
  const shelf = createMemoryShelf();
  const kiosk = town.screen({ kiosk: {}, storage: shelf });
  kiosk.shop.cart.add("SCHOEN-42");
  kiosk.shop.consent.decide({ marketing: true });
  await kiosk.shop.sync.settled();
  expect([shelf.names(""), await shelf.load()]).toEqual([[], []]);
});

test("K1: the phone takes the cart while the kiosk has no network; it is empty as soon as it hears of it", async () => {
  const town = await createTown();
  const [kiosk, phone] = [kioskIn(town), town.screen()];
  kiosk.shop.cart.add("SCHOEN-42", 2);
  const { code } = await kiosk.shop.handoff.offer("take", { url: "https://shop.example/" });
  kiosk.cut();
  await phone.shop.handoff.accept(code);
  await until(() => read(phone)["SCHOEN-42"] === 2, "the phone has it");
  kiosk.mend();
  await until(() => Object.keys(read(kiosk)).length === 0, "the kiosk is empty");
});

test("a cart that was taken along is in its new owner's cart once, though both answers to the phone are lost", async () => {
  const town = await createTown();
  const [kiosk, phone] = [kioskIn(town), town.screen()];
  kiosk.shop.cart.add("SCHOEN-42", 2);
  const { code } = await kiosk.shop.handoff.offer("take", { url: "https://shop.example/" });
  phone.loseAnswers(2);
  expect(await phone.shop.handoff.accept(code)).toMatchObject({ status: "done" });
  await until(() => read(phone)["SCHOEN-42"] === 2, "the phone has it");
  expect(await phone.shop.handoff.accept(code)).toMatchObject({ status: "done" }); // and by impatience
  await phone.shop.sync.settled();
  expect(read(phone)).toEqual({ "SCHOEN-42": 2 });
});

test("two phones scan the same code: one gets the cart, the other is told that it is gone", async () => {
  const town = await createTown();
  const [kiosk, one, two] = [kioskIn(town), town.screen(), town.screen()];
  kiosk.shop.cart.add("SCHOEN-42", 2);
  const { code, url } = await kiosk.shop.handoff.offer("take", { url: "https://shop.example/" });
  const outcomes = await Promise.allSettled([one.shop.handoff.accept(code), two.shop.handoff.accept(url)]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(outcomes.find(({ status }) => status === "rejected")).toMatchObject({ reason: { code: "handoff-gone" } });
  await until(() => (read(one)["SCHOEN-42"] ?? 0) + (read(two)["SCHOEN-42"] ?? 0) === 2, "one of them has it");
  await expect(two.shop.handoff.preview(code)).rejects.toMatchObject({ code: "handoff-gone" });
});

test("the kiosk's shopper is done: what is left is forgotten, and the next one finds nothing", async () => {
  const town = await createTown();
  const kiosk = kioskIn(town);
  kiosk.shop.cart.add("SCHOEN-42");
  kiosk.shop.consent.decide({ analytics: true, personalisation: true, marketing: true });
  await kiosk.shop.sync.settled();
  const key = credentialOf(kiosk);
  await kiosk.shop.signOut();
  expect(read(kiosk)).toEqual({});
  expect(kiosk.shop.state.consent).toMatchObject({ isDecided: true, purposes: { analytics: false, marketing: false } }); // and nobody is asked on a shared screen
  expect(await status(town, "/v1/pull", key)).toBe(401);
});

test("K2: a shopper walks away; after 50 seconds the kiosk asks, after 60 it has forgotten them, also on the server", async () => {
  const time = countTime();
  const town = await createTown();
  const kiosk = kioskIn(town);
  kiosk.shop.cart.add("SCHOEN-42");
  await time.pass(49_000);
  expect(kiosk.shop.state.kiosk).toBeUndefined();
  await time.pass(2_000);
  expect(kiosk.shop.state.kiosk?.endsAt).toBeGreaterThan(Date.now() + 8_000);
  expect(read(kiosk)).toEqual({ "SCHOEN-42": 1 });
  await time.pass(10_000);
  expect(read(kiosk)).toEqual({});
  expect(kiosk.shop.state.kiosk).toBeUndefined();
  expect(await status(town, "/v1/pull", credentialOf(kiosk))).toBe(401);

  const asked = kiosk.sent.length;
  await time.pass(10 * 60_000, 10_000);
  expect(kiosk.sent.length).toBe(asked); // nobody is there: nothing to watch, nothing to ask
});

test("K2: without network the kiosk forgets just as soon, and the server as soon as it can be told", async () => {
  const time = countTime();
  const town = await createTown();
  const kiosk = kioskIn(town);
  kiosk.shop.cart.add("SCHOEN-42");
  await time.pass(30_000);
  const key = credentialOf(kiosk);
  kiosk.cut();
  await time.pass(33_000);
  expect(read(kiosk)).toEqual({});
  await until(() => count(kiosk, "/sealed") > 0, "the kiosk tries to tell"); // sealing takes time that is not counted
  kiosk.mend();
  await time.pass(40_000);
  expect(await status(town, "/v1/pull", key)).toBe(401);
});

test("K2: a shopper who only answered the cookie question and walked away has left no answer for the next", async () => {
  const time = countTime();
  const town = await createTown();
  const kiosk = kioskIn(town);
  await time.pass(1_000);
  kiosk.shop.consent.decide({ analytics: true, marketing: true });
  expect(kiosk.shop.consent.allows("marketing")).toBe(true);
  await time.pass(62_000);
  expect(kiosk.shop.consent.allows("marketing")).toBe(false);
  expect(kiosk.sent).toEqual([]);
});

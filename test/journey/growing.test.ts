/** A17 and A18: a shop that grows: a new channel, a server after weeks without one, a page that reloads in the middle of it all. */
import { expect, test } from "vitest";
import { createMemoryShelf } from "../../src/browser/shelf.js";
import { createTown, read, type Screen, until } from "./town.js";

const alone = { endpoint: undefined as unknown as string };
const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function whole(screen: Screen): number {
  return Object.values(read(screen)).reduce((sum, n) => sum + n, 0);
}

test("A17: a site that gains the channel whatsapp takes its events, and whoever watches can tell them apart", async () => {
  const town = await createTown({ channels: ["web", "whatsapp"] });
  const seen: string[] = [];
  town.server.watch(({ entries }) => seen.push(...entries.filter(({ type }) => type === "line-added").map(({ channel }) => channel)));
  const [chat, web] = [town.screen({ channel: "whatsapp" }), town.screen()];
  chat.shop.cart.add("SCHOEN-42");
  await chat.shop.signIn(await town.token("anna"));
  await web.shop.signIn(await town.token("anna"));
  web.shop.cart.add("BOEK-1");
  await web.shop.sync.settled();
  await until(() => whole(chat) === 2 && whole(web) === 2, "both show both");
  expect(new Set(seen)).toEqual(new Set(["whatsapp", "web"]));
  expect(chat.problems).toEqual([]);
});

test("A17: a channel that the site does not declare is refused, the shop is told, and the cart still works on the screen", async () => {
  const town = await createTown();
  const chat = town.screen({ channel: "whatsapp" });
  chat.shop.cart.add("SCHOEN-42");
  await until(() => chat.problems.length > 0, "the shop is told");
  expect(new Set(chat.problems)).toEqual(new Set(["channel-unknown"]));
  chat.shop.cart.increase("SCHOEN-42");
  expect(read(chat)).toEqual({ "SCHOEN-42": 2 });
});

test("A18: weeks without a server, page after page; then there is one, and everything goes up once", async () => {
  const town = await createTown();
  const shelf = createMemoryShelf();
  for (let page = 0; page < 25; page++) {
    const { shop, sent } = town.screen({ ...alone, storage: shelf });
    await shop.ready;
    shop.cart.add("SCHOEN-42");
    if (page % 5 === 0) shop.cart.add("BOEK-1", 2);
    if (page === 20) shop.cart.decrease("BOEK-1", 3);
    if (page === 3) shop.consent.decide({ analytics: true });
    expect(shop.sync.state).toBe("local");
    await shop.sync.settled();
    shop.close();
    expect(sent).toEqual([]);
  }
  const cart = { "SCHOEN-42": 25, "BOEK-1": 7 };
  for (let page = 0; page < 3; page++) {
    const grown = town.screen({ storage: shelf });
    await grown.shop.ready;
    expect(read(grown)).toEqual(cart);
    expect(grown.shop.consent.allows("analytics")).toBe(true);
    await grown.shop.sync.settled();
    await until(() => grown.shop.sync.state === "live", "it is live");
    expect(read(grown)).toEqual(cart);
    grown.shop.close();
  }
  const [phone, other] = [town.screen({ storage: shelf }), town.screen()];
  await phone.shop.signIn(await town.token("anna"));
  await other.shop.signIn(await town.token("anna"));
  await until(() => whole(other) === 32, "the server has it all, once");
  expect(read(other)).toEqual(cart);
});

test("A18: a thousand gestures of a shopper without a server are a cart, not a queue, and every unit of it goes up", async () => {
  const town = await createTown();
  const shelf = createMemoryShelf();
  for (let page = 0; page < 4; page++) {
    const { shop } = town.screen({ ...alone, storage: shelf });
    await shop.ready;
    for (let i = 0; i < 250; i++) shop.cart.add(`P-${i % 20}`);
    shop.close();
  }
  const grown = town.screen({ storage: shelf });
  await grown.shop.ready;
  expect(whole(grown)).toBe(1_000);
  await grown.shop.sync.settled();
  await until(() => grown.shop.sync.state === "live", "it is live");
  expect([whole(grown), grown.problems]).toEqual([1_000, []]);
});

test("M1: the page is left in the same tick as the add, in any state of the push: the next page has the line, once", async () => {
  const town = await createTown();
  const shelf = createMemoryShelf();
  for (let page = 1; page <= 60; page++) {
    const { shop, hold, loseAnswers, cut } = town.screen({ storage: shelf });
    await shop.ready;
    expect(whole({ shop } as Screen)).toBe(page - 1);
    if (page % 4 === 0) hold();
    if (page % 4 === 1) loseAnswers(1);
    if (page % 4 === 2) cut();
    shop.cart.add("SCHOEN-42");
    for (let ticks = page % 7; ticks > 0; ticks--) await tick();
    shop.close();
  }
  const last = town.screen({ storage: shelf });
  await last.shop.ready;
  expect(read(last)).toEqual({ "SCHOEN-42": 60 });
  await last.shop.sync.settled();
  await until(() => last.shop.sync.state === "live", "it is live");
  expect(read(last)).toEqual({ "SCHOEN-42": 60 });
});

test("invariant 5: what was pushed and not acknowledged is never shown twice, in no moment of coming back", async () => {
  const town = await createTown();
  const shelf = createMemoryShelf();
  let done = 0;
  for (let round = 0; round < 15; round++) {
    const phone = town.screen({ storage: shelf });
    const seen: number[] = [];
    phone.shop.subscribe(() => seen.push(whole(phone)));
    await phone.shop.ready;
    expect(whole(phone)).toBe(done);
    phone.loseAnswers(round % 3); // the server has them, the phone does not know
    for (let i = 0; i < 10; i++) phone.shop.cart.add(`P-${i}`);
    done += 10;
    for (let ticks = 0; ticks < round; ticks++) await tick();
    if (round % 2 === 0) await phone.shop.sync.settled();
    phone.shop.close();
    expect(Math.max(...seen)).toBeLessThanOrEqual(done);
    expect(seen.every((n, i) => n >= (seen[i - 1] ?? 0) || i === 1)).toBe(true); // nothing flickers away either
  }
  const [last, other] = [town.screen({ storage: shelf }), town.screen()];
  await last.shop.signIn(await town.token("anna"));
  await other.shop.signIn(await town.token("anna"));
  await until(() => whole(last) === done && whole(other) === done, "both have counted everything once");
});

test("the server forgets everything: a guest's cart is written anew from what the phone has, once", async () => {
  const [before, after] = [await createTown(), await createTown()];
  const shelf = createMemoryShelf();
  const phone = before.screen({ storage: shelf });
  phone.shop.cart.add("SCHOEN-42", 2);
  phone.shop.cart.setField("SCHOEN-42", "note", "cadeau");
  await phone.shop.sync.settled();
  await until(() => phone.shop.sync.state === "live", "it is live");
  phone.shop.close();
  const again = after.screen({ storage: shelf });
  await again.shop.ready;
  await again.shop.sync.settled();
  await until(() => again.shop.sync.state === "live" && whole(again) === 2, "it is live again");
  expect(again.shop.state.cart.lines[0]?.fields).toMatchObject({ note: "cadeau" });
});

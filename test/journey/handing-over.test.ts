/** Handing a cart over by copy and join, on a bad line, with somebody else at the door. */
import { expect, test, vi } from "vitest";
import { countTime, createTown, read, type Screen, type Town, until } from "./town.js";

async function pair(town: Town): Promise<[phone: Screen, desktop: Screen]> {
  const [phone, desktop] = [town.screen({ name: "Telefoon" }), town.screen({ name: "Laptop" })];
  phone.shop.cart.add("SCHOEN-42", 2);
  desktop.shop.cart.add("BOEK-1");
  await Promise.all([phone.shop.sync.settled(), desktop.shop.sync.settled()]);
  return [phone, desktop];
}

const page = { url: "https://shop.example/" };

test("copy: the other screen gets the lines as its own, and the two carts go their own ways", async () => {
  const [phone, desktop] = await pair(await createTown());
  const { code } = await phone.shop.handoff.offer("copy", page);
  expect(await desktop.shop.handoff.accept(code)).toMatchObject({ status: "done", mode: "copy" });
  await until(() => read(desktop)["SCHOEN-42"] === 2, "the copy is there");
  desktop.shop.cart.increase("SCHOEN-42");
  phone.shop.cart.remove("SCHOEN-42");
  await Promise.all([phone.shop.sync.settled(), desktop.shop.sync.settled()]);
  expect([read(phone), read(desktop)]).toEqual([{}, { "BOEK-1": 1, "SCHOEN-42": 3 }]);
});

test("copy: the answers are lost and the button is pressed three times: the lines come once", async () => {
  const [phone, desktop] = await pair(await createTown());
  const { code } = await phone.shop.handoff.offer("copy", page);
  desktop.loseAnswers(2);
  await desktop.shop.handoff.accept(code);
  await Promise.all([desktop.shop.handoff.accept(code), desktop.shop.handoff.accept(code)]);
  await until(() => read(desktop)["SCHOEN-42"] === 2, "the copy is there");
  await desktop.shop.sync.settled();
  expect(read(desktop)).toEqual({ "BOEK-1": 1, "SCHOEN-42": 2 });
});

test("join: the answer to the approval is lost; both screens share one cart all the same", async () => {
  const [phone, desktop] = await pair(await createTown());
  const { code } = await phone.shop.handoff.offer("join", page);
  desktop.loseAnswers(1);
  const joined = desktop.shop.handoff.accept(code);
  await until(() => desktop.shop.state.handoff?.number !== undefined && phone.shop.state.handoff?.choices !== undefined, "the number is asked for");
  expect(phone.shop.state.handoff?.choices).toHaveLength(3);
  expect(phone.shop.state.handoff?.choices).toContain(desktop.shop.state.handoff?.number);
  phone.loseAnswers(1);
  await phone.shop.handoff.approve(desktop.shop.state.handoff?.number as number).catch(() => {});
  expect(await joined).toMatchObject({ status: "done" });
  const both = { "SCHOEN-42": 2, "BOEK-1": 1 };
  await until(() => Object.keys(read(phone)).length === 2 && Object.keys(read(desktop)).length === 2, "both have both");
  expect([read(phone), read(desktop)]).toEqual([both, both]);
});

test("join: a second screen that opens the code while the first waits is turned away, and the first is not disturbed", async () => {
  const town = await createTown();
  const [phone, desktop] = await pair(town);
  const thief = town.screen();
  const { code } = await phone.shop.handoff.offer("join", page);
  const joined = desktop.shop.handoff.accept(code);
  await until(() => desktop.shop.state.handoff?.number !== undefined && phone.shop.state.handoff?.choices !== undefined, "the number is asked for");
  await expect(thief.shop.handoff.accept(code)).rejects.toMatchObject({ code: "handoff-gone" });
  expect(phone.shop.state.handoff?.other).toEqual({ channel: "web", name: "Laptop" });
  await phone.shop.handoff.approve(desktop.shop.state.handoff?.number as number);
  expect(await joined).toMatchObject({ status: "done" });
  expect(read(thief)).toEqual({});
});

test("join, then one of them signs in: the customer takes the cart along, the other screen keeps what it shows and sees no more", async () => {
  const town = await createTown();
  const [phone, desktop] = await pair(town);
  const { code } = await phone.shop.handoff.offer("join", page);
  const joined = desktop.shop.handoff.accept(code);
  await until(() => desktop.shop.state.handoff?.number !== undefined && phone.shop.state.handoff?.choices !== undefined, "the number is asked for");
  await phone.shop.handoff.approve(desktop.shop.state.handoff?.number as number);
  await joined;
  await until(() => Object.keys(read(phone)).length === 2, "both have both");
  await phone.shop.signIn(await town.token("anna"));
  phone.shop.cart.add("GEHEIM-1");
  await phone.shop.sync.settled();
  const both = { "SCHOEN-42": 2, "BOEK-1": 1 };
  await until(() => desktop.shop.sync.state === "live", "the desktop is live");
  expect(read(desktop)).toEqual(both);
  await desktop.shop.signIn(await town.token("anna")); // her own desktop after all
  await until(() => read(desktop)["GEHEIM-1"] === 1, "one cart again");
  expect([read(phone), read(desktop)]).toEqual([{ ...both, "GEHEIM-1": 1 }, { ...both, "GEHEIM-1": 1 }]);
});

test("join, then one of them signs in: what the other takes away afterwards, in a tunnel or not, stays away", async () => {
  const town = await createTown();
  const [phone, desktop] = await pair(town);
  const { code } = await phone.shop.handoff.offer("join", page);
  const joined = desktop.shop.handoff.accept(code);
  await until(() => desktop.shop.state.handoff?.number !== undefined && phone.shop.state.handoff?.choices !== undefined, "the number is asked for");
  await phone.shop.handoff.approve(desktop.shop.state.handoff?.number as number);
  await joined;
  await until(() => Object.keys(read(phone)).length === 2 && Object.keys(read(desktop)).length === 2, "both have both");
  desktop.cut();
  desktop.shop.cart.remove("BOEK-1");
  await phone.shop.signIn(await town.token("anna"));
  desktop.mend();
  await desktop.shop.sync.settled();
  expect(read(desktop)).toEqual({ "SCHOEN-42": 2 });
  desktop.shop.cart.setQuantity("SCHOEN-42", 1);
  await desktop.shop.sync.settled();
  expect(read(desktop)).toEqual({ "SCHOEN-42": 1 });
  desktop.shop.cart.clear();
  await desktop.shop.sync.settled();
  expect([read(desktop), read(phone)]).toEqual([{}, { "SCHOEN-42": 2, "BOEK-1": 1 }]);
  await desktop.shop.signIn(await town.token("anna")); // what was cleared there had been this very cart
  await until(() => Object.keys(read(phone)).length === 0, "the phone follows");
});

test("an offer that was taken back, or followed by a newer one, opens nothing", async () => {
  const [phone, desktop] = await pair(await createTown());
  const first = await phone.shop.handoff.offer("copy", page);
  const second = await phone.shop.handoff.offer("copy", page);
  await expect(desktop.shop.handoff.accept(first.code)).rejects.toMatchObject({ code: "handoff-gone" });
  await phone.shop.handoff.cancel();
  expect(phone.shop.state.handoff).toBeUndefined();
  await expect(desktop.shop.handoff.accept(second.url)).rejects.toMatchObject({ code: "handoff-gone" });
  expect(read(desktop)).toEqual({ "BOEK-1": 1 });
});

test("a signed-in customer's cart is handed to nobody: signing in there is the way", async () => {
  const town = await createTown();
  const [phone] = await pair(town);
  await phone.shop.signIn(await town.token("anna"));
  await expect(phone.shop.handoff.offer("take", page)).rejects.toMatchObject({ code: "handoff-impossible" });
});

test("undo of a copy: what was copied goes, what was here shows again as it was, and what came since stays, also after a sign-in", async () => {
  const town = await createTown();
  const [phone, desktop] = [town.screen({ name: "Telefoon" }), town.screen({ name: "Laptop" })];
  phone.shop.cart.add("SCHOEN-42", 2, { details: { title: "Van de telefoon" } });
  phone.shop.cart.addCoupon("WEB10");
  desktop.shop.cart.add("SCHOEN-42", 1, { details: { title: "Van de laptop" } });
  await desktop.shop.sync.settled();
  const { code } = await phone.shop.handoff.offer("copy", page);
  await desktop.shop.handoff.accept(code);
  await until(() => read(desktop)["SCHOEN-42"] === 3, "the copy is there");
  expect(desktop.shop.state.cart.lines[0]?.details).toEqual({ title: "Van de telefoon" });
  await desktop.shop.signIn(await town.token("anna"));
  desktop.shop.cart.add("BOEK-1");
  await desktop.shop.sync.settled();
  await until(() => phone.shop.state.handoff?.status === "done", "the phone is told");
  expect((phone.shop.state.handoff?.endsAt ?? 0) - Date.now()).toBeGreaterThan(590_000);
  expect(await phone.shop.handoff.undo()).toMatchObject({ status: "undone" });
  await until(() => read(desktop)["SCHOEN-42"] === 1, "the copy is gone");
  expect([read(desktop), read(phone)]).toEqual([{ "SCHOEN-42": 1, "BOEK-1": 1 }, { "SCHOEN-42": 2 }]);
  expect([desktop.shop.state.cart.lines[0]?.details, desktop.shop.state.cart.coupons]).toEqual([{ title: "Van de laptop" }, []]);
  expect(phone.shop.state.handoff?.endsAt).toBeUndefined();
  expect(await phone.shop.handoff.undo()).toMatchObject({ status: "undone" }); // by impatience
  expect(read(desktop)).toEqual({ "SCHOEN-42": 1, "BOEK-1": 1 });
});

test("ten minutes later nothing is undone any more", async () => {
  const time = countTime();
  const town = await createTown();
  const [phone, desktop] = [town.screen(), town.screen()];
  phone.shop.cart.add("SCHOEN-42", 2);
  await time.pass(1_000, 100);
  const { code } = await phone.shop.handoff.offer("copy", page);
  await desktop.shop.handoff.accept(code);
  await time.pass(1_000, 100);
  expect([phone, desktop].map(({ shop }) => shop.state.handoff?.endsAt !== undefined)).toEqual([true, true]);
  await time.pass(600_000, 10_000);
  expect([phone, desktop].map(({ shop }) => [shop.state.handoff?.status, shop.state.handoff?.endsAt])).toEqual([["done", undefined], ["done", undefined]]);
  await expect(phone.shop.handoff.undo()).rejects.toMatchObject({ code: "handoff-impossible" });
  expect(read(desktop)).toEqual({ "SCHOEN-42": 2 });
});

test("undo of a take: what came from the kiosk leaves the phone, which has its own cart as it was, and what came since; the kiosk shows nothing", async () => {
  const town = await createTown();
  const [kiosk, phone] = [town.screen({ kiosk: {}, name: "Kiosk 3" }), town.screen()];
  kiosk.shop.cart.add("SCHOEN-42", 2);
  phone.shop.cart.add("SCHOEN-42");
  const { code } = await kiosk.shop.handoff.offer("take", page);
  expect((await phone.shop.handoff.accept(code)).endsAt).toBeGreaterThan(Date.now());
  await until(() => read(phone)["SCHOEN-42"] === 3, "the phone has it");
  await until(() => kiosk.shop.state.handoff?.status === "done", "the kiosk is told");
  expect(kiosk.shop.state.handoff?.endsAt).toBeUndefined();
  phone.shop.cart.add("BOEK-1");
  await phone.shop.sync.settled();
  kiosk.shop.cart.add("JAS-3"); // the next shopper
  expect(await phone.shop.handoff.undo()).toMatchObject({ status: "undone" });
  await until(() => read(phone)["SCHOEN-42"] === 1, "it is gone from the phone");
  await kiosk.shop.sync.settled();
  expect([read(phone), read(kiosk)]).toEqual([{ "SCHOEN-42": 1, "BOEK-1": 1 }, { "JAS-3": 1 }]);
});

test.each(["offering", "receiving"])("undo of a join by the %s screen: each has its own cart again, what was added since stays with the one that offered", async (side) => {
  const [phone, desktop] = await pair(await createTown());
  const { code } = await phone.shop.handoff.offer("join", page);
  const joined = desktop.shop.handoff.accept(code);
  await until(() => desktop.shop.state.handoff?.number !== undefined && phone.shop.state.handoff?.choices !== undefined, "the number is asked for");
  await phone.shop.handoff.approve(desktop.shop.state.handoff?.number as number);
  await joined;
  await until(() => Object.keys(read(phone)).length === 2 && desktop.shop.sync.state === "live" && Object.keys(read(desktop)).length === 2, "both have both");
  desktop.shop.cart.add("SOK-1");
  await until(() => read(phone)["SOK-1"] === 1, "both write to one cart");
  expect(await (side === "offering" ? phone : desktop).shop.handoff.undo()).toMatchObject({ status: "undone" });
  await until(() => JSON.stringify(read(desktop)) === JSON.stringify({ "BOEK-1": 1 }), "the desktop has its own again");
  await until(() => Object.keys(read(phone)).length === 2, "the phone has its own again");
  phone.shop.cart.add("JAS-3");
  await Promise.all([phone.shop.sync.settled(), desktop.shop.sync.settled()]);
  expect([read(phone), read(desktop)]).toEqual([{ "SCHOEN-42": 2, "SOK-1": 1, "JAS-3": 1 }, { "BOEK-1": 1 }]);
});

test("a shop that is closed in the middle of a handoff, or in the minutes in which it can be undone, waits for nothing any more", async () => {
  const time = countTime();
  const town = await createTown();
  const [phone, desktop, third] = [town.screen(), town.screen(), town.screen()];
  const before = vi.getTimerCount();
  phone.shop.cart.add("BOEK-1");
  const copied = await phone.shop.handoff.offer("copy", { url: "https://shop.example/" });
  await desktop.shop.handoff.accept(copied.url);
  const joined = await phone.shop.handoff.offer("join", { url: "https://shop.example/" });
  const waiting = third.shop.handoff.accept(joined.url);
  await time.pass(1_000);
  for (const { shop } of [phone, desktop, third]) shop.close();
  await time.pass(5_000); // in which the server puts the carts to rest
  await waiting;
  expect(vi.getTimerCount()).toBe(before);
});

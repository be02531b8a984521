/** A10: one customer, however many screens she signs in on, however often, whatever the network does to it. */
import { expect, test } from "vitest";
import { createTown, read, type Screen, until } from "./town.js";

test("a visitor on the phone and a visitor on the desktop sign in as the same person: one cart with the things of both", async () => {
  const town = await createTown();
  const [phone, desktop] = [town.screen(), town.screen()];
  phone.shop.cart.add("SCHOEN-42", 2);
  desktop.shop.cart.add("SCHOEN-42");
  desktop.shop.cart.add("BOEK-1");
  await Promise.all([phone.shop.sync.settled(), desktop.shop.sync.settled()]);
  expect(await phone.shop.signIn(await town.token("anna"))).toEqual({ met: "merged", customer: "anna" });
  expect(await desktop.shop.signIn(await town.token("anna"))).toEqual({ met: "merged", customer: "anna" });
  const both = { "SCHOEN-42": 3, "BOEK-1": 1 };
  await until(() => read(phone)["SCHOEN-42"] === 3 && read(desktop)["SCHOEN-42"] === 3, "both show three");
  expect([read(phone), read(desktop)]).toEqual([both, both]);
  expect(phone.shop.state.customer).toEqual({ isSignedIn: true, id: "anna" });
});

test("ten devices sign in at the same moment, each with one pair in its cart: ten pairs on every one", async () => {
  const town = await createTown();
  const screens = Array.from({ length: 10 }, () => town.screen());
  screens.forEach(({ shop }) => shop.cart.add("SCHOEN-42"));
  const token = await town.token("anna");
  await Promise.all(screens.map(({ shop }) => shop.signIn(token)));
  await until(() => screens.every((screen) => read(screen)["SCHOEN-42"] === 10), "all show ten");
  expect(new Set(screens.map(({ shop }) => JSON.stringify(shop.state.cart.lines))).size).toBe(1);
});

test("the same sign-in five times over, three of them at once, adds nothing", async () => {
  const town = await createTown();
  const phone = town.screen();
  phone.shop.cart.add("SCHOEN-42", 2);
  const token = await town.token("anna");
  await Promise.all([phone.shop.signIn(token), phone.shop.signIn(token), phone.shop.signIn(token)]);
  expect(await phone.shop.signIn(token)).toEqual({ met: "same", customer: "anna" });
  expect(await phone.shop.signIn(await town.token("anna"))).toEqual({ met: "same", customer: "anna" });
  await phone.shop.sync.settled();
  expect(read(phone)).toEqual({ "SCHOEN-42": 2 });
});

test("the answer to a sign-in is lost, and the shopper tries again: nothing is doubled", async () => {
  const town = await createTown();
  const [phone, desktop] = [town.screen(), town.screen()];
  desktop.shop.cart.add("SCHOEN-42");
  await desktop.shop.signIn(await town.token("anna"));
  phone.shop.cart.add("SCHOEN-42", 2);
  await phone.shop.sync.settled();
  phone.loseAnswers(1);
  await expect(phone.shop.signIn(await town.token("anna"))).rejects.toMatchObject({ code: "unreachable", retryable: true });
  expect((await phone.shop.signIn(await town.token("anna"))).customer).toBe("anna");
  await until(() => [phone, desktop].every((screen) => read(screen)["SCHOEN-42"] === 3), "both show three");
});

test("answers to everything are lost around the sign-in, from the first push on: nothing is doubled", async () => {
  const town = await createTown();
  const phone = town.screen();
  phone.loseAnswers(2);
  phone.shop.cart.add("SCHOEN-42", 2);
  const token = await town.token("anna");
  const signIn = async (): Promise<unknown> => phone.shop.signIn(token).catch(signIn);
  await signIn();
  phone.loseAnswers(1);
  phone.shop.cart.increase("SCHOEN-42");
  await until(() => phone.sent.filter(({ path, isAnswered }) => path === "/v1/push" && isAnswered).length > 0, "a push is answered");
  await phone.shop.sync.settled();
  expect(read(phone)).toEqual({ "SCHOEN-42": 3 });
});

test("what is put in the cart while the sign-in is under way belongs to the customer, once", async () => {
  const town = await createTown();
  const [phone, desktop] = [town.screen(), town.screen()];
  await desktop.shop.signIn(await town.token("anna"));
  phone.shop.cart.add("SCHOEN-42");
  const signing = phone.shop.signIn(await town.token("anna"));
  for (let i = 0; i < 20; i++) {
    phone.shop.cart.add("SCHOEN-42");
    await new Promise((resolve) => setImmediate(resolve));
  }
  await signing;
  await phone.shop.sync.settled();
  await until(() => [phone, desktop].every((screen) => read(screen)["SCHOEN-42"] === 21), "both show twenty-one");
});

test("invariant 8: signing in, out and in again twenty times, on one screen and on two, changes no quantity", async () => {
  const town = await createTown();
  const [phone, desktop] = [town.screen(), town.screen()];
  phone.shop.cart.add("SCHOEN-42", 2);
  phone.shop.cart.add("BOEK-1");
  await phone.shop.signIn(await town.token("anna"));
  const cart = { "SCHOEN-42": 2, "BOEK-1": 1 };
  for (let i = 0; i < 20; i++) {
    const screen = i % 3 === 0 ? desktop : phone;
    if (screen.shop.state.customer.isSignedIn) {
      await screen.shop.signOut();
      expect(read(screen)).toEqual({});
      expect(screen.shop.state.customer).toEqual({ isSignedIn: false });
    }
    await screen.shop.signIn(await town.token("anna"));
    await until(() => read(screen)["SCHOEN-42"] === 2, "the cart is back");
    expect(read(screen)).toEqual(cart);
  }
  await desktop.shop.signIn(await town.token("anna"));
  await until(() => read(desktop)["SCHOEN-42"] === 2, "the desktop shows the same");
  expect([read(phone), read(desktop)]).toEqual([cart, cart]);
});

test("a refused token leaves the guest's cart as it was, and says why", async () => {
  const town = await createTown();
  const phone = town.screen();
  phone.shop.cart.add("SCHOEN-42", 2);
  await expect(phone.shop.signIn("not.a.token")).rejects.toMatchObject({ name: "RefusalError", code: "token-refused", retryable: false });
  expect(read(phone)).toEqual({ "SCHOEN-42": 2 });
  expect(phone.shop.state.customer).toEqual({ isSignedIn: false });
  await phone.shop.sync.settled();
  expect(phone.problems).toEqual([]);
});

async function bothCarts(merge: "union" | "keep-visitor" | "keep-customer" | "ask"): Promise<{ phone: Screen; desktop: Screen; token: string }> {
  const town = await createTown();
  const [phone, desktop] = [town.screen({ merge }), town.screen()];
  const token = await town.token("anna");
  desktop.shop.cart.add("SCHOEN-42", 2);
  desktop.shop.cart.add("BOEK-1");
  await desktop.shop.signIn(token);
  phone.shop.cart.add("SCHOEN-42", 3);
  phone.shop.cart.add("SOK-1");
  return { phone, desktop, token };
}

test.each([
  ["union", { "SCHOEN-42": 5, "BOEK-1": 1, "SOK-1": 1 }],
  ["keep-visitor", { "SCHOEN-42": 3, "SOK-1": 1 }],
  ["keep-customer", { "SCHOEN-42": 2, "BOEK-1": 1 }],
] as const)("a guest's cart meets the customer's under the rule %s, the same on both screens", async (merge, outcome) => {
  const { phone, desktop, token } = await bothCarts(merge);
  await phone.shop.signIn(token);
  await phone.shop.sync.settled();
  await until(() => JSON.stringify(read(desktop)) === JSON.stringify(read(phone)), "both agree");
  expect(read(phone)).toEqual(outcome);
});

test.each([
  ["union", { "SCHOEN-42": 5, "BOEK-1": 1, "SOK-1": 1 }],
  ["keep-visitor", { "SCHOEN-42": 3, "SOK-1": 1 }],
  ["keep-customer", { "SCHOEN-42": 2, "BOEK-1": 1 }],
] as const)("the shop asks, shows both carts, and the shopper chooses %s", async (choice, outcome) => {
  const { phone, desktop, token } = await bothCarts("ask");
  const asked = await phone.shop.signIn(token);
  expect(asked.met).toBe("ask");
  expect(asked.visitor?.lines.map(({ sku, quantity }) => [sku, quantity])).toEqual([["SCHOEN-42", 3], ["SOK-1", 1]]);
  expect(asked.account?.lines.map(({ sku, quantity }) => [sku, quantity])).toEqual([["SCHOEN-42", 2], ["BOEK-1", 1]]);
  expect(phone.shop.state.customer).toEqual({ isSignedIn: false });
  expect(read(phone)).toEqual({ "SCHOEN-42": 3, "SOK-1": 1 });

  expect(await asked.keep?.(choice)).toMatchObject({ met: "merged" });
  await phone.shop.sync.settled();
  await until(() => JSON.stringify(read(desktop)) === JSON.stringify(read(phone)), "both agree");
  expect(read(phone)).toEqual(outcome);
});

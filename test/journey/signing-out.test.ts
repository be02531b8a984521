/** Leaving: what was done is not lost, nothing stays on the device, and nothing is ever sent as somebody else. */
import { expect, test } from "vitest";
import { createMemoryShelf, type Shelf } from "../../src/browser/shelf.js";
import { createTown, read, until } from "./town.js";

/** Everything that lies on a shelf, as text. */
async function contents(shelf: Shelf): Promise<string> {
  return JSON.stringify([shelf.names("").map((name) => [name, shelf.read(name)]), await shelf.load()]);
}

test("what was done a moment before signing out reaches the customer's cart first", async () => {
  const town = await createTown();
  const [phone, desktop] = [town.screen(), town.screen()];
  await phone.shop.signIn(await town.token("anna"));
  await desktop.shop.signIn(await town.token("anna"));
  phone.shop.cart.add("SCHOEN-42", 2);
  await phone.shop.signOut();
  expect(read(phone)).toEqual({});
  await until(() => read(desktop)["SCHOEN-42"] === 2, "the desktop has it");
});

test("invariant 9: after signing out nothing of the customer is left on the device, with and without network", async () => {
  const town = await createTown();
  for (const isCut of [false, true]) {
    const shelf = createMemoryShelf();
    const phone = town.screen({ storage: shelf });
    phone.shop.cart.add("SCHOEN-42", 2);
    await phone.shop.signIn(await town.token("anna"));
    await until(() => shelf.names("e:").length === 0, "the journal is empty");
    if (isCut) phone.cut();
    phone.shop.cart.add("GEHEIM-1");
    await phone.shop.signOut();
    expect(read(phone)).toEqual({});
    expect(phone.shop.state.customer).toEqual({ isSignedIn: false });
    expect(await contents(shelf)).not.toMatch(/SCHOEN|GEHEIM|anna|"session"/);
    expect(shelf.names("").filter((name) => !name.startsWith("box:"))).toEqual([]);
  }
});

test("signed out in a tunnel: what was not sent lies sealed, and arrives in the customer's cart once, never in the next visitor's", async () => {
  const town = await createTown();
  const shelf = createMemoryShelf();
  const [phone, desktop] = [town.screen({ storage: shelf }), town.screen()];
  await phone.shop.signIn(await town.token("anna"));
  await desktop.shop.signIn(await town.token("anna"));
  phone.cut();
  phone.shop.cart.add("SCHOEN-42", 2);
  phone.shop.cart.add("BOEK-1");
  await phone.shop.signOut();
  phone.shop.cart.add("SOK-1"); // the next visitor
  expect(read(phone)).toEqual({ "SOK-1": 1 });
  phone.mend();
  await until(() => read(desktop)["BOEK-1"] === 1, "the desktop has what was sealed");
  await phone.shop.sync.settled();
  expect(read(desktop)).toEqual({ "SCHOEN-42": 2, "BOEK-1": 1 });
  expect(read(phone)).toEqual({ "SOK-1": 1 });
  await until(() => shelf.names("box:").length === 0, "nothing lies sealed any more");

  await phone.shop.signIn(await town.token("berta"));
  expect(read(phone)).toEqual({ "SOK-1": 1 });
  expect(read(desktop)).toEqual({ "SCHOEN-42": 2, "BOEK-1": 1 });
});

test("what is still done while the shop is signing out in a tunnel is the customer's, and arrives in their cart", async () => {
  const town = await createTown();
  const [phone, desktop] = [town.screen(), town.screen()];
  await phone.shop.signIn(await town.token("anna"));
  await desktop.shop.signIn(await town.token("anna"));
  phone.cut();
  phone.shop.cart.add("SCHOEN-42");
  const leaving = phone.shop.signOut();
  await new Promise((resolve) => setImmediate(resolve));
  phone.shop.cart.increase("SCHOEN-42");
  await leaving;
  expect(read(phone)).toEqual({});
  phone.mend();
  await until(() => read(desktop)["SCHOEN-42"] === 2, "the desktop has both");
  expect(phone.problems).toEqual([]);
});

test("the server has let go of the device, the answer was lost, and the shopper went on: that arrives in the customer's cart as well", async () => {
  const town = await createTown();
  const [phone, desktop] = [town.screen(), town.screen()];
  await phone.shop.signIn(await town.token("anna"));
  await desktop.shop.signIn(await town.token("anna"));
  const { credential } = JSON.parse(phone.sent.find(({ path }) => path === "/v1/sign-in")?.body ?? "{}");
  phone.cut(); // or it would hear at once
  await town.server.fetch(new Request("https://sync.shop.example/v1/sign-out", { method: "POST", body: JSON.stringify({ v: 1, site: "pk_test", channel: "web", credential }) }));
  phone.shop.cart.add("SCHOEN-42");
  phone.mend();
  await until(() => read(desktop)["SCHOEN-42"] === 1, "the desktop has it");
  await until(() => Object.keys(read(phone)).length === 0, "the phone has forgotten");
  expect(phone.problems).toContain("device-revoked");
});

test("three hundred gestures in a tunnel, then signed out: every one arrives", async () => {
  const town = await createTown();
  const [phone, desktop] = [town.screen(), town.screen()];
  await phone.shop.signIn(await town.token("anna"));
  await desktop.shop.signIn(await town.token("anna"));
  phone.cut();
  for (let i = 0; i < 300; i++) phone.shop.cart.add(`P-${i % 30}`, 1, { details: { titel: `Schoen ${i} `.repeat(20) } });
  await phone.shop.signOut();
  phone.mend();
  const whole = (): number => Object.values(read(desktop)).reduce((sum, n) => sum + n, 0);
  await until(() => whole() === 300, "the desktop has all");
  expect(phone.problems).toEqual([]);
});

test("the sealed box is delivered although its answer is lost twice, or the shop was closed in between, and counts once", async () => {
  const town = await createTown();
  const shelf = createMemoryShelf();
  const [phone, desktop] = [town.screen({ storage: shelf }), town.screen()];
  await phone.shop.signIn(await town.token("anna"));
  await desktop.shop.signIn(await town.token("anna"));
  phone.cut();
  phone.shop.cart.add("SCHOEN-42", 2);
  await phone.shop.signOut();
  phone.shop.close();
  expect(shelf.names("box:")).toHaveLength(1);

  const later = town.screen({ storage: shelf });
  later.loseAnswers(2);
  await until(() => shelf.names("box:").length === 0, "the box is gone");
  expect(later.sent.filter(({ path }) => path === "/v1/sealed").length).toBeGreaterThanOrEqual(3);
  await until(() => read(desktop)["SCHOEN-42"] === 2, "the desktop has it");
  expect(read(later)).toEqual({});
});

test("the answer to signing out is lost: the device is empty all the same, and the server has let go of it", async () => {
  const town = await createTown();
  const [phone, desktop] = [town.screen(), town.screen()];
  phone.shop.cart.add("SCHOEN-42", 2);
  await phone.shop.signIn(await town.token("anna"));
  await desktop.shop.signIn(await town.token("anna"));
  phone.loseAnswers(1);
  await phone.shop.signOut();
  expect(read(phone)).toEqual({});
  await until(() => read(desktop)["SCHOEN-42"] === 2, "the desktop still has two");
});

test("N1: two people who use one device one after the other never see each other's cart", async () => {
  const town = await createTown();
  const shelf = createMemoryShelf();
  const family = town.screen({ storage: shelf });
  for (const [name, sku] of [["anna", "SCHOEN-42"], ["berta", "BOEK-1"], ["anna", undefined], ["berta", undefined]] as const) {
    expect(read(family)).toEqual({});
    await family.shop.signIn(await town.token(name));
    if (sku !== undefined) family.shop.cart.add(sku, 2);
    await family.shop.sync.settled();
    await until(() => Object.keys(read(family)).length === 1, "the cart is there");
    expect(read(family)).toEqual(name === "anna" ? { "SCHOEN-42": 2 } : { "BOEK-1": 2 });
    await family.shop.signOut();
  }
  expect(await contents(shelf)).toBe("[[],[]]");
});

test("N1: a guest's cart on a device goes to the one who signs in, and not to the next", async () => {
  const town = await createTown();
  const family = town.screen();
  family.shop.cart.add("SCHOEN-42");
  await family.shop.signIn(await town.token("anna"));
  await family.shop.signOut();
  await family.shop.signIn(await town.token("berta"));
  await family.shop.sync.settled();
  expect(read(family)).toEqual({});
});

test("who signs in while somebody else is signed in is told to sign out first", async () => {
  const town = await createTown();
  const family = town.screen();
  family.shop.cart.add("SCHOEN-42");
  await family.shop.signIn(await town.token("anna"));
  await expect(family.shop.signIn(await town.token("berta"))).rejects.toMatchObject({ code: "signed-in-as-another" });
  expect(family.shop.state.customer.id).toBe("anna");
  expect(read(family)).toEqual({ "SCHOEN-42": 1 });
});

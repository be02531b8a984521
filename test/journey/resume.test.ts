/** A1: a cart begun on the phone goes on at the desktop. */
import { expect, test } from "vitest";
import { createMemoryShelf, type Shelf } from "../../src/browser/shelf.js";
import { createTown, read, until } from "./town.js";

/** A shelf with a word for each write to the roomier store. */
function noting(): { shelf: Shelf; kept: () => boolean } {
  const shelf = createMemoryShelf();
  let isKept = false;
  const save: Shelf["save"] = (entries, removed) => shelf.save(entries, removed).then(() => (isKept ||= entries.some(([name]) => name === "copy")));
  return { shelf: { ...shelf, save }, kept: () => isKept };
}

test("a shopper signed in on her phone finds her cart on the desktop within a second of signing in", async () => {
  const town = await createTown();
  const [phone, desktop] = [town.screen(), town.screen()];
  phone.shop.cart.add("SCHOEN-42", 2);
  expect(await phone.shop.signIn(await town.token("anna"))).toEqual({ met: "merged", customer: "anna" });
  expect(read(phone)).toEqual({ "SCHOEN-42": 2 });

  await desktop.shop.signIn(await town.token("anna"));
  await until(() => read(desktop)["SCHOEN-42"] === 2, "the desktop shows two");
  expect(desktop.shop.state.sync.state).toBe("live");
});

test("signed in on the desktop, nothing added there, and opened again in a tunnel: the cart is on the screen", async () => {
  const town = await createTown();
  const { shelf, kept } = noting();
  const [phone, desktop] = [town.screen(), town.screen({ storage: shelf })];
  phone.shop.cart.add("SCHOEN-42", 2);
  await phone.shop.signIn(await town.token("anna"));
  await desktop.shop.signIn(await town.token("anna"));
  await until(kept, "the desktop has kept its copy");
  desktop.shop.close();
  const later = town.screen({ storage: shelf });
  later.cut();
  await later.shop.ready;
  expect(read(later)).toEqual({ "SCHOEN-42": 2 });
});

test("both press + while the phone is in flight mode, and both show 4 after it is back", async () => {
  const town = await createTown();
  const [phone, desktop] = [town.screen(), town.screen()];
  phone.shop.cart.add("SCHOEN-42", 2);
  await phone.shop.signIn(await town.token("anna"));
  await desktop.shop.signIn(await town.token("anna"));
  await until(() => read(desktop)["SCHOEN-42"] === 2, "the desktop shows two");

  phone.cut();
  phone.shop.cart.increase("SCHOEN-42");
  desktop.shop.cart.increase("SCHOEN-42");
  expect([read(phone), read(desktop)]).toEqual([{ "SCHOEN-42": 3 }, { "SCHOEN-42": 3 }]);
  await until(() => phone.shop.state.sync.state === "offline", "the phone notices");

  phone.mend();
  await until(() => read(phone)["SCHOEN-42"] === 4 && read(desktop)["SCHOEN-42"] === 4, "both show four");
  await phone.shop.sync.settled();
  expect([read(phone), read(desktop)]).toEqual([{ "SCHOEN-42": 4 }, { "SCHOEN-42": 4 }]);
});

test("a guest scans the phone's code on the desktop, picks the number, and has the same cart on both", async () => {
  const town = await createTown();
  const [phone, desktop] = [town.screen({ name: "Telefoon" }), town.screen({ name: "Laptop" })];
  phone.shop.cart.add("SCHOEN-42", 2);
  desktop.shop.cart.add("BOEK-1");
  const { code, url } = await phone.shop.handoff.offer("join", { url: "https://shop.example/mand" });
  expect(url).toMatch(/^https:\/\/shop\.example\/mand#carryover=[\w-]{22}$/);

  const seen = await desktop.shop.handoff.preview(url);
  expect(seen.lines.map((l) => [l.sku, l.quantity])).toEqual([["SCHOEN-42", 2]]);
  expect(seen.from).toEqual({ channel: "web", name: "Telefoon" });
  const joined = desktop.shop.handoff.accept(code.toLowerCase());
  await until(() => desktop.shop.state.handoff?.number !== undefined && phone.shop.state.handoff?.choices !== undefined, "the number is asked for");
  expect(phone.shop.state.handoff?.other).toEqual({ channel: "web", name: "Laptop" });
  await phone.shop.handoff.approve(desktop.shop.state.handoff?.number as number);
  expect(await joined).toMatchObject({ status: "done", page: "https://shop.example/mand" });

  const both = { "SCHOEN-42": 2, "BOEK-1": 1 };
  await until(() => Object.keys(read(phone)).length === 2 && Object.keys(read(desktop)).length === 2, "both have both");
  expect([read(phone), read(desktop)]).toEqual([both, both]);
  desktop.shop.cart.remove("SCHOEN-42");
  await until(() => read(phone)["SCHOEN-42"] === undefined, "the phone follows");
});

test("a wrong number ends the handoff, and nothing is shared", async () => {
  const town = await createTown();
  const [phone, desktop] = [town.screen(), town.screen()];
  phone.shop.cart.add("SCHOEN-42", 2);
  const { code } = await phone.shop.handoff.offer("join", { url: "https://shop.example/" });
  const joined = desktop.shop.handoff.accept(code);
  await until(() => phone.shop.state.handoff?.choices !== undefined, "the number is asked for");
  await phone.shop.handoff.approve(1);
  expect(await joined).toMatchObject({ status: "declined" });
  expect(read(desktop)).toEqual({});
});

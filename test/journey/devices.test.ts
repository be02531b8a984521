/** "Where am I signed in?" as a shopper meets it: the list on her screen, and the device at her sister's that is let go. */
import { expect, test } from "vitest";
import { createMemoryShelf } from "../../src/browser/shelf.js";
import { count, createTown, read, until } from "./town.js";

test("a customer signs her sister's laptop out from the phone: it forgets everything at once, and the cart stays hers", async () => {
  const town = await createTown();
  const shelf = createMemoryShelf();
  const [phone, laptop] = [town.screen(), town.screen({ name: "Laptop", storage: shelf })];
  await phone.shop.signIn(await town.token("anna"));
  await laptop.shop.signIn(await town.token("anna"));
  laptop.shop.cart.add("SCHOEN-42", 2);
  await until(() => read(phone)["SCHOEN-42"] === 2, "the phone has both shoes");

  const devices = await phone.shop.devices();
  expect(devices.map(({ name, channel, isThis }) => [name, channel, isThis]).sort()).toEqual([[undefined, "web", true], ["Laptop", "web", false]]);
  expect([Object.isFrozen(devices), devices.every(Object.isFrozen)]).toEqual([true, true]);
  await phone.shop.signOutDevice(devices.find(({ name }) => name === "Laptop")?.device ?? "");

  await until(() => !laptop.shop.state.customer.isSignedIn, "the laptop has let go");
  await until(() => shelf.names("").length === 0, "nothing of hers is left on it");
  expect([read(laptop), await shelf.load()]).toEqual([{}, []]);
  expect(laptop.problems).toContain("device-revoked");
  expect(read(phone)).toEqual({ "SCHOEN-42": 2 });
  expect(await phone.shop.devices()).toHaveLength(1);
});

test("a laptop that was offline when it was signed out forgets as soon as it is back, and what was done on it meanwhile reaches nobody", async () => {
  const town = await createTown();
  const [phone, laptop] = [town.screen(), town.screen()];
  await phone.shop.signIn(await town.token("anna"));
  await laptop.shop.signIn(await town.token("anna"));
  laptop.cut();
  laptop.shop.cart.add("GEHEIM-1");
  for (const { device, isThis } of await phone.shop.devices()) if (!isThis) await phone.shop.signOutDevice(device);
  laptop.mend();
  await until(() => !laptop.shop.state.customer.isSignedIn && count(laptop, "/v1/sealed") > 0, "the laptop has let go and tried its sealed box");
  await phone.shop.sync.settled();
  expect([read(laptop), read(phone)]).toEqual([{}, {}]);
});

test("a visitor who is nobody yet is on no list, and asks the server for none; a device that is not hers is refused", async () => {
  const town = await createTown();
  const [phone, berta] = [town.screen(), town.screen()];
  expect(await phone.shop.devices()).toEqual([]);
  await expect(phone.shop.signOutDevice("AAAAAAAA")).rejects.toMatchObject({ code: "not-found" });
  expect(phone.sent).toEqual([]);
  await berta.shop.signIn(await town.token("berta"));
  await phone.shop.signIn(await town.token("anna"));
  const [hers] = await berta.shop.devices();
  await expect(phone.shop.signOutDevice(hers?.device ?? "")).rejects.toMatchObject({ code: "not-found" });
  expect(await berta.shop.devices()).toHaveLength(1);
});

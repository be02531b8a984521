/** A10, its second half: the desktop was her sister's. Its cart goes back to it, and hers stays hers. */
import { expect, test } from "vitest";
import type { Entry } from "../../src/model/event.js";
import { createTown, read, type Screen, type Town, until } from "./town.js";

/** What the server writes down, log by log. */
function logsOf({ server }: Town): Map<string, Entry[]> {
  const logs = new Map<string, Entry[]>();
  server.watch(({ log, entries }) => logs.set(log, [...(logs.get(log) ?? []), ...entries]));
  return logs;
}

const nameOf = ({ sent }: Screen): string => (JSON.parse(sent.find(({ path }) => path === "/v1/push")?.body ?? "{}") as { credential: string }).credential.slice(0, 8);

const shows = (screen: Screen, cart: Record<string, number>): boolean => JSON.stringify(read(screen)) === JSON.stringify(cart);

/** Anna is signed in on her phone with one pair, and on her sister's laptop, which had two pairs and a book. */
async function onBoth(): Promise<{ town: Town; logs: Map<string, Entry[]>; phone: Screen; laptop: Screen }> {
  const town = await createTown();
  const logs = logsOf(town);
  const [phone, laptop] = [town.screen(), town.screen()];
  phone.shop.cart.add("SCHOEN-42");
  laptop.shop.cart.add("SCHOEN-42", 2);
  laptop.shop.cart.add("BOEK-1");
  await Promise.all([phone.shop.signIn(await town.token("anna")), laptop.shop.sync.settled()]);
  await laptop.shop.signIn(await town.token("anna"));
  await until(() => shows(phone, { "SCHOEN-42": 3, "BOEK-1": 1 }), "the phone shows both carts");
  return { town, logs, phone, laptop };
}

test("the sister's laptop gets its lines back, the phone drops them, and both logs say who, when and why", async () => {
  const { logs, phone, laptop } = await onBoth();
  phone.shop.cart.increase("SCHOEN-42");
  await phone.shop.sync.settled();
  await laptop.shop.unlink({ reason: "my sister's laptop" });
  expect(laptop.shop.state.customer).toEqual({ isSignedIn: false, id: undefined });
  expect(read(laptop)).toEqual({ "SCHOEN-42": 2, "BOEK-1": 1 });
  await until(() => shows(phone, { "SCHOEN-42": 2 }), "the phone shows Anna's own, with the pair she added meanwhile");
  const notes = [...logs.values()].flat().filter(({ type }) => /^visitor-re/.test(type));
  expect(notes.map(({ type }) => type).sort()).toEqual(["visitor-released", "visitor-returned"]);
  for (const { data, at } of notes) expect([data, at > 0]).toMatchObject([{ by: nameOf(laptop), reason: "my sister's laptop" }, true]);
  laptop.shop.cart.add("BOEK-1");
  phone.shop.cart.add("BOEK-1", 5);
  await until(() => shows(laptop, { "SCHOEN-42": 2, "BOEK-1": 2 }) && shows(phone, { "SCHOEN-42": 2, "BOEK-1": 5 }), "each goes on alone");
  expect([...laptop.problems, ...phone.problems]).toEqual([]);
});

test("it can be done from the phone: the laptop is a visitor's again by itself", async () => {
  const { phone, laptop } = await onBoth();
  await phone.shop.unlink({ device: nameOf(laptop) });
  await until(() => !laptop.shop.state.customer.isSignedIn && shows(laptop, { "SCHOEN-42": 2, "BOEK-1": 1 }), "the laptop is her sister's again");
  await until(() => shows(phone, { "SCHOEN-42": 1 }), "the phone shows Anna's own");
  expect(phone.shop.state.customer.id).toBe("anna");
});

test("the answer is lost: the shop tries again, and it was done once", async () => {
  const { logs, laptop, phone } = await onBoth();
  laptop.loseAnswers(1);
  await laptop.shop.unlink().catch((error) => expect(error).toMatchObject({ code: "unreachable" }));
  await until(() => !laptop.shop.state.customer.isSignedIn, "the stream has told the laptop");
  await expect(laptop.shop.unlink()).rejects.toMatchObject({ code: "unlink-impossible" });
  await until(() => shows(phone, { "SCHOEN-42": 1 }), "the phone shows Anna's own");
  expect([...logs.values()].flat().filter(({ type }) => type === "visitor-released")).toHaveLength(1);
});

test("without a network nothing has happened", async () => {
  const { phone, laptop } = await onBoth();
  laptop.cut();
  await expect(laptop.shop.unlink()).rejects.toMatchObject({ code: "unreachable" });
  expect([laptop.shop.state.customer.isSignedIn, read(laptop)]).toEqual([true, { "SCHOEN-42": 3, "BOEK-1": 1 }]);
  expect(read(phone)).toEqual({ "SCHOEN-42": 3, "BOEK-1": 1 });
});

test("N1: what Anna did on the laptop in a tunnel, while the phone took the sign-in back, does not fall to her sister; the shop is told", async () => {
  const { phone, laptop } = await onBoth();
  laptop.cut();
  laptop.shop.cart.add("BOEK-1", 7);
  await phone.shop.unlink({ device: nameOf(laptop) });
  laptop.mend();
  await until(() => !laptop.shop.state.customer.isSignedIn && shows(laptop, { "SCHOEN-42": 2, "BOEK-1": 1 }), "the laptop is her sister's again");
  expect(laptop.problems.some((code) => ["device-revoked", "signed-in-as-another"].includes(code))).toBe(true);
  laptop.shop.cart.add("SOK-1");
  await laptop.shop.sync.settled();
  expect(read(laptop)).toEqual({ "SCHOEN-42": 2, "BOEK-1": 1, "SOK-1": 1 });
});

test("afterwards the sister signs in as herself, and the laptop's cart is hers, once", async () => {
  const { town, phone, laptop } = await onBoth();
  await laptop.shop.unlink();
  await laptop.shop.signIn(await town.token("berta"));
  await until(() => shows(laptop, { "SCHOEN-42": 2, "BOEK-1": 1 }), "Berta has what the laptop had");
  await until(() => shows(phone, { "SCHOEN-42": 1 }), "Anna has hers");
});

test("it was Anna's after all: she signs in there again, takes it back again, and every line counts once each time", async () => {
  const { town, phone, laptop } = await onBoth();
  for (const _ of [1, 2, 3]) {
    await laptop.shop.unlink();
    await until(() => shows(phone, { "SCHOEN-42": 1 }) && shows(laptop, { "SCHOEN-42": 2, "BOEK-1": 1 }), "both are apart");
    await laptop.shop.signIn(await town.token("anna"));
    await until(() => [phone, laptop].every((screen) => shows(screen, { "SCHOEN-42": 3, "BOEK-1": 1 })), "both are together");
  }
});

test("where there is nothing to take back, the shop is told so and nothing changes", async () => {
  const town = await createTown();
  const [guest, phone, stranger] = [town.screen(), town.screen(), town.screen()];
  guest.shop.cart.add("BOEK-1");
  stranger.shop.cart.add("BOEK-1");
  await expect(guest.shop.unlink()).rejects.toMatchObject({ code: "unlink-impossible" });
  await phone.shop.signIn(await town.token("anna"));
  await stranger.shop.sync.settled();
  for (const device of [nameOf(stranger), "nobodyXX"]) {
    await expect(phone.shop.unlink({ device })).rejects.toMatchObject({ code: "unlink-impossible", message: "No such device is signed in to this customer's cart." });
  }
  await expect(phone.shop.unlink({ reason: "x".repeat(201) })).rejects.toThrow(/unlink\(\{ reason \}\)/);
  expect(phone.shop.state.customer.id).toBe("anna");
});

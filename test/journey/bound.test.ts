/** A shop that binds credentials to a key: the shopper notices nothing, the thief gets nothing, and a lost key loses no cart. */
import { expect, test } from "vitest";
import { boundKey } from "../../src/bound/index.js";
import { createMemoryShelf, type Shelf } from "../../src/browser/shelf.js";
import { count, createTown, read, type Screen, until } from "./town.js";

const credentialOn = (shelf: Shelf): string => (JSON.parse(shelf.read("session") ?? "{}") as { credential: string }).credential;

/** A thief's page, with all that lies in the shopper's storage. */
function copyOf(shelf: Shelf): Shelf {
  const copy = createMemoryShelf();
  for (const name of shelf.names("")) copy.write(name, shelf.read(name));
  return copy;
}

const proofsOf = ({ sent }: Screen): unknown[] => sent.filter(({ path }) => path !== "/v1/handoff/preview").map(({ body }) => (JSON.parse(body) as { proof?: string }).proof);

test("every request is signed, each with a proof of its own: adding, following, signing in, the list, signing out", async () => {
  const town = await createTown();
  const shelf = createMemoryShelf();
  const [phone, desktop] = [town.screen({ key: boundKey(), storage: shelf }), town.screen()];
  phone.shop.cart.add("SCHOEN-42");
  await phone.shop.sync.settled();
  await phone.shop.signIn(await town.token("anna"));
  await desktop.shop.signIn(await town.token("anna"));
  desktop.shop.cart.add("BOEK-1");
  await until(() => read(phone)["BOEK-1"] === 1, "the phone hears of the book");
  expect(await phone.shop.devices()).toHaveLength(2);
  await phone.shop.signOut();
  const proofs = proofsOf(phone);
  expect(proofs.every((proof) => typeof proof === "string")).toBe(true);
  expect(new Set(proofs).size).toBe(proofs.length);
  expect([phone.problems, read(phone), shelf.names("")]).toEqual([[], {}, []]);
});

test("who has copied all of the browser's storage but the key reads nothing, writes nothing and signs nobody out", async () => {
  const town = await createTown();
  const shelf = createMemoryShelf();
  const phone = town.screen({ key: boundKey(), storage: shelf });
  await phone.shop.signIn(await town.token("anna"));
  phone.shop.cart.add("SCHOEN-42");
  await phone.shop.sync.settled();
  for (const key of [undefined, boundKey()]) {
    const thief = town.screen({ storage: copyOf(shelf), ...(key && { key }) });
    thief.shop.cart.add("POISON-1");
    await until(() => thief.problems.includes("credential-unknown"), "the thief is refused");
    expect([read(thief), thief.shop.state.customer.isSignedIn]).toEqual([{}, false]);
  }
  phone.shop.cart.add("BOEK-1");
  await phone.shop.sync.settled();
  expect([read(phone), phone.problems]).toEqual([{ "SCHOEN-42": 1, "BOEK-1": 1 }, []]);
});

test("the clock of the device goes wrong by half an hour: it is told the time once, and goes on", async () => {
  const wrong = 30 * 60_000;
  const town = await createTown({}, { now: () => Date.now() + wrong });
  const phone = town.screen({ key: boundKey() });
  await phone.shop.signIn(await town.token("anna"));
  expect([phone.problems, phone.shop.sync.state]).toEqual([[], "live"]);
  const stale = count(phone);
  phone.shop.cart.add("BOEK-1");
  await phone.shop.sync.settled();
  expect(count(phone) - stale).toBe(1);
});

test("the browser has lost the key of a customer: the device starts anew, and after signing in the whole cart is there, what was not sent included", async () => {
  const town = await createTown();
  const shelf = createMemoryShelf();
  const phone = town.screen({ key: boundKey(), storage: shelf });
  await phone.shop.signIn(await town.token("anna"));
  phone.shop.cart.add("SCHOEN-42", 2);
  await phone.shop.sync.settled();
  phone.cut();
  phone.shop.cart.add("BOEK-1");
  phone.shop.close();
  const before = credentialOn(shelf);

  const again = town.screen({ key: boundKey(), storage: shelf });
  await until(() => !again.shop.state.customer.isSignedIn, "the device has started anew");
  await again.shop.signIn(await town.token("anna"));
  await until(() => read(again)["BOEK-1"] === 1, "what was not sent has come up");
  await again.shop.sync.settled();
  expect(read(again)).toEqual({ "SCHOEN-42": 2, "BOEK-1": 1 });
  expect(credentialOn(shelf).slice(0, 8)).not.toBe(before.slice(0, 8));
});

test("the browser has lost the key of a guest: the cart goes on with a new one, and nothing counts twice", async () => {
  const town = await createTown();
  const shelf = createMemoryShelf();
  const phone = town.screen({ key: boundKey(), storage: shelf });
  phone.shop.cart.add("SCHOEN-42", 2);
  await phone.shop.sync.settled();
  phone.shop.close();
  const again = town.screen({ key: boundKey(), storage: shelf });
  again.shop.cart.add("BOEK-1");
  await until(() => again.problems.includes("credential-unknown"), "the server does not know it");
  await until(() => again.shop.sync.state === "live", "it has begun again");
  await again.shop.sync.settled();
  expect(read(again)).toEqual({ "SCHOEN-42": 2, "BOEK-1": 1 });
});

test("signed out in a tunnel: the sealed box is delivered with a signature as well, and then the key goes", async () => {
  const town = await createTown();
  const shelf = createMemoryShelf();
  const [phone, desktop] = [town.screen({ key: boundKey(), storage: shelf }), town.screen()];
  await phone.shop.signIn(await town.token("anna"));
  await desktop.shop.signIn(await town.token("anna"));
  phone.cut();
  phone.shop.cart.add("SCHOEN-42");
  await phone.shop.signOut();
  phone.mend();
  await until(() => read(desktop)["SCHOEN-42"] === 1, "the desktop has it");
  expect(phone.sent.filter(({ path, isAnswered }) => path === "/v1/sealed" && isAnswered)).toHaveLength(1);
});

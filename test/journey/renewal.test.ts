/** The credential changes while the shopper shops, and no shopper ever notices: not by a lost answer, a slow tab or an old backup. */
import { expect, test } from "vitest";
import { createMemoryShelf, type Shelf } from "../../src/browser/shelf.js";
import type { Session } from "../../src/browser/visitor.js";
import { count, type Counted, countTime, createTown, read, type Screen, type Town, until } from "./town.js";

const MINUTE = 60_000;
const DAY = 86_400_000;

interface Visit {
  readonly town: Town;
  readonly time: Counted;
  readonly shelf: Shelf;
  readonly phone: Screen;
}

async function visit(): Promise<Visit> {
  const time = countTime();
  const town = await createTown({}, { now: () => Date.now() });
  const shelf = createMemoryShelf();
  const phone = town.screen({ storage: shelf });
  phone.shop.cart.add("SCHOEN-42");
  await time.pass(1_000);
  return { town, time, shelf, phone };
}

function sessionOn(shelf: Shelf): Session {
  return JSON.parse(shelf.read("session") ?? "{}") as Session;
}

/** What is on a shelf, as a backup of the browser's profile has it. */
async function copyOf(shelf: Shelf): Promise<Shelf> {
  const copy = createMemoryShelf();
  for (const name of shelf.names("")) copy.write(name, shelf.read(name));
  await copy.save((await shelf.load()).map(([name, kept]) => [name, kept]), []);
  return copy;
}

/** A day later the shopper adds something, and again two minutes after that. */
async function aDayOn({ time, phone }: Visit): Promise<void> {
  await time.pass(DAY, MINUTE);
  phone.shop.cart.add("BOEK-1");
  await time.pass(2 * MINUTE);
  phone.shop.cart.add("BOEK-1");
  await time.pass(1_000);
}

test("a day later the device goes on with another credential, under the same name, in the same log, without a request of its own", async () => {
  const there = await visit();
  const before = sessionOn(there.shelf);
  const requests = count(there.phone, "/v1/push");
  await aDayOn(there);
  const after = sessionOn(there.shelf);
  expect(after.credential).not.toBe(before.credential);
  expect(after.credential.slice(0, 9)).toBe(before.credential.slice(0, 9));
  expect(after).toMatchObject({ last: before.credential });
  expect(after.next).toBeUndefined();
  expect(count(there.phone, "/v1/push") - requests).toBe(2);
  expect(there.phone.problems).toEqual([]);
  await there.time.pass(11 * MINUTE);
  there.phone.shop.cart.add("SOK-1");
  await there.time.pass(1_000);
  expect(JSON.parse(there.phone.sent.at(-1)?.body ?? "{}")).toMatchObject({ credential: after.credential });
  expect([read(there.phone), there.phone.shop.sync.state, there.phone.problems]).toEqual([{ "SCHOEN-42": 1, "BOEK-1": 2, "SOK-1": 1 }, "live", []]);
});

test("the answers to both halves of the renewal are lost: one visitor, one cart, nothing twice", async () => {
  const there = await visit();
  const { phone, time, shelf } = there;
  const before = sessionOn(shelf).credential;
  await time.pass(DAY, MINUTE);
  phone.loseAnswers(1);
  phone.shop.cart.add("BOEK-1");
  await time.pass(2 * MINUTE); // the stream has shown it, and nothing is said again
  phone.shop.cart.add("BOEK-1");
  await time.pass(2 * MINUTE);
  phone.loseAnswers(1); // the server has heard the new one
  phone.shop.cart.add("BOEK-1");
  await time.pass(15 * MINUTE, 5_000);
  phone.shop.cart.add("BOEK-1");
  await time.pass(5_000);
  expect(sessionOn(shelf).credential).not.toBe(before);
  expect([read(phone), phone.shop.sync.state, phone.problems.filter((code) => code !== "unreachable")]).toEqual([{ "SCHOEN-42": 1, "BOEK-1": 4 }, "live", []]);
});

test("a tab that slept through the renewal goes on with the new credential as soon as it does anything", async () => {
  const there = await visit();
  const slow = there.town.screen({ storage: there.shelf });
  await there.time.pass(1_000);
  await aDayOn(there);
  await there.time.pass(30 * MINUTE, MINUTE);
  there.phone.shop.cart.add("BOEK-1");
  slow.shop.cart.add("SOK-1");
  await there.time.pass(5_000);
  expect(JSON.parse(slow.sent.filter(({ path }) => path === "/v1/push").at(-1)?.body ?? "{}").credential).toBe(sessionOn(there.shelf).credential);
  expect([slow.problems, there.phone.problems]).toEqual([[], []]);
  expect(read(there.phone)).toEqual({ "SCHOEN-42": 1, "BOEK-1": 3, "SOK-1": 1 });
});

test("who signs in goes on with another credential at once: whoever has copied the visitor's is no customer", async () => {
  const { phone, time, shelf, town } = await visit();
  const before = sessionOn(shelf).credential;
  await time.pass(5 * MINUTE);
  const signingIn = phone.shop.signIn(await town.token("anna"));
  await until(() => phone.shop.state.customer.isSignedIn, "she is signed in"); // the counted minutes do not wait for a busy machine
  await time.pass(2 * MINUTE);
  await signingIn;
  phone.shop.cart.add("BOEK-1");
  await time.pass(1_000);
  expect(sessionOn(shelf).credential).not.toBe(before);
  expect([phone.problems, read(phone)]).toEqual([[], { "SCHOEN-42": 1, "BOEK-1": 1 }]);
});

test("a guest's browser profile is put back from a backup: the cart it holds is carried on, and nothing is lost that it knew", async () => {
  const there = await visit();
  await there.time.pass(1_000);
  const backup = await copyOf(there.shelf);
  await aDayOn(there);
  there.phone.shop.close();
  await there.time.pass(30 * MINUTE, MINUTE);
  const again = there.town.screen({ storage: backup });
  await there.time.pass(2 * MINUTE);
  expect(again.problems).toEqual(["credential-unknown"]);
  expect([read(again), again.shop.sync.state]).toEqual([{ "SCHOEN-42": 1 }, "live"]);
});

test("a profile is copied to a second laptop: both keep their cart, each goes on as a visitor of its own", async () => {
  const there = await visit();
  await there.time.pass(1_000);
  const second = await copyOf(there.shelf);
  await aDayOn(there);
  await there.time.pass(30 * MINUTE, MINUTE);
  const laptop = there.town.screen({ storage: second });
  await there.time.pass(3 * MINUTE);
  expect(read(laptop)).toEqual({ "SCHOEN-42": 1 });
  expect(read(there.phone)).toEqual({ "SCHOEN-42": 1, "BOEK-1": 2 });
  laptop.shop.cart.add("LAPTOP-1");
  await there.time.pass(5_000);
  expect(read(there.phone)).not.toHaveProperty("LAPTOP-1");
  expect([laptop.shop.sync.state, there.phone.shop.sync.state]).toEqual(["live", "live"]);
});

test("a customer's profile is put back from a backup: they sign in again, and the cart of the account is there", async () => {
  const there = await visit();
  await there.phone.shop.signIn(await there.town.token("anna"));
  await there.time.pass(1_000);
  await there.time.pass(2 * MINUTE);
  there.phone.shop.cart.add("SOK-1");
  await there.time.pass(1_000);
  const backup = await copyOf(there.shelf);
  await aDayOn(there);
  there.phone.shop.close();
  await there.time.pass(30 * MINUTE, MINUTE);
  const again = there.town.screen({ storage: backup });
  await there.time.pass(2 * MINUTE);
  expect([read(again), again.shop.state.customer.isSignedIn]).toEqual([{}, false]);
  const signingIn = again.shop.signIn(await there.town.token("anna", { exp: Math.floor(Date.now() / 1_000) + 3_600 }));
  await there.time.pass(5_000);
  await signingIn;
  expect(read(again)).toEqual({ "SCHOEN-42": 1, "SOK-1": 1, "BOEK-1": 2 });
});

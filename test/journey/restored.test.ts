/** The shop's server is put back from a backup: what it lacks comes again from the devices that had done it. */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignJWT } from "jose";
import { afterEach, expect, test } from "vitest";
import type { KeptCopy } from "../../src/browser/journal.js";
import { createMemoryShelf, type Shelf } from "../../src/browser/shelf.js";
import { type Client, type ClientOptions, createClient } from "../../src/index.js";
import { createServer, noteRestored, type Server } from "../../src/server/index.js";
import { until } from "./town.js";

const SECRET = "a secret of the shop, 32 bytes or more";
const leaving: (() => unknown)[] = [];

afterEach(async () => {
  for (const leave of leaving.splice(0).reverse()) await leave();
});

/** A shop whose server has its database in a file that can be copied and put back. */
async function shopWithBackups(now: () => number = Date.now) {
  const folder = mkdtempSync(join(tmpdir(), "carryover-backup-"));
  const backup = join(folder, "backup.db");
  let [database, times] = [join(folder, "carryover.db"), 0];
  let server: Server | undefined;
  const start = async (): Promise<void> => {
    server = await createServer({ database, now, sites: [{ key: "pk_test", origins: ["https://shop.example"], customerTokens: { secret: SECRET } }] });
  };
  const stop = async (): Promise<void> => {
    await server?.close();
    server = undefined;
  };
  leaving.push(() => rmSync(folder, { recursive: true }), stop);
  await start();

  const fetch: typeof globalThis.fetch = async (input, init) => {
    if (server === undefined) throw new TypeError("Failed to fetch");
    const request = new Request(input, init);
    request.headers.set("origin", "https://shop.example");
    return server.fetch(request);
  };
  return {
    screen(options: Partial<ClientOptions> = {}): Client {
      const shop = createClient({ site: "pk_test", endpoint: "https://sync.shop.example", storage: "memory", fetch, ...options });
      leaving.push(() => shop.close());
      return shop;
    },
    token: (customer: string) => new SignJWT({}).setProtectedHeader({ alg: "HS256" }).setSubject(customer).setExpirationTime("1h").sign(new TextEncoder().encode(SECRET)),
    async backUp() {
      await stop();
      copy(database, backup);
      await start();
    },
    /** Whoever runs the server says so to the database, or forgets to. */
    async putBack(isSaid = true) {
      await stop();
      database = join(folder, `restored-${(times += 1)}.db`);
      copy(backup, database);
      if (isSaid) await noteRestored(database);
      await start();
    },
  };
}

/** A database with what it has not yet folded in. */
function copy(from: string, to: string): void {
  for (const part of ["", "-wal"]) if (existsSync(from + part)) copyFileSync(from + part, to + part);
}

const read = ({ state }: Client): Record<string, number> => Object.fromEntries(state.cart.lines.map(({ line, quantity }) => [line, quantity]));

/** The most that a screen has shown, by product: nothing may be seen twice, not for a moment. */
function highest(shop: Client): Record<string, number> {
  const most: Record<string, number> = {};
  shop.subscribe(({ cart }) => cart.lines.forEach(({ line, quantity }) => (most[line] = Math.max(most[line] ?? 0, quantity))));
  return most;
}

async function settled(...shops: Client[]): Promise<void> {
  for (const shop of shops) await shop.sync.settled();
}

test.each([["said", true], ["forgotten", false]])("what was added after the backup is on every screen again, once, and what was removed stays removed, though the operator has %s it", async (_, isSaid) => {
  const shop = await shopWithBackups();
  const [phone, desktop] = [shop.screen(), shop.screen()];
  phone.cart.add("SCHOEN-42", 2);
  await phone.signIn(await shop.token("anna"));
  await desktop.signIn(await shop.token("anna"));
  desktop.cart.add("SOK-1");
  await settled(phone, desktop);
  await shop.backUp();
  await settled(phone, desktop);
  phone.cart.add("BOEK-1");
  desktop.cart.remove("SOK-1");
  desktop.cart.add("BOEK-2", 3);
  await settled(phone, desktop);
  await until(() => Object.keys(read(phone)).length === 3, "the phone has all");
  const most = [highest(phone), highest(desktop)];

  await shop.putBack(isSaid);
  const all = { "SCHOEN-42": 2, "BOEK-1": 1, "BOEK-2": 3 };
  for (const screen of [phone, desktop]) await until(() => screen.state.sync.state === "live" && Object.keys(read(screen)).length === 3, "all of it is back");
  await settled(phone, desktop);
  const fresh = shop.screen();
  await fresh.signIn(await shop.token("anna"));
  await until(() => Object.keys(read(fresh)).length === 3, "a new screen has all");
  for (const screen of [phone, desktop, fresh]) expect(read(screen)).toEqual(all);
  expect(most.map((seen) => [seen["SCHOEN-42"], seen["BOEK-1"], seen["BOEK-2"]])).toEqual([[2, 1, 3], [2, 1, 3]]);
});

test("what had been acknowledged and not yet been seen on the stream is not lost either", async () => {
  const shop = await shopWithBackups();
  const phone = shop.screen();
  phone.cart.add("SCHOEN-42");
  await phone.signIn(await shop.token("anna"));
  await shop.backUp();
  await settled(phone);
  for (let i = 0; i < 30; i += 1) phone.cart.add(`BOEK-${i}`);
  await new Promise(setImmediate);
  await shop.putBack();
  await settled(phone);
  const fresh = shop.screen();
  await fresh.signIn(await shop.token("anna"));
  await until(() => Object.keys(read(fresh)).length === 31, "a new screen has all");
  expect(Object.values(read(fresh))).toEqual(Object.values(read(phone)));
});

test("a device that was away comes back days later, and brings what the restored server lacks", async () => {
  const shop = await shopWithBackups();
  const memory = createMemoryShelf();
  let isKept = false;
  const shelf: Shelf = {
    ...memory,
    save(entries, removed) {
      isKept ||= entries.some(([name, value]) => name === "copy" && (value as KeptCopy).sent.some(({ type }) => type === "line-added"));
      return memory.save(entries, removed);
    },
  };
  const phone = shop.screen({ storage: shelf });
  await phone.signIn(await shop.token("anna"));
  await shop.backUp();
  await settled(phone);
  phone.cart.add("SCHOEN-42", 2);
  await until(() => isKept, "the phone has kept its copy, with what was acknowledged");
  phone.close();
  await shop.putBack();
  const days = 3 * 86_400_000;
  const again = shop.screen({ storage: shelf, now: () => Date.now() + days });
  await again.ready;
  await settled(again);
  expect(read(again)).toEqual({ "SCHOEN-42": 2 });
  const fresh = shop.screen();
  await fresh.signIn(await shop.token("anna"));
  await until(() => read(fresh)["SCHOEN-42"] === 2, "a new screen has it");
});

test("a guest whom the restored server has never met keeps the cart", async () => {
  const shop = await shopWithBackups();
  await shop.backUp();
  const phone = shop.screen();
  phone.cart.add("SCHOEN-42", 2);
  await settled(phone);
  await shop.putBack();
  phone.cart.increase("SCHOEN-42");
  await until(() => phone.state.sync.state === "live" && read(phone)["SCHOEN-42"] === 3, "the cart is carried on");
  await settled(phone);
  expect(read(phone)).toEqual({ "SCHOEN-42": 3 });
});

test("a customer's device that the restored server has never met asks to sign in again, and then brings what it did", async () => {
  const shop = await shopWithBackups();
  const desktop = shop.screen();
  await desktop.signIn(await shop.token("anna"));
  desktop.cart.add("SOK-1");
  await settled(desktop);
  await shop.backUp();
  const phone = shop.screen();
  await phone.signIn(await shop.token("anna"));
  phone.cart.add("SCHOEN-42", 2);
  phone.cart.remove("SOK-1");
  await settled(phone);
  const problems: string[] = [];
  phone.on("problem", ({ code }) => problems.push(code));
  await shop.putBack();
  await until(() => problems.includes("credential-unknown"), "the shop is told");
  await until(() => !phone.state.customer.isSignedIn, "nobody is signed in");
  expect(read(phone)).toEqual({});
  const most = highest(phone);
  await phone.signIn(await shop.token("anna"));
  await settled(phone, desktop);
  for (const screen of [phone, desktop]) await until(() => JSON.stringify(read(screen)) === '{"SCHOEN-42":2}', "it is all there again");
  expect(most["SCHOEN-42"]).toBe(2);
});

test("somebody else who signs in on that device gets none of it", async () => {
  const shop = await shopWithBackups();
  await shop.backUp();
  const shelf = createMemoryShelf();
  const phone = shop.screen({ storage: shelf });
  await phone.signIn(await shop.token("anna"));
  phone.cart.add("SCHOEN-42", 2);
  await settled(phone);
  await shop.putBack();
  await until(() => !phone.state.customer.isSignedIn, "nobody is signed in");
  await phone.signIn(await shop.token("bert"));
  await settled(phone);
  expect([read(phone), shelf.read("held")]).toEqual([{}, undefined]);
});

test("what was added and removed again after the backup does not come back", async () => {
  const shop = await shopWithBackups();
  const phone = shop.screen();
  await phone.signIn(await shop.token("anna"));
  phone.cart.add("SCHOEN-42");
  phone.consent.decide({ analytics: false, marketing: true });
  await settled(phone);
  await shop.backUp();
  await settled(phone);
  phone.cart.add("BOEK-1");
  phone.cart.addCoupon("WEB10");
  await settled(phone);
  phone.cart.remove("BOEK-1");
  phone.cart.removeCoupon("WEB10");
  phone.cart.setQuantity("SCHOEN-42", 4);
  phone.consent.decide({ analytics: true, marketing: false });
  await settled(phone);
  const changed = phone.cart.add("SOK-1");
  await settled(phone);
  phone.cart.clear();
  phone.cart.add("SOK-1", 2);
  phone.cart.setQuantity(changed, 3);
  await settled(phone);
  expect(read(phone)).toEqual({ "SOK-1": 3 });
  await shop.putBack();
  await until(() => phone.state.sync.state === "live", "the phone is live");
  await settled(phone);
  const fresh = shop.screen();
  await fresh.signIn(await shop.token("anna"));
  for (const screen of [phone, fresh]) await until(() => JSON.stringify(read(screen)) === '{"SOK-1":3}', "it is as it was");
  for (const screen of [phone, fresh]) expect([screen.state.cart.coupons, screen.consent.allows("analytics"), screen.consent.allows("marketing")]).toEqual([[], true, false]);
});

test("what a phone removed offline, before the backup was put back, takes away nothing that another has added since", async () => {
  const shop = await shopWithBackups();
  const [phone, desktop] = [shop.screen(), shop.screen()];
  await phone.signIn(await shop.token("anna"));
  await desktop.signIn(await shop.token("anna"));
  phone.cart.add("SCHOEN-42");
  await settled(phone, desktop);
  await shop.backUp();
  await settled(phone, desktop);
  for (let i = 0; i < 5; i += 1) desktop.cart.addCoupon(`CODE-${i}`);
  await settled(desktop, phone);
  await until(() => phone.state.cart.coupons.length === 5, "the phone has seen them");
  phone.cart.remove("SCHOEN-42");
  await shop.putBack();
  desktop.cart.add("SCHOEN-42", 2);
  await settled(desktop, phone);
  for (const screen of [phone, desktop]) await until(() => JSON.stringify(read(screen)) === '{"SCHOEN-42":2}', "the addition stands, the old line is gone");
});

test("the backup is older than the device's credential: it goes on with the one it had then, and its customer stays signed in", async () => {
  let ahead = 0;
  const now = (): number => Date.now() + ahead;
  const shop = await shopWithBackups(now);
  const shelf = createMemoryShelf();
  const phone = shop.screen({ now, storage: shelf });
  const credential = (): string => (JSON.parse(shelf.read("session") ?? "{}") as { credential: string }).credential;
  await phone.signIn(await shop.token("anna"));
  phone.cart.add("SCHOEN-42");
  await settled(phone);
  await shop.backUp();
  const before = credential();
  for (const [sku, ms] of [["BOEK-1", 86_400_001], ["SOK-1", 61_000]] as const) {
    ahead += ms;
    phone.cart.add(sku);
    await settled(phone);
  }
  expect(credential()).not.toBe(before);
  await shop.putBack();
  await until(() => credential() === before, "the device has gone back to it");
  await settled(phone);
  expect([phone.state.customer.id, read(phone)]).toEqual(["anna", { "SCHOEN-42": 1, "BOEK-1": 1, "SOK-1": 1 }]);
});

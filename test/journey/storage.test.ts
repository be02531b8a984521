/** N3: browsers that keep nothing, forget what they kept, hang, fill up or garble it. The shop works on, says so once, and recovers. */
import { IDBDatabase, IDBFactory, IDBObjectStore } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Counted, countTime, createTown, read, type Screen, type Town } from "./town.js";

/** localStorage, as far as a shop needs it; what it holds are its own names, as in browsers. */
function createWords(): Storage {
  const methods = {
    getItem(this: Record<string, string>, name: string) {
      return this[name] ?? null;
    },
    setItem(this: Record<string, string>, name: string, value: string) {
      this[name] = value;
    },
    removeItem(this: Record<string, string>, name: string) {
      delete this[name];
    },
  };
  return Object.create(methods) as Storage;
}

const PREFIX = "carryover:pk_test";
const full = (): never => {
  throw new DOMException("The quota has been exceeded.", "QuotaExceededError");
};

let words: Storage;

/** A browser that has never been here. */
function newBrowser(): void {
  words = createWords();
  vi.stubGlobal("localStorage", words);
  vi.stubGlobal("indexedDB", new IDBFactory());
}

beforeEach(newBrowser);

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

interface Visit {
  readonly time: Counted;
  readonly town: Town;
  readonly desktop: Screen;
  page(): Screen;
}

/** A desktop of Anna's that is well, and pages of one browser that may not be. */
async function visit(): Promise<Visit> {
  const time = countTime();
  const town = await createTown();
  const desktop = town.screen();
  await signIn(time, town, desktop);
  return { time, town, desktop, page: () => town.screen({ storage: "browser" }) };
}

async function signIn(time: Counted, town: Town, { shop }: Screen): Promise<void> {
  const signing = shop.signIn(await town.token("anna"));
  await passing(time, 3_000);
  await signing;
}

/** The database answers in turns of the loop that no counted clock knows. */
async function passing(time: Counted, ms: number): Promise<void> {
  for (let i = 0; i < 10; i++) await time.pass(ms / 10, ms / 10);
}

/** What lies in the database: all of it, or with one value changed. */
async function kept(change?: readonly [name: string, value: unknown]): Promise<Map<string, unknown>> {
  const open = indexedDB.open(PREFIX);
  const db = await done<globalThis.IDBDatabase>(open);
  const store = db.transaction("kv", "readwrite").objectStore("kv");
  if (change) await done(store.put(change[1], change[0]));
  const [names, values] = [await done(store.getAllKeys()), await done(store.getAll())];
  db.close();
  return new Map(names.map((name, i) => [String(name), values[i]]));
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** The connection is found closed whenever `isNow` says so; while the database is being made it is not asked. */
function closeWhenAsked(isNow: () => boolean): void {
  const own = IDBDatabase.prototype.transaction;
  vi.spyOn(IDBDatabase.prototype, "transaction").mockImplementation(function (this: IDBDatabase, ...args) {
    const isMaking = (args[1] as string | undefined) === "versionchange";
    if (!isMaking && isNow()) throw new DOMException("The database connection is closing.", "InvalidStateError");
    return own.apply(this, args as Parameters<typeof own>);
  });
}

const ills: [string, () => void][] = [
  ["is refused", () => void vi.spyOn(indexedDB, "open").mockImplementation(() => {
    throw new DOMException("insecure", "SecurityError");
  })],
  ["never answers", () => void vi.spyOn(indexedDB, "open").mockImplementation(() => new EventTarget() as IDBOpenDBRequest)],
  ["is closed whenever it is asked", () => closeWhenAsked(() => true)],
  ["is full", () => void vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(full)],
];

test.each(ills)("a database that %s: the shop works, says so once, and nothing is lost over a reload", async (_, fallIll) => {
  const { time, town, desktop, page } = await visit();
  fallIll();
  const first = page();
  first.shop.cart.add("SCHOEN-42", 2);
  await signIn(time, town, first);
  first.shop.cart.increase("SCHOEN-42");
  desktop.shop.cart.add("BOEK-1");
  await passing(time, 5_000);
  const cart = { "SCHOEN-42": 3, "BOEK-1": 1 };
  expect([read(first), read(desktop), first.shop.sync.state, first.problems]).toEqual([cart, cart, "live", ["storage-refused"]]);
  first.cut();
  first.shop.cart.add("SOK-1");
  await passing(time, 3_000);
  first.shop.close();
  const second = page();
  await passing(time, 5_000);
  expect([read(second), second.shop.state.customer.id, second.problems]).toEqual([{ ...cart, "SOK-1": 1 }, "anna", ["storage-refused"]]);
  expect(read(desktop)).toEqual({ ...cart, "SOK-1": 1 });
});

test("a database that answers too late for a busy page: what lies in it is shown, and sent, as soon as it does", async () => {
  const { time, town, desktop, page } = await visit();
  const first = page();
  await signIn(time, town, first);
  first.cut();
  first.shop.cart.add("SCHOEN-42", 2);
  await passing(time, 1_000);
  first.shop.close();
  expect([...(await kept()).keys()]).toContainEqual(expect.stringMatching(/^e:/));
  const { databases } = indexedDB;
  vi.spyOn(indexedDB, "databases").mockImplementation(() => new Promise((resolve) => void setTimeout(() => resolve(databases.call(indexedDB)), 6_000)));
  const second = page();
  await passing(time, 3_000);
  expect([read(second), second.problems]).toEqual([{}, ["storage-refused"]]);
  second.shop.cart.add("BOEK-1");
  await passing(time, 4_000);
  expect([read(second), read(desktop), second.problems]).toEqual([{ "SCHOEN-42": 2, "BOEK-1": 1 }, { "SCHOEN-42": 2, "BOEK-1": 1 }, ["storage-refused"]]);
});

test("a connection that the browser closes behind our back, once in a while, is opened again, and nobody hears of it", async () => {
  const { time, town, page } = await visit();
  const phone = page();
  await signIn(time, town, phone);
  let asked = 0;
  closeWhenAsked(() => ++asked % 3 === 1);
  for (let i = 0; i < 10; i++) {
    phone.shop.cart.increase("SCHOEN-42");
    await passing(time, 1_000);
  }
  expect([asked > 10, phone.problems]).toEqual([true, []]);
  phone.cut();
  phone.shop.close();
  const tunnel = page();
  tunnel.cut();
  await passing(time, 1_000);
  expect(read(tunnel)).toEqual({ "SCHOEN-42": 10 });
});

test("evicted while the page is open: it goes on, and after signing in again everything that the server has said yes to is there", async () => {
  const { time, town, desktop, page } = await visit();
  const phone = page();
  await signIn(time, town, phone);
  phone.shop.cart.add("SCHOEN-42", 2);
  await passing(time, 2_000);
  for (const name of Object.keys(words)) words.removeItem(name);
  vi.stubGlobal("indexedDB", new IDBFactory());
  phone.shop.cart.increase("SCHOEN-42");
  await passing(time, 2_000);
  expect([read(phone), read(desktop)]).toEqual([{ "SCHOEN-42": 3 }, { "SCHOEN-42": 3 }]);
  phone.shop.close();
  const next = page();
  await passing(time, 2_000);
  await signIn(time, town, next);
  expect([read(next), read(desktop), next.shop.sync.state]).toEqual([{ "SCHOEN-42": 3 }, { "SCHOEN-42": 3 }, "live"]);
});

test("evicted between two visits: the next page is a stranger's until they sign in; then everything is back, once, and a guest's new things with it", async () => {
  const { time, town, desktop, page } = await visit();
  const phone = page();
  await signIn(time, town, phone);
  phone.shop.cart.add("SCHOEN-42", 2);
  phone.shop.cart.setField("SCHOEN-42", "note", "blauw");
  await passing(time, 2_000);
  phone.shop.close();
  newBrowser();
  const next = page();
  await passing(time, 2_000);
  expect([read(next), next.shop.state.customer.isSignedIn, next.problems]).toEqual([{}, false, []]);
  next.shop.cart.add("BOEK-1");
  await passing(time, 1_000);
  await signIn(time, town, next);
  const cart = { "SCHOEN-42": 2, "BOEK-1": 1 };
  expect([read(next), read(desktop)]).toEqual([cart, cart]);
  expect(next.shop.state.cart.lines.find(({ sku }) => sku === "SCHOEN-42")?.fields).toEqual({ note: "blauw" });
});

test("the disk is full for a while: said once; when there is room again what is done is kept, and what was done meanwhile with it", async () => {
  const { time, town, page } = await visit();
  const phone = page();
  await signIn(time, town, phone);
  phone.shop.cart.add("SCHOEN-42");
  await passing(time, 2_000);
  const isFull = [vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(full)];
  words.setItem = full;
  phone.cut();
  for (let i = 0; i < 3; i++) {
    phone.shop.cart.increase("SCHOEN-42");
    await passing(time, 2_000);
  }
  expect([read(phone), phone.problems]).toEqual([{ "SCHOEN-42": 4 }, ["storage-refused"]]);
  isFull.forEach((spy) => spy.mockRestore());
  delete (words as Partial<Storage>).setItem;
  phone.shop.cart.increase("SCHOEN-42");
  await passing(time, 2_000);
  phone.shop.close();
  const next = page();
  next.cut();
  await passing(time, 2_000);
  expect([read(next), phone.problems, next.problems]).toEqual([{ "SCHOEN-42": 5 }, ["storage-refused"], []]);
  next.mend();
  await passing(time, 31_000);
  expect([read(next), next.shop.sync.state]).toEqual([{ "SCHOEN-42": 5 }, "live"]);
});

const garbledWords = ["", "{", "null", "7", "[]", "{}", '"x"', '{"credential":7}', '{"id":"x"}', "\u0000\uffff"];

/** A page of Anna's that was left in a tunnel with something unsent: words and database hold all sorts. */
async function leftInATunnel(): Promise<Visit> {
  const here = await visit();
  const phone = here.page();
  phone.shop.consent.decide({ analytics: true });
  await signIn(here.time, here.town, phone);
  phone.shop.cart.add("SCHOEN-42", 2);
  await passing(here.time, 2_000);
  phone.cut();
  phone.shop.cart.add("BOEK-1");
  await passing(here.time, 2_000);
  phone.shop.cart.add("SOK-1");
  phone.shop.close();
  return here;
}

/** Whatever the browser's bytes have become: the page works, and with a sign-in everything that was acknowledged is there. */
async function expectItToWork({ time, town, page, desktop }: Visit): Promise<void> {
  const next = page();
  let isReady = false;
  void next.shop.ready.then(() => (isReady = true));
  await passing(time, 3_000);
  expect(isReady).toBe(true);
  next.shop.cart.add("PEN-1");
  if (!next.shop.state.customer.isSignedIn) await signIn(time, town, next);
  await passing(time, 31_000);
  expect([read(next)["SCHOEN-42"], read(next)["PEN-1"], next.shop.sync.state]).toEqual([2, 1, "live"]);
  expect(read(desktop)).toEqual(read(next));
  expect(next.problems.length).toBeLessThanOrEqual(1);
}

test.each(["session", "choice", "e:"].flatMap((word) => garbledWords.map((garbage) => [word, garbage] as const)))("the word %s is %j: the next page works, and everything acknowledged is there after a sign-in", async (beginning, garbage) => {
  const here = await leftInATunnel();
  const name = Object.keys(words).find((word) => word.startsWith(`${PREFIX}:${beginning}`));
  words.setItem(name as string, garbage);
  await expectItToWork(here);
});

const garbledValues = [undefined, null, 7, "x", [], {}, { id: 7 }];

const parts = ["copy", "copy.state", "copy.settled", "copy.sent", "copy.seq", "copy.epoch", "copy.state.cart", "copy.state.cart.lines", "e:"];

test.each(parts.flatMap((part) => garbledValues.map((garbage) => [part, garbage] as const)))("in the database %s is %j: the next page works, and everything acknowledged is there", async (part, garbage) => {
  const here = await leftInATunnel();
  const all = await kept();
  const [name, ...path] = part === "e:" ? [[...all.keys()].find((key) => key.startsWith("e:")) as string] : part.split(".");
  await kept([name as string, replaced(all.get(name as string), path, garbage)]);
  await expectItToWork(here);
});

function replaced(value: any, [first, ...rest]: readonly string[], by: unknown): unknown {
  return first === undefined ? by : { ...value, [first]: replaced(value[first], rest, by) };
}

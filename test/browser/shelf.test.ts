/** What survives a reload, in browsers that are well and in browsers that are not. */
// @vitest-environment happy-dom
import { IDBDatabase, IDBFactory, IDBObjectStore } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createBrowserShelf } from "../../src/browser/browser-shelf.js";
import { LATE } from "../../src/browser/patience.js";
import { createMemoryShelf } from "../../src/browser/shelf.js";

beforeEach(() => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  localStorage.clear();
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const full = (): never => {
  throw new DOMException("full", "QuotaExceededError");
};

const closing = (): never => {
  throw new DOMException("The database connection is closing.", "InvalidStateError");
};

test("nothing is stored, opened or made before something is put down", () => {
  const open = vi.spyOn(indexedDB, "open");
  const shelf = createBrowserShelf("carryover:pk");
  expect([shelf.read("session"), shelf.names("e:")]).toEqual([undefined, []]);
  expect([localStorage.length, open.mock.calls.length]).toEqual([0, 0]);
});

test("a word is there at once, for the next page too, and gone when it is taken away", () => {
  expect(createBrowserShelf("carryover:pk").write("session", "Anna")).toBe(true);
  expect(localStorage.getItem("carryover:pk:session")).toBe("Anna");
  const next = createBrowserShelf("carryover:pk");
  expect(next.read("session")).toBe("Anna");
  next.write("session", undefined);
  expect([next.read("session"), localStorage.length]).toEqual([undefined, 0]);
});

test("the words of another shop on the same address are not ours", () => {
  localStorage.setItem("carryover:other:e:1", "x");
  localStorage.setItem("e:2", "x");
  const shelf = createBrowserShelf("carryover:pk");
  shelf.write("e:3", "ours");
  expect(shelf.names("e:")).toEqual(["e:3"]);
});

test("with a full disk a word is kept for this page, and the shelf says that it will not last", () => {
  const setItem = vi.fn(full);
  vi.stubGlobal("localStorage", Object.create({ getItem: () => null, setItem, removeItem() {} }));
  const shelf = createBrowserShelf("carryover:pk");
  expect(shelf.write("e:1", "shoes")).toBe(false);
  expect([shelf.read("e:1"), shelf.names("e:")]).toEqual(["shoes", ["e:1"]]);
  setItem.mockReturnValue(undefined as never); // somebody has made room
  expect(shelf.write("e:1", "shoes")).toBe(true);
  expect(shelf.names("e:")).toEqual([]);
});

test("where localStorage is refused everything is kept in memory, alone, and said to be so", async () => {
  vi.stubGlobal("window", globalThis);
  vi.spyOn(globalThis, "localStorage", "get").mockImplementation(() => {
    throw new DOMException("insecure", "SecurityError");
  });
  const shelf = createBrowserShelf("carryover:pk");
  expect([shelf.isShared, shelf.write("session", "Anna"), shelf.read("session")]).toEqual([false, false, "Anna"]);
  await shelf.save([["copy", 1]], []);
  expect(await shelf.load()).toEqual([["copy", 1]]);
});

test("what is kept at leisure comes back on the next page, without what was removed", async () => {
  const shelf = createBrowserShelf("carryover:pk");
  await shelf.save([["copy", { seq: 1 }], ["e:1", "x"], ["e:2", "y"]], []);
  await shelf.save([["copy", { seq: 2 }]], ["e:1"]);
  expect(Object.fromEntries(await createBrowserShelf("carryover:pk").load())).toEqual({ copy: { seq: 2 }, "e:2": "y" });
  await shelf.clear();
  expect(await shelf.load()).toEqual([]);
});

test("a connection that the browser closed behind our back is opened again, once", async () => {
  const shelf = createBrowserShelf("carryover:pk");
  await shelf.save([["copy", 1]], []);
  const transaction = vi.spyOn(IDBDatabase.prototype, "transaction");
  transaction.mockImplementationOnce(closing);
  const open = vi.spyOn(indexedDB, "open");
  expect(await shelf.load()).toEqual([["copy", 1]]);
  expect(open).toHaveBeenCalledTimes(1);

  transaction.mockImplementation(closing);
  await expect(shelf.load()).rejects.toThrow("closing");
  expect(open).toHaveBeenCalledTimes(2);
  transaction.mockRestore();
  expect(await shelf.load()).toEqual([["copy", 1]]);
});

test("a database that never answers is not waited for longer than two seconds, and is tried anew later", async () => {
  await createBrowserShelf("carryover:pk").save([["copy", 1]], []);
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const open = vi.spyOn(indexedDB, "open").mockImplementationOnce(() => new EventTarget() as IDBOpenDBRequest);
  const shelf = createBrowserShelf("carryover:pk");
  const loading = expect(shelf.load()).rejects.toBe(LATE);
  await vi.advanceTimersByTimeAsync(2_000);
  await loading;
  vi.useRealTimers();
  expect(await shelf.load()).toEqual([["copy", 1]]);
  expect(open).toHaveBeenCalledTimes(2);
});

test("a browser that does not even say which databases it has is not waited for longer than that either", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  vi.spyOn(indexedDB, "databases").mockImplementation(() => new Promise(() => {}));
  const loading = expect(createBrowserShelf("carryover:pk").load()).rejects.toBe(LATE);
  await vi.advanceTimersByTimeAsync(2_000);
  await loading;
});

test("the database is not made in the moment of the first gesture, which so often leads to another page", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const open = vi.spyOn(indexedDB, "open");
  const shelf = createBrowserShelf("carryover:pk");
  expect(await shelf.load()).toEqual([]);
  await shelf.save([], ["e:1"]);
  await shelf.clear();
  const saving = shelf.save([["copy", 1]], []);
  await vi.advanceTimersByTimeAsync(400);
  expect(open).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(100);
  vi.useRealTimers();
  await saving;
  expect(await createBrowserShelf("carryover:pk").load()).toEqual([["copy", 1]]);
});

test("where the database is full or refused the shelf says so and does not hang", async () => {
  const shelf = createBrowserShelf("carryover:pk");
  await shelf.save([["copy", 1]], []);
  vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(full);
  await expect(shelf.save([["copy", 1]], [])).rejects.toThrow("full");
  vi.spyOn(indexedDB, "open").mockImplementation(() => {
    throw new DOMException("insecure", "SecurityError");
  });
  await expect(createBrowserShelf("carryover:pk").load()).rejects.toThrow("insecure");
  await expect(createBrowserShelf("carryover:other").save([["copy", 1]], [])).rejects.toThrow("insecure");
});

test("memory keeps what a page does and shares it with nobody", async () => {
  const [one, other] = [createMemoryShelf(), createMemoryShelf()];
  one.write("e:1", "x");
  await one.save([["copy", 1], ["e:2", 2]], []);
  await one.save([], ["e:2"]);
  expect([one.names("e:"), await one.load(), other.names("e:"), await other.load()]).toEqual([["e:1"], [["copy", 1]], [], []]);
});

/** The journal: an addition is safe in the same tick, at every moment in at least one place, and counted once. */
import { expect, test, vi } from "vitest";
import { createJournal, type KeptCopy } from "../../src/browser/journal.js";
import { createMemoryShelf, type Shelf } from "../../src/browser/shelf.js";
import type { Event } from "../../src/model/event.js";
import { emptyState, FOLD } from "../../src/model/state.js";

const event = (id: string, at = 1): Event => ({ id, type: "line-added", data: { line: "SCHOEN-42", n: 1 }, at, base: 0 });
const copy = (settled: string[], device = "phone"): KeptCopy =>
  ({ device, fold: FOLD, epoch: "e", log: "log", seq: settled.length, hash: 1, state: emptyState, settled, sent: [] });
/** The copy as it lies on a shelf, with its fingerprint. */
async function onShelf(kept: KeptCopy): Promise<[string, unknown]> {
  const shelf = createMemoryShelf();
  await createJournal(shelf, () => {}).keep(kept, []);
  return ["copy", new Map(await shelf.load()).get("copy")];
}

const shared = (): Shelf => ({ ...createMemoryShelf(), isShared: true });
const ids = async (shelf: Shelf, device = "phone"): Promise<string[]> => (await createJournal(shelf, () => {}).load(device)).events.map(({ id }) => id);

test("an addition is put down before the call returns", () => {
  const shelf = shared();
  createJournal(shelf, () => {}).add("phone", event("a"));
  expect(shelf.names("e:")).toEqual(["e:phone:a"]);
});

test("additions move to the roomier place in the background, and are found wherever they lie, in their order", async () => {
  const shelf = shared();
  const journal = createJournal(shelf, () => {});
  journal.add("phone", event("b", 2));
  await vi.waitFor(() => expect(shelf.names("e:")).toEqual([]));
  journal.add("phone", event("a", 1));
  expect(await ids(shelf)).toEqual(["a", "b"]);
});

test("while an addition moves it lies in both places, and is one addition all the same", async () => {
  const shelf = shared();
  await shelf.save([["e:phone:a", event("a")]], []);
  shelf.write("e:phone:a", JSON.stringify(event("a")));
  expect(await ids(shelf)).toEqual(["a"]);
});

test("an addition that cannot move stays where it is, and the next one takes it along", async () => {
  const kept = shared();
  const save = vi.fn(kept.save).mockRejectedValueOnce(new Error("full"));
  const shelf = { ...kept, save };
  const journal = createJournal(shelf, () => {});
  journal.add("phone", event("a"));
  await vi.waitFor(() => expect(save).toHaveBeenCalledTimes(1));
  expect(await ids(shelf)).toEqual(["a"]);
  journal.add("phone", event("b", 2));
  await vi.waitFor(() => expect(shelf.names("e:")).toEqual([]));
  expect(await ids(shelf)).toEqual(["a", "b"]);
});

test("what a copy holds already is not counted beside it, and then cleared away", async () => {
  const shelf = shared();
  const journal = createJournal(shelf, () => {});
  journal.add("phone", event("a"));
  journal.add("phone", event("b", 2));
  await shelf.save([await onShelf(copy(["a"]))], []);
  expect(await ids(shelf)).toEqual(["b"]);
  await journal.keep(copy(["a"]), []);
  expect((await shelf.load()).map(([name]) => name).sort()).toEqual(["copy", "e:phone:b"]);
});

test("while a copy is being kept the next addition waits its turn, and nothing that the copy holds is moved beside it", async () => {
  const kept = shared();
  let letGo = (): void => {};
  const save = vi.fn(kept.save).mockImplementationOnce(kept.save).mockImplementationOnce(async (...what) => {
    await kept.save(...what);
    await new Promise<void>((resolve) => (letGo = resolve));
  });
  const shelf = { ...kept, save };
  const journal = createJournal(shelf, () => {});
  journal.add("phone", event("a"));
  await vi.waitFor(() => expect(shelf.names("e:")).toEqual([]));
  shelf.write("e:phone:a", JSON.stringify(event("a"))); // as another tab of the browser may have it still
  const keeping = journal.keep(copy(["a"]), []);
  await vi.waitFor(() => expect(save).toHaveBeenCalledTimes(2));
  journal.add("phone", event("b", 2));
  letGo();
  expect(await keeping).toBe(true);
  await vi.waitFor(() => expect(shelf.names("e:")).toEqual([]));
  expect((await shelf.load()).map(([name]) => name).sort()).toEqual(["copy", "e:phone:b"]);
});

test("what another tab has put beside a copy that holds it is not counted, and goes with the next copy", async () => {
  const shelf = shared();
  await shelf.save([await onShelf({ ...copy([]), sent: [event("a")] }), ["e:phone:a", event("a")], ["e:phone:b", event("b", 2)]], []);
  const journal = createJournal(shelf, () => {});
  expect((await journal.load("phone")).events.map(({ id }) => id)).toEqual(["b"]);
  await journal.keep(copy([]), []);
  expect((await shelf.load()).map(([name]) => name).sort()).toEqual(["copy", "e:phone:b"]);
});

test("a copy is kept together with what is pending beside it, or says that it could not be", async () => {
  const shelf = shared();
  expect(await createJournal(shelf, () => {}).keep(copy([]), [event("a")])).toBe(true);
  expect((await shelf.load()).map(([name]) => name).sort()).toEqual(["copy", "e:phone:a"]);
  const full = { ...shelf, save: () => Promise.reject(new Error("full")) };
  expect(await createJournal(full, () => {}).keep(copy(["a"]), [])).toBe(false);
});

test("the copy and the additions of another device on this shelf are not ours", async () => {
  const shelf = shared();
  createJournal(shelf, () => {}).add("tablet", event("t"));
  await shelf.save([await onShelf(copy([], "tablet"))], []);
  expect(await createJournal(shelf, () => {}).load("phone")).toEqual(expect.objectContaining({ copy: undefined, events: [], sent: [] }));
});

test("a copy made by an older version of the fold is shown, and told anew by the server", async () => {
  const shelf = shared();
  await shelf.save([["copy", { ...copy([]), fold: FOLD - 1, sum: undefined, sent: undefined }]], []);
  const found = (await createJournal(shelf, () => {}).load("phone")).copy;
  expect([found?.log, found?.epoch]).toEqual(["log", ""]);
});

test("a copy made by a newer version of the fold is not believed", async () => {
  const shelf = shared();
  await shelf.save([await onShelf({ ...copy([]), fold: FOLD + 1 })], []);
  expect((await createJournal(shelf, () => {}).load("phone")).copy).toBeUndefined();
});

test("a copy whose bytes have gone bad is not believed in any part", async () => {
  const shelf = shared();
  const [name, whole] = await onShelf({ ...copy([]), sent: [event("a")] });
  await shelf.save([[name, { ...(whole as KeptCopy), seq: 7 }]], []);
  expect(await createJournal(shelf, () => {}).load("phone")).toEqual({ copy: undefined, events: [], sent: [], strays: [] });
  await shelf.save([[name, whole]], []);
  expect((await createJournal(shelf, () => {}).load("phone")).sent).toHaveLength(1);
});

test.each(["", "{", "null", "7", "[]", "{}", `"a"`, `{"id":"x"}`])("a word that was cut off or is not ours (%s) is passed over", async (bytes) => {
  const shelf = shared();
  shelf.write("e:phone:x", bytes);
  shelf.write("e:phone:a", JSON.stringify(event("a")));
  expect(await ids(shelf)).toEqual(["a"]);
});

test("where nothing can be kept the shop is told once, and the additions are still there for this page", async () => {
  const kept = shared();
  const refused = vi.fn();
  const shelf: Shelf = { ...kept, write: (name, value) => kept.write(name, value) && false, load: () => Promise.reject(new Error("refused")), save: () => Promise.reject(new Error("full")) };
  const journal = createJournal(shelf, refused);
  journal.add("phone", event("a"));
  journal.add("phone", event("b", 2));
  await journal.keep(copy([]), []);
  expect((await journal.load("phone")).events.map(({ id }) => id)).toEqual(["a", "b"]);
  expect(refused).toHaveBeenCalledTimes(1);
});

test("forgetting leaves nothing, in neither place, also of what is just moving", async () => {
  const shelf = shared();
  const journal = createJournal(shelf, () => {});
  journal.add("phone", event("a"));
  journal.add("phone", event("b"));
  await journal.clear("phone");
  expect([shelf.names(""), await shelf.load()]).toEqual([[], []]);
});

test("what a second tab did in the moment in which both made up a visitor is taken along under the name that is left, once", async () => {
  const shelf = shared();
  const [one, two] = [createJournal(shelf, () => {}), createJournal(shelf, () => {})];
  one.add("phone", event("a"));
  two.add("other", event("b", 2));
  await vi.waitFor(() => expect(shelf.names("e:")).toEqual([]));
  two.add("other", event("c", 3));
  const found = await one.load("phone", { bornAt: 1_000 });
  expect([found.events.map(({ id }) => id), found.strays.map(({ id }) => id)]).toEqual([["a"], ["b", "c"]]);
  await vi.waitFor(async () => expect((await shelf.load()).map(([name]) => name).sort()).toEqual(["e:phone:a", "e:phone:b", "e:phone:c"]));
  expect(await ids(shelf)).toEqual(["a", "b", "c"]);
});

test("what was done in an account under another name stays out of sight", async () => {
  const shelf = shared();
  createJournal(shelf, () => {}).add("other", { ...event("secret"), log: "abcdefghijklmnop" });
  expect((await createJournal(shelf, () => {}).load("phone", { bornAt: 0 })).strays).toEqual([]);
});

test("what lies there from before this visitor came to be is nobody's", async () => {
  const shelf = shared();
  createJournal(shelf, () => {}).add("other", event("old", 10_000));
  expect((await createJournal(shelf, () => {}).load("phone", { bornAt: 20_000 })).strays).toEqual([]);
});

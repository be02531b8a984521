/** Tabs of one browser: one leads, all hear each other, and no tab that left stands in the way of the others. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { readOptions } from "../../src/browser/options.js";
import { createMemoryShelf } from "../../src/browser/shelf.js";
import { createTabs, type Tabs } from "../../src/browser/tabs.js";

const settings = readOptions({ site: "pk" });
const shared = { ...createMemoryShelf(), isShared: true };
const open: Tabs<string>[] = [];

interface Tab extends Tabs<string> {
  readonly heard: string[];
}

/** A tab that notes what it hears and whether it leads. */
function tab(shelf = shared, site = settings): Tab {
  const heard: string[] = [];
  const tabs = createTabs<string>(site, shelf, { hear: (word) => heard.push(word), lead: () => heard.push("I lead"), follow: () => heard.push("I follow") });
  open.push(tabs);
  return Object.defineProperties({ heard }, Object.getOwnPropertyDescriptors(tabs)) as Tab;
}

/** Web Locks as browsers have them, as far as one exclusive lock with a queue goes. */
function createLocks() {
  const queues = new Map<string, (() => Promise<void>)[]>();
  const next = async (name: string): Promise<void> => {
    const queue = queues.get(name) ?? [];
    await Promise.resolve(); // no browser grants a lock before the call returns
    await queue[0]?.();
    queue.shift();
    if (queue.length > 0) await next(name);
  };
  return {
    async request(name: string, { signal }: { signal: AbortSignal }, work: () => Promise<void>): Promise<void> {
      const queue = queues.get(name) ?? [];
      queues.set(name, queue);
      queue.push(async () => {
        if (!signal.aborted) await work();
      });
      if (queue.length === 1) await next(name);
    },
  };
}

beforeEach(() => void vi.stubGlobal("navigator", { locks: createLocks() }));

afterEach(() => {
  for (const tabs of open.splice(0)) tabs.leave();
  vi.unstubAllGlobals();
});

const leaders = (...tabs: Tab[]): boolean[] => tabs.map(({ isLeading }) => isLeading);

test("the first tab leads, and when it leaves the next one does", async () => {
  const [one, two, three] = [tab(), tab(), tab()];
  for (const each of [one, two, three]) each.join();
  await vi.waitFor(() => expect(leaders(one, two, three)).toEqual([true, false, false]));
  one.leave();
  await vi.waitFor(() => expect(leaders(one, two, three)).toEqual([false, true, false]));
  expect(one.heard).toEqual(["I lead", "I follow"]);
});

test("a tab that left the queue is passed over", async () => {
  const [one, two, three] = [tab(), tab(), tab()];
  for (const each of [one, two, three]) each.join();
  two.leave();
  one.leave();
  await vi.waitFor(() => expect(leaders(one, two, three)).toEqual([false, false, true]));
  expect(two.heard).toEqual([]);
});

test("a tab that comes back from the back/forward cache queues again and hears again", async () => {
  const [one, two] = [tab(), tab()];
  one.join();
  two.join();
  await vi.waitFor(() => expect(one.isLeading).toBe(true));
  one.leave();
  one.join();
  await vi.waitFor(() => expect(leaders(one, two)).toEqual([false, true]));
  two.tell("shoes");
  await vi.waitFor(() => expect(one.heard).toContain("shoes"));
});

test("joining twice is joining once", async () => {
  const one = tab();
  one.join();
  one.join();
  await vi.waitFor(() => expect(one.isLeading).toBe(true));
  expect(one.heard).toEqual(["I lead"]);
});

test("every other tab of the shop hears what one tells, and no tab of another shop does", async () => {
  const [one, two, three, other] = [tab(), tab(), tab(), tab(shared, readOptions({ site: "pk_other" }))];
  one.tell("shoes");
  await vi.waitFor(() => expect([two.heard, three.heard]).toEqual([["shoes"], ["shoes"]]));
  expect([one.heard, other.heard]).toEqual([[], []]);
});

test("where a browser has no locks every tab leads itself", () => {
  vi.stubGlobal("navigator", {});
  const [one, two] = [tab(), tab()];
  one.join();
  two.join();
  expect(leaders(one, two)).toEqual([true, true]);
});

test("a device in memory leads itself and tells nobody", async () => {
  const [kiosk, page] = [tab(createMemoryShelf() as typeof shared), tab()];
  kiosk.join();
  kiosk.tell("a stranger's shoes");
  page.tell("boots");
  const hearing = tab();
  page.tell("socks");
  await vi.waitFor(() => expect(hearing.heard).toEqual(["socks"]));
  expect([kiosk.isLeading, kiosk.heard, page.heard]).toEqual([true, ["I lead"], []]);
});

/** Tabs of one browser: one leads, all hear each other, and no tab that left stands in the way of the others. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { readOptions } from "../../src/browser/options.js";
import { createMemoryShelf } from "../../src/browser/shelf.js";
import { createTabs, type Tabs } from "../../src/browser/tabs.js";
import { createLocks } from "./locks.js";

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

beforeEach(() => void vi.stubGlobal("navigator", { locks: createLocks() }));

afterEach(() => {
  for (const tabs of open.splice(0)) tabs.leave();
  vi.unstubAllGlobals();
  vi.useRealTimers();
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

/** Counted time, for pages that are looked at or not. */
function countTime(visibilityState: "visible" | "hidden" = "visible"): (ms: number) => Promise<void> {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"] });
  vi.stubGlobal("document", { visibilityState });
  return async (ms) => {
    for (let left = ms; left > 0; left -= 100) {
      vi.advanceTimersByTime(100);
      for (let i = 0; i < 8; i += 1) await new Promise(setImmediate); // what tabs tell each other arrives
    }
  };
}

/** A tab that the browser has put to sleep while it led: it holds the lock, and neither hears nor says anything. */
async function sleeper(): Promise<{ tab: Tab; wake(): void }> {
  const channels: BroadcastChannel[] = [];
  const Awake = BroadcastChannel;
  vi.stubGlobal("BroadcastChannel", class extends Awake {
    constructor(name: string) {
      super(name);
      channels.push(this);
    }
  });
  const asleep = tab();
  vi.stubGlobal("BroadcastChannel", Awake);
  asleep.join();
  await vi.waitFor(() => expect(asleep.isLeading).toBe(true));
  const [channel] = channels as [BroadcastChannel];
  const hear = channel.onmessage;
  channel.onmessage = () => {};
  return { tab: asleep, wake: () => void (channel.onmessage = hear) };
}

test("a leading tab that does not answer is replaced within two seconds by one that is looked at, and follows when it wakes", async () => {
  const pass = countTime();
  const { tab: asleep } = await sleeper();
  const page = tab();
  page.join();
  await pass(2_000);
  expect(leaders(asleep, page)).toEqual([false, true]);
  expect(asleep.heard).toEqual(["I lead", "I follow"]);
  page.leave();
  await pass(100);
  expect(asleep.isLeading).toBe(true);
});

test("a leading tab that answers is left alone, however many tabs ask", async () => {
  const pass = countTime();
  const tabs = [tab(), tab(), tab(), tab()] as const;
  tabs.forEach((each) => each.join());
  await pass(60_000);
  expect(leaders(...tabs)).toEqual([true, false, false, false]);
});

test("a tab that nobody looks at takes nothing by force", async () => {
  const pass = countTime("hidden");
  const { tab: asleep } = await sleeper();
  const page = tab();
  page.join();
  await pass(60_000);
  expect(leaders(asleep, page)).toEqual([true, false]);
});

test("tabs that are all too slow to answer do not take the lead from each other more than twice a minute each", async () => {
  const pass = countTime();
  vi.spyOn(BroadcastChannel.prototype, "postMessage").mockImplementation(() => {});
  const tabs = [tab(), tab(), tab()];
  tabs.forEach((each) => each.join());
  await pass(60_000);
  const taken = tabs.flatMap(({ heard }) => heard).filter((word) => word === "I lead");
  expect(taken.length).toBeLessThanOrEqual(1 + 3 * 2);
  expect(leaders(...tabs).filter(Boolean)).toHaveLength(1);
  vi.restoreAllMocks();
});

test("a page that may have no locks leads itself", async () => {
  vi.stubGlobal("navigator", { locks: { request: () => Promise.reject(new DOMException("no", "SecurityError")) } });
  const page = tab();
  page.join();
  await vi.waitFor(() => expect(page.isLeading).toBe(true));
});

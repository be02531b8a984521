/** Everything that happens in a town beside shopping: the network, tabs, the server, time, signing in and out, handing over. */
import type { HandoffState, SignedIn } from "../../src/index.js";
import type { Browser, Tab } from "./browser.js";
import { gestures } from "./gestures.js";
import { FAULTS } from "./line.js";
import { tabsOf, type World } from "./world.js";

export type Happening = (world: World, tab: Tab, which: number, n: number) => Promise<void> | void;

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
export const CUSTOMERS = ["anna", "berta", "chris"] as const;
const MERGES = ["union", "union", "keep-visitor", "keep-customer", "ask"] as const;
const KEPT = ["union", "keep-visitor", "keep-customer"] as const;
const MODES = ["take", "copy", "join"] as const;
const TABS = 3;

export const network: Readonly<Record<string, Happening>> = {
  cut: (_, { browser }) => browser.cut(),
  mend: (_, { browser }) => browser.mend(),
  meet: (_, { line }, which, n) => line.meet(FAULTS[(which * 4 + n - 1) % FAULTS.length] as (typeof FAULTS)[number], 1),
  meetMany: (_, { line }, which, n) => line.meet(FAULTS[(which * 4 + n - 1) % FAULTS.length] as (typeof FAULTS)[number], n),
  tear: (_, { browser }) => browser.leader?.line.stream?.tear(),
  silence: (_, { browser }) => browser.leader?.line.stream?.silence(),
  hold: (_, { browser }) => browser.leader?.line.stream?.hold(),
  release: (_, { browser }) => browser.leader?.line.stream?.release(),
};

export const tabs: Readonly<Record<string, Happening>> = {
  openTab: (_, { browser }) => void (browser.tabs.length < TABS && browser.open()),
  closeTab: (_, tab) => tab.browser.close(tab),
  killTab: (_, tab) => tab.browser.kill(tab),
  reload(_, tab) {
    tab.browser.close(tab);
    tab.browser.open();
  },
  crash(_, tab) {
    tab.browser.kill(tab);
    tab.browser.open();
  },
  hide: (_, tab) => tab.browser.hide(tab),
  rest: (_, tab) => tab.browser.rest(tab),
  resume(_, { browser }) {
    const resting = browser.tabs.find(({ state }) => state === "resting");
    if (resting) browser.resume(resting);
  },
  // In the same tick: what no page has time for. (A crash comes at its end: within it nobody else could have seen a thing.)
  addAtOnce(world, { browser }, which, n) {
    if (browser.tabs.length < TABS) gestures.add?.(world, browser.open(), which, n);
  },
  addAndClose(world, tab, which, n) {
    gestures.add?.(world, tab, which, n);
    tab.browser.close(tab);
  },
  addAndKill(world, tab, which, n) {
    gestures.add?.(world, tab, which, n);
    queueMicrotask(() => tab.browser.kill(tab));
  },
  addAndRest(world, tab, which, n) {
    gestures.add?.(world, tab, which, n);
    tab.browser.rest(tab);
  },
};

export const server: Readonly<Record<string, Happening>> = {
  restart: async ({ shop }) => {
    await shop.stop();
    await shop.start();
  },
  fall: async (world) => {
    tabsOf(world).forEach(({ line }) => line.drop());
    await world.shop.stop();
    await world.shop.start();
  },
  down: (world) => {
    tabsOf(world).forEach(({ line }) => line.drop());
    return world.shop.stop();
  },
  up: ({ shop }) => shop.start(),
};

export const time: Readonly<Record<string, Happening>> = {
  wait: ({ time: counted }, _, which, n) => counted.pass(which * 10_000 + n * 1_000),
  sleep: async (world, _, which, n) => {
    const ms = Math.min(world.sleepLeftMs, which * 3 * HOUR_MS + n * 60_000);
    world.sleepLeftMs -= ms;
    await world.time.sleep(ms);
  },
  clockIsWrong: (_, { browser }, which) => void (browser.skewMs = (which - 3) * (DAY_MS / 3)),
};

/** Starts what takes its time; a refusal is an outcome, anything else a surprise. */
function start(world: World, work: () => Promise<unknown>): void {
  void work().catch((error) => error?.name === "RefusalError" || world.surprises.push(error));
}

export const accounts: Readonly<Record<string, Happening>> = {
  signIn(world, tab, which, n) {
    const token = world.tokens[CUSTOMERS[which % CUSTOMERS.length] as string] as string;
    const merge = MERGES[(which + n) % MERGES.length] as (typeof MERGES)[number];
    start(world, async () => {
      const met: SignedIn = await tab.shop.signIn(token, { merge });
      await met.keep?.(KEPT[n % KEPT.length] as (typeof KEPT)[number]);
    });
  },
  signOut: (world, { shop }) => start(world, () => shop.signOut()),
};

export const handoffs: Readonly<Record<string, Happening>> = {
  hand(world, from, which, n) {
    const others = tabsOf(world).filter((tab) => tab.browser !== from.browser && tab.state === "open");
    const to = others[which % Math.max(1, others.length)];
    if (to) start(world, () => hand(world, from, to, MODES[n % MODES.length] as (typeof MODES)[number]));
  },
};

async function hand(world: World, from: Tab, to: Tab, mode: (typeof MODES)[number]): Promise<void> {
  const offering = from.shop.handoff.offer(mode, { url: "https://shop.example/cart" });
  if (mode === "take") world.offered.add(from.browser.device ?? "");
  const { code } = await offering;
  const accepting = to.shop.handoff.accept(code);
  if (mode === "join") {
    let isNamed = false;
    to.shop.subscribe(({ handoff }) => {
      const number = numberOf(handoff);
      if (number === undefined || isNamed) return;
      isNamed = true;
      start(world, () => from.shop.handoff.approve(number));
    });
  }
  await accepting;
}

function numberOf(handoff: HandoffState | undefined): number | undefined {
  return handoff?.role === "receiving" && handoff.status === "to-approve" ? handoff.number : undefined;
}

/** A page that somebody can do something on; where there is none it is opened, and they wait until it shows something. */
export async function somePage({ time: counted }: World, browser: Browser, which: number): Promise<Tab> {
  const live = browser.tabs.filter(({ state }) => state === "open");
  const found = live[which % Math.max(1, live.length)] ?? browser.open();
  if (live.length === 0) await counted.settle();
  return found;
}

/** A town with everything in it: a shop, browsers with tabs, time that is counted, and a witness. */
import { randomUUID } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Entry } from "../../src/model/event.js";
import { decodeEntry } from "../../src/wire/pull.js";
import { type Browser, createBrowser, type Tab } from "./browser.js";
import { type Chance, createChance } from "./chance.js";
import { createPlatform, type Platform } from "./platform.js";
import { openShop, type Shop, SITE } from "./shop.js";
import { queueThreads } from "./threads.js";
import { startTime, type Time } from "./time.js";
import { createWitness, type Witness } from "./witness.js";

export interface World {
  readonly time: Time;
  readonly chance: Chance;
  readonly platform: Platform;
  readonly shop: Shop;
  readonly witness: Witness;
  readonly browsers: readonly Browser[];
  /** Signed proofs of who somebody is, by name. */
  readonly tokens: Readonly<Record<string, string>>;
  /** Devices whose cart was offered to be taken along: they may be emptied at any moment. */
  readonly offered: Set<string>;
  /** Which customer a device was signed in as. */
  readonly customers: Map<string, string>;
  /** What went wrong where nobody waited for it. */
  readonly surprises: unknown[];
  /** How much longer everybody may sleep before a guest's cart is forgotten for its age. */
  sleepLeftMs: number;
  /** One more browser, with its first tab. */
  browser(name: string): Browser;
  close(): Promise<void>;
}

export interface Setting {
  readonly seed: number;
  readonly browsers: number;
  /** How long the browsers' databases take. */
  readonly latencyMs: number;
  /** The reach that the question about cookies names. */
  readonly asked: "device" | "account";
  /** The database outlives the server. */
  readonly isOnDisk: boolean;
}

const DAY_MS = 86_400_000;
/** A file that no disk has to turn for, where there is such a place. */
const QUICK = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

export async function openWorld({ seed, browsers, latencyMs, asked, isOnDisk }: Setting, tokens: Readonly<Record<string, string>>): Promise<World> {
  const time = startTime();
  const chance = createChance(seed);
  const platform = createPlatform();
  const freeThreads = queueThreads(time);
  const witness = createWitness();
  const file = isOnDisk ? join(QUICK, `carryover-${randomUUID()}.db`) : ":memory:";
  const shop = await openShop(time, file, ({ log, entries }) => witness.reads(log, entries));
  const open: Browser[] = [];

  const world: World = {
    time, chance, platform, shop, witness, tokens, browsers: open,
    offered: new Set(), customers: new Map(), surprises: [], sleepLeftMs: 4 * DAY_MS,
    browser(name) {
      const browser = createBrowser(name, { time, chance, platform, shop, latencyMs, options: { consent: { asked } } });
      open.push(browser);
      browser.open();
      return browser;
    },
    async close() {
      for (const tab of tabsOf(world)) tab.shop.close();
      await shop.stop();
      await time.settle();
      freeThreads();
      platform.stop();
      time.stop();
      if (isOnDisk) for (const end of ["", "-wal", "-shm"]) rmSync(file + end, { force: true });
    },
  };
  for (let i = 0; i < browsers; i++) world.browser(`pk_${i}`);
  await time.settle();
  return world;
}

export function tabsOf({ browsers }: World): Tab[] {
  return browsers.flatMap(({ tabs }) => tabs);
}

export interface Snapshot {
  readonly log: string;
  readonly seq: number;
  readonly state: any;
}

/** What the server says of a device's log to somebody who knows nothing yet. */
export async function snapshotFor({ shop }: World, credential: string): Promise<Snapshot | undefined> {
  const frames = await opening(shop, credential, undefined);
  return frames.find(({ event }) => event === "snapshot")?.data;
}

/** Every entry of a device's log; undefined when the server has let go of the device. */
export async function entriesFor({ shop }: World, credential: string): Promise<{ log: string; entries: Entry[] } | undefined> {
  const [hello] = await opening(shop, credential, undefined);
  if (hello === undefined) return undefined;
  const frames = await opening(shop, credential, `${hello.data.epoch}.0.0`);
  return { log: hello.data.log, entries: frames.filter(({ event }) => event === "").map(({ data }) => decodeEntry(data)) };
}

async function opening(shop: Shop, credential: string, cursor: string | undefined): Promise<{ event: string; data: any }[]> {
  const body = JSON.stringify({ v: 1, site: SITE, channel: "web", cursor });
  const response = await shop.fetch(new Request("https://sync.shop.example/v1/pull", { method: "POST", body, headers: { authorization: `Bearer ${credential}` } }));
  if (!response.ok || response.body === null) return [];
  const reader = response.body.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return new TextDecoder().decode(value).split("\n\n").flatMap((block) => {
    const [, event = "", data] = /^(?:event: (.*)\n)?data: (.*)$/.exec(block) ?? [];
    return data === undefined ? [] : [{ event, data: JSON.parse(data) }];
  });
}

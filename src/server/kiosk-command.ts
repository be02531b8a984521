/** `carryover kiosk`: announces the screens of a store, says which there are, and removes one. */
import { parseArgs } from "node:util";
import { isText } from "../model/limits.js";
import { readConfig, siteNamed } from "./config-command.js";
import { announceKiosk, removeKiosk } from "./kiosk.js";
import { databaseNamed } from "./secret-settings.js";
import { readSites } from "./sites.js";
import { openExisting } from "./store/open.js";
import type { KioskRow } from "./store/kiosks.js";
import type { Store } from "./store/store.js";

export const kioskUsage = `carryover kiosk add --store GENT --name "Kiosk 3"
carryover kiosk list
carryover kiosk remove ID
  each with [--site pk_…] [--database carryover.db] [--config carryover.config.json], beside the running server or without one`;

interface Asked {
  readonly site: string;
  readonly store: string | undefined;
  readonly name: string | undefined;
  readonly id: string | undefined;
}

/** Runs `kiosk`; resolves to the exit code. */
export async function runForKiosks(args: readonly string[]): Promise<number> {
  const text = { type: "string" } as const;
  const { values, positionals: [task = "", id] } = parseArgs({
    args: [...args], allowPositionals: true, options: { store: text, name: text, site: text, database: text, config: text },
  });
  const run = { add, list, remove }[task];
  if (run === undefined) {
    console.log(kioskUsage);
    return 2;
  }
  const { database, config, site, store, name } = values;
  const asked = { site: siteNamed([...readSites((await readConfig(config)).sites).keys()], site), store, name, id };
  const open = await openExisting(await databaseNamed(database));
  try {
    return await run(open, asked);
  } finally {
    await open.close();
  }
}

async function add(open: Store, { site, store, name }: Asked): Promise<number> {
  if (!isText(store, 60) || !isText(name, 60)) throw new TypeError("carryover: kiosk add takes --store and --name, each of 1 to 60 characters: shoppers read them when a cart moves.");
  const taken = (await open.read((tx) => tx.kiosksOf(site))).some((row) => !row.isRemoved && row.store === store && row.name === name);
  if (taken) throw new TypeError(`carryover: ${store} has a ${name} already; remove that one first, or give this one another name.`);
  const { id, code } = await open.transact((tx) => announceKiosk(tx, { site, store, name }, Date.now()));
  console.log(`${id}  ${store}  ${name}\nCode: ${code}\nGood for an hour and for one screen; type it on that screen (docs/kiosk.md). It is shown only here.`);
  return 0;
}

async function list(open: Store, { site }: Asked): Promise<number> {
  const rows = (await open.read((tx) => tx.kiosksOf(site))).filter(({ isRemoved }) => !isRemoved);
  for (const row of rows) console.log(`${row.id}  ${row.store}  ${row.name}  ${standingOf(row, Date.now())}`);
  if (rows.length === 0) console.log(`${site} has no kiosks.`);
  return 0;
}

async function remove(open: Store, { site, id }: Asked): Promise<number> {
  if (id === undefined) throw new TypeError("carryover: kiosk remove takes the id that kiosk list shows.");
  if (!(await open.transact((tx) => removeKiosk(tx, site, id, Date.now())))) throw new TypeError(`carryover: ${site} has no kiosk ${id}.`);
  console.log(`${id} is removed: its registration is worth nothing any more, and its visits are over.`);
  return 0;
}

function standingOf({ hash, startedAt, codeExpiresAt }: KioskRow, now: number): string {
  if (hash === undefined) return codeExpiresAt < now ? "its code has expired" : "waits for its code";
  return startedAt === undefined ? "registered" : `last started ${new Date(startedAt).toISOString()}`;
}

/** Three servers on one database while servers, database and bus fail: nothing that was acknowledged is lost or doubled, and nobody stays behind. */
import { expect, test } from "vitest";
import { startCluster } from "../../scripts/cluster.mjs";
import { quantityOf } from "../../src/model/cart.js";
import { createLogs } from "../../src/server/log.js";
import { openStore } from "../../src/server/store/open.js";
import { createDice } from "../faults/dice.js";
import { isLong, seedOf, times } from "../long.js";
import { record } from "../record.js";
import { run, type Run } from "../server/command.js";
import { atEnd } from "../server/desk.js";
import { checkCounter } from "./checkers/counter.js";
import { checkKafka } from "./checkers/kafka.js";
import { checkSetFull } from "./checkers/set-full.js";
import { checkUniqueIds } from "./checkers/unique-ids.js";
import { createShopper, type Shopper } from "./shopper.js";
import { tell } from "./tell.js";

const RUNS = times(3, 200);
const [SERVERS, CUSTOMERS, DEVICES, ADDITIONS, FAULTS] = [3, 4, 3, 20, 3];
/** After the last fault everybody has to have heard everything within this. */
const HEALED_MS = 30_000;

interface Fleet {
  readonly servers: Run[];
  readonly urls: string[];
  readonly address: string;
  readonly socket: string;
  crash(): Promise<void>;
}

/** Each resolves once what it broke works again. */
const faults: Record<string, (fleet: Fleet, draw: (n: number) => number) => Promise<void>> = {
  async "a server is killed"(fleet, draw) {
    const i = draw(SERVERS);
    fleet.servers[i]?.child.kill("SIGKILL");
    await fleet.servers[i]?.ended;
    await start(fleet, i);
  },
  "the database crashes": ({ crash }) => crash(),
  "the bus is cut": async ({ socket }) => void (await tell(socket, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'carryover bus'")),
  "no connection is free": async ({ socket }) => void (await tell(socket, "BEGIN; LOCK TABLE carryover.logs; SELECT pg_sleep(1.5); COMMIT")),
};

async function start(fleet: Pick<Fleet, "servers" | "urls" | "address">, i: number): Promise<void> {
  for (;;) {
    const server = run(["serve", "--port", "0", "--database", fleet.address]);
    const url = await server.listening().catch(() => undefined); // the database may be away: whoever starts a server starts it again
    if (url === undefined) continue;
    fleet.servers[i] = server;
    fleet.urls[i] = url;
    return;
  }
}

async function openFleet(): Promise<Fleet> {
  const cluster = await startCluster();
  atEnd(() => cluster.stop());
  const fleet: Fleet = { servers: [], urls: [], address: cluster.address(), socket: cluster.socket, crash: cluster.crash };
  for (let i = 0; i < SERVERS; i++) await start(fleet, i);
  return fleet;
}

test(`${RUNS} runs with ${FAULTS} faults each: none lost, none doubled, nobody stuck`, async () => {
  const [startedAt, seed] = [Date.now(), seedOf()];
  const { throw: draw } = createDice(seed);
  const fleet = await openFleet();
  const sum = { acknowledged: 0, lost: 0, doubled: 0, twice: 0, moved: 0, skipped: 0, repeated: 0, otherwise: 0, stuck: 0, miscounted: 0 };
  const met: Record<string, number> = {};
  for (let i = 0; i < RUNS; i++) {
    const found = await live(fleet, draw, `run-${i}`, met);
    for (const [name, n] of Object.entries(found)) sum[name as keyof typeof sum] += n;
  }
  record("storm", { runs: RUNS, servers: SERVERS, devices: CUSTOMERS * DEVICES, seed, ...sum, faults: met, seconds: Math.round((Date.now() - startedAt) / 1_000) });
  expect(sum).toEqual({ acknowledged: RUNS * CUSTOMERS * DEVICES * ADDITIONS, lost: 0, doubled: 0, twice: 0, moved: 0, skipped: 0, repeated: 0, otherwise: 0, stuck: 0, miscounted: 0 });
}, isLong ? 10_800_000 : 180_000);

/** All devices send, the faults come each after so many acknowledgements, and in the end everybody is asked what they know. */
async function live(fleet: Fleet, draw: (n: number) => number, name: string, met: Record<string, number>): Promise<Record<string, number>> {
  const customers = Array.from({ length: CUSTOMERS }, (_, i) => `${name}-${i}`);
  const shoppers = customers.map((customer) => Array.from({ length: DEVICES }, () => createShopper(customer, () => fleet.urls, draw)));
  const all = shoppers.flat();
  for (const shopper of all) await shopper.open();
  const due = Array.from({ length: FAULTS }, () => draw(CUSTOMERS * DEVICES * ADDITIONS)).sort((a, b) => a - b);
  let acknowledged = 0;
  let breaking = Promise.resolve();
  await Promise.all(all.map(async (shopper) => {
    for (let i = 0; i < ADDITIONS; i++) {
      await shopper.add(`SKU-${draw(5)}`, 1 + draw(3));
      if (++acknowledged <= (due[0] ?? Infinity)) continue;
      due.shift();
      const fault = Object.keys(faults)[draw(Object.keys(faults).length)] as string;
      met[fault] = (met[fault] ?? 0) + 1;
      breaking = breaking.then(() => faults[fault]?.(fleet, draw));
    }
  }));
  await breaking;
  const found = await Promise.all(customers.map((customer, i) => judge(fleet.address, customer, shoppers[i] as Shopper[])));
  await Promise.all(all.map((shopper) => shopper.close()));
  return found.reduce((sum, one) => Object.fromEntries(Object.entries(one).map(([key, n]) => [key, n + (sum[key] ?? 0)])), {} as Record<string, number>);
}

async function judge(address: string, customer: string, shoppers: readonly Shopper[]): Promise<Record<string, number>> {
  const store = await openStore(address);
  const { entries, state, head } = await store.read(async (tx) => {
    const log = await tx.customerLog("pk_demo", customer);
    if (log === undefined) throw new Error(`${customer} has no cart.`);
    return { entries: await tx.entries(log.id, 0, 10_000), state: await createLogs().stateOf(tx, log), head: log.head };
  });
  await store.close();
  await Promise.all(shoppers.map((shopper) => shopper.hears(head, HEALED_MS)));
  const told = shoppers.flatMap((shopper) => shopper.told);
  const answered = new Map(told.filter(({ seq }) => seq !== undefined).map((one) => [one.id, one]));
  const sent = [...new Map(told.map((one) => [one.id, answered.get(one.id) ?? one])).values()];
  const own = new Set(entries.filter(({ device }) => !shoppers.some((shopper) => shopper.listener().device === device)).map(({ id }) => id));
  const [set, unique, kafka] = [checkSetFull(sent, entries, own), checkUniqueIds(told), checkKafka(shoppers.map((shopper) => shopper.listener()), entries)];
  const counter = checkCounter(sent, new Map(state.cart.lines.map((line) => [line.id, quantityOf(line)])));
  const counts = Object.entries({ lost: set.lost, doubled: [...set.doubled, ...set.unexpected], ...unique, ...kafka, miscounted: counter }).map(([name, those]) => [name, those.length]);
  return { acknowledged: answered.size, ...Object.fromEntries(counts) };
}

/** The machine of the database is lost, and a replica takes over: what was acknowledged is there, and devices go on by themselves. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { startCluster, startStandby } from "../../scripts/cluster.mjs";
import { createClient } from "../../src/index.js";
import { openStore } from "../../src/server/store/open.js";
import { openPostgres } from "../../src/server/store/postgres.js";
import type { Entry } from "../../src/model/event.js";
import { PATHS } from "../../src/wire/version.js";
import { createDice } from "../faults/dice.js";
import { isLong, seedOf, times } from "../long.js";
import { record } from "../record.js";
import { run } from "../server/command.js";
import { added, atEnd, createDesk, expectRefusal, stranger } from "../server/desk.js";
import { type Balancer, openBalancer } from "./balancer.js";
import { checkKafka } from "./checkers/kafka.js";
import { checkSetFull } from "./checkers/set-full.js";
import { checkUniqueIds } from "./checkers/unique-ids.js";
import { createShopper, type Shopper } from "./shopper.js";

type Cluster = Awaited<ReturnType<typeof startCluster>>;

const ROUNDS = times(2, 30);
const [SERVERS, CUSTOMERS, DEVICES, ADDITIONS] = [2, 3, 2, 30];
const HEALED_MS = 60_000;

const doorOf = ({ socket }: Cluster): { path: string } => ({ path: join(socket, ".s.PGSQL.5432") });
const addressAt = ({ port }: Balancer): string => `postgres://carryover@127.0.0.1:${port}/postgres`;

async function open(mayLag = false): Promise<{ primary: Cluster; standby: Cluster; balancer: Balancer; address: string }> {
  const primary = await startCluster();
  atEnd(() => primary.stop());
  const balancer = await openBalancer(doorOf(primary));
  await (await openStore(addressAt(balancer))).close(); // the tables
  const standby = await follow(primary, mayLag);
  return { primary, standby, balancer, address: addressAt(balancer) };
}

async function follow(primary: Cluster, mayLag = false): Promise<Cluster> {
  const standby = await startStandby(primary, { mayLag });
  atEnd(() => standby.stop());
  await expect.poll(() => primary.ask("SELECT sync_state FROM pg_stat_replication"), { timeout: 10_000 }).toBe(mayLag ? "async" : "sync");
  return standby;
}

test(`${ROUNDS} times the database is killed and its replica takes over, while devices send: none lost, none doubled, nobody stuck`, async () => {
  const [startedAt, seed] = [Date.now(), seedOf()];
  const { throw: draw } = createDice(seed);
  let { primary, standby, balancer, address } = await open();
  const servers = Array.from({ length: SERVERS }, () => run(["serve", "--port", "0", "--database", address]));
  const urls = await Promise.all(servers.map((server) => server.listening()));
  const sum = { acknowledged: 0, lost: 0, doubled: 0, unexpected: 0, twice: 0, moved: 0, skipped: 0, repeated: 0, otherwise: 0, stuck: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const shoppers = Array.from({ length: CUSTOMERS * DEVICES }, (_, i) => createShopper(`round-${round}-${i % CUSTOMERS}`, () => urls, draw));
    for (const shopper of shoppers) await shopper.open();
    const due = 1 + draw(shoppers.length * ADDITIONS - 1);
    let [sent, failing] = [0, Promise.resolve()];
    const failOver = async (): Promise<void> => {
      await primary.kill(draw(2) === 0 ? "SIGKILL" : "SIGQUIT");
      balancer.lead(doorOf(standby)); // before it may be written to, as addresses do
      standby.ask("SELECT pg_promote(false)"); // devices go on meanwhile
      await primary.stop();
      primary = standby;
    };
    await Promise.all(shoppers.map(async (shopper) => {
      for (let i = 0; i < ADDITIONS; i++) {
        await shopper.add(`SKU-${draw(5)}`, 1);
        if (++sent === due) failing = failOver();
      }
    }));
    await failing;
    for (const [name, n] of Object.entries(await judge(address, shoppers, `round-${round}`))) sum[name as keyof typeof sum] += n;
    await Promise.all(shoppers.map((shopper) => shopper.close()));
    await expect.poll(() => primary.ask("SELECT pg_is_in_recovery()"), { timeout: 10_000 }).toBe("f");
    standby = await follow(primary);
  }
  expect(sum).toEqual({ acknowledged: ROUNDS * CUSTOMERS * DEVICES * ADDITIONS, lost: 0, doubled: 0, unexpected: 0, twice: 0, moved: 0, skipped: 0, repeated: 0, otherwise: 0, stuck: 0 });
  record("failover", { rounds: ROUNDS, servers: SERVERS, devices: CUSTOMERS * DEVICES, seed, ...sum, seconds: Math.round((Date.now() - startedAt) / 1_000) });
}, isLong ? 3_600_000 : 180_000);

async function judge(address: string, shoppers: readonly Shopper[], round: string): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (let i = 0; i < CUSTOMERS; i++) {
    const those = shoppers.filter((_, at) => at % CUSTOMERS === i);
    const { head, entries } = await cartOf(address, `${round}-${i}`);
    await Promise.all(those.map((shopper) => shopper.hears(head, HEALED_MS)));
    const told = those.flatMap((shopper) => shopper.told);
    const own = new Set(entries.filter(({ type }) => type === "customer-identified").map(({ id }) => id));
    const checked = { ...checkSetFull(told, entries, own), ...checkUniqueIds(told), ...checkKafka(those.map((shopper) => shopper.listener()), entries) };
    const acknowledged = new Set(told.flatMap(({ id, seq }) => (seq === undefined ? [] : [id])));
    for (const [name, n] of [["acknowledged", acknowledged.size] as const, ...Object.entries(checked).map(([name, ids]) => [name, ids.length] as const)]) found[name] = (found[name] ?? 0) + n;
  }
  return found;
}

async function cartOf(address: string, customer: string): Promise<{ head: number; entries: readonly Entry[] }> {
  const store = await openStore(address);
  const cart = await store.read(async (tx) => {
    const log = await tx.customerLog("pk_demo", customer);
    return { head: log?.head ?? 0, entries: log === undefined ? [] : await tx.entries(log.id, 0, 10_000) };
  });
  await store.close();
  return cart;
}

test("led to a replica that only reads, a server refuses what would be written, and takes it once the replica is promoted", async () => {
  const { primary, standby, balancer, address } = await open();
  const desk = await createDesk({ database: address });
  const who = stranger();
  await desk.push(who, [added("SCHOEN-42")]);
  await primary.kill("SIGKILL");
  balancer.lead(doorOf(standby));
  const event = added("BOEK-1");
  for (let i = 0; i < 15; i++) expectRefusal(await desk.post(PATHS.push, { ...who, events: [event] }), "unavailable", 503); // more often than it has connections
  const late = run(["serve", "--port", "0", "--database", address]);
  expect([await late.ended, late.said()]).toEqual([1, "carryover: the database 127.0.0.1:" + balancer.port + "/postgres takes no changes now: it is a replica, or stops, or starts.\n"]);
  standby.promote();
  expect((await desk.push(who, [event])).answers).toEqual([[event.id, "applied", 2]]);
});

test("a machine that has lost its power answers nothing: its connections are given up, and the replica is asked", async () => {
  const { primary, standby, balancer, address } = await open();
  const store = await openPostgres(address, { answerMs: 500 });
  atEnd(() => store.close());
  const put = (id: string): Promise<void> => store.transact((tx) => tx.putLog({ id, site: "pk", head: 0, hash: 0 }));
  await put("log-1");
  balancer.silence();
  await expect(Promise.all([put("log-2"), put("log-3")])).rejects.toMatchObject({ code: "unavailable" });
  await primary.kill("SIGKILL");
  balancer.lead(doorOf(standby));
  standby.promote();
  await expect.poll(() => put("log-2").then(() => "taken", ({ code }: { code: string }) => code), { timeout: 10_000 }).toBe("taken");
  expect(await store.read((tx) => tx.log("log-1"))).toBeDefined();
});

test("a commit that no replica has, since somebody told the database to wait no longer, is acknowledged to nobody", async () => {
  const { primary, standby, address } = await open();
  const store = await openPostgres(address);
  atEnd(() => store.close());
  const put = (id: string): Promise<void> => store.transact((tx) => tx.putLog({ id, site: "pk", head: 0, hash: 0 }));
  await put("log-1");
  await standby.kill("SIGKILL");
  const outcome = put("log-2").then(() => "taken", ({ code }: { code: string }) => code);
  await expect.poll(() => primary.ask("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"), { timeout: 10_000 }).toBe("1");
  primary.ask("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
  expect(await outcome).toBe("unavailable");
  primary.ask("ALTER SYSTEM SET synchronous_standby_names = ''", "SELECT pg_reload_conf()");
  await put("log-2"); // what comes again finds it, or writes it
});

test("a replica that lagged takes over without the last changes: told so by carryover restored, devices send again what is missing", async () => {
  const { primary, standby, balancer, address } = await open(true);
  const first = run(["serve", "--port", "0", "--database", address]);
  const front = await openBalancer({ host: "127.0.0.1", port: Number(new URL(await first.listening()).port) });
  const endpoint = `http://127.0.0.1:${front.port}`;
  const phone = createClient({ site: "pk_demo", endpoint, storage: "memory" });
  atEnd(() => phone.close());
  phone.cart.add("SCHOEN-42");
  await phone.sync.settled();
  const flushed = primary.ask("SELECT pg_current_wal_flush_lsn()");
  await expect.poll(() => standby.ask(`SELECT pg_last_wal_replay_lsn() >= '${flushed}'`), { timeout: 10_000 }).toBe("t");
  standby.ask("ALTER SYSTEM SET primary_conninfo = ''", "SELECT pg_reload_conf()"); // from now on it hears nothing
  await expect.poll(() => primary.ask("SELECT count(*) FROM pg_stat_replication"), { timeout: 10_000 }).toBe("0");
  phone.cart.add("BOEK-1", 2);
  await phone.sync.settled(); // acknowledged, and lost

  first.child.kill("SIGTERM");
  await first.ended;
  await primary.kill("SIGKILL");
  balancer.lead(doorOf(standby));
  standby.promote();
  expect(await entriesIn(address)).toBe(1);
  expect(await run(["restored", "--database", address]).ended).toBe(0);
  const second = run(["serve", "--port", "0", "--database", address]);
  front.lead({ host: "127.0.0.1", port: Number(new URL(await second.listening()).port) });
  await expect.poll(() => entriesIn(address), { timeout: 30_000 }).toBe(2);
  await phone.sync.settled();
  expect(phone.state.cart.lines.map(({ line, quantity }) => [line, quantity])).toEqual([["SCHOEN-42", 1], ["BOEK-1", 2]]);
});

async function entriesIn(address: string): Promise<number> {
  const store = await openStore(address);
  const rows = await store.read((tx) => tx.feed("pk_demo", undefined, 100));
  await store.close();
  return rows.length;
}

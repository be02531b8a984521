/**
 * Measures several server processes on one PostgreSQL: how soon a second device has a change, and what the fleet takes in all together.
 * `npm run bench:fleet`, `-- delivery` or `-- throughput` for one of them; `--write` keeps it.
 */
import { performance } from "node:perf_hooks";
import { startCluster } from "../scripts/cluster.mjs";
import { startNats } from "../scripts/nats.mjs";
import { pushFrom } from "./pushers.mjs";
import { ask, cpuSeconds, familyOf, keep, measured, newCredential, openStream, spread, text, tokenFor, withServer, withServers } from "./stage.mjs";

/** One change after the other, each once the last was heard: what is measured is the way, not a queue. */
const [WARM, ROUNDS] = [200, 1_000];
const [DEVICES, WARM_MS, MEASURED_MS, PROCESSES] = [200, 5_000, 10_000, [1, 2, 4]];

const [cluster, nats] = [await startCluster(), await startNats()];
try {
  const wanted = process.argv.slice(2).filter((word) => !word.startsWith("--"));
  for (const [name, measure] of [["delivery", deliveries], ["throughput", throughput]]) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const results = { node: process.version, ...(await measure()) };
    console.log(JSON.stringify(results, undefined, 2));
    if (process.argv.includes("--write")) keep(`fleet-${name}`, results);
  }
} finally {
  await nats.stop();
  await cluster.stop();
}

async function deliveries() {
  return {
    "one process, SQLite": await withServer((server) => delivery(server, server)),
    "one process, PostgreSQL": await withServer((server) => delivery(server, server), cluster.address()),
    "two processes, NOTIFY": await withServers(2, ([here, there]) => delivery(here, there), cluster.address()),
    "two processes, NATS": await withServers(2, ([here, there]) => delivery(here, there), cluster.address(), ["--bus", nats.address]),
  };
}

/**
 * A customer's phone changes the cart at `here`, their desktop's stream is at `there`. From the tap: with the flush of the disk; from
 * the phone's own answer, which the desktop may be told before; and from the commit, as the server that tells counts it.
 */
async function delivery(here, there) {
  const [phone, desktop, customer] = [newCredential(), newCredential(), text(9)];
  for (const credential of [phone, desktop]) await ask(here.url, "/v1/sign-in", { credential, token: tokenFor(customer), merge: "union", consent: "newest" });
  let [heard, wake] = ["", () => {}];
  const socket = await openStream(there.url, desktop, (said) => {
    heard += said;
    wake();
  });
  const hears = async (id) => {
    while (!heard.includes(id)) await new Promise((resolve) => (wake = resolve));
    heard = "";
    return performance.now();
  };
  const [tapped, answered] = [[], []];
  let before;
  for (let round = 0; round < WARM + ROUNDS; round += 1) {
    if (round === WARM) before = await bucketsOf(there);
    const id = text(16);
    const event = { id, type: "line-set", data: { line: `SKU-${round % 12}`, n: 1 + (round % 9) }, at: Date.now(), base: 1e9 };
    const tappedAt = performance.now();
    const [answeredAt, heardAt] = await Promise.all([ask(here.url, "/v1/push", { credential: phone, events: [event] }).then(() => performance.now()), hears(id)]);
    if (round < WARM) continue;
    tapped.push(heardAt - tappedAt);
    answered.push(heardAt - answeredAt);
  }
  const after = await bucketsOf(there);
  socket.destroy();
  return { fromTheTapMs: spread(tapped, 2), fromTheAnswerMs: spread(answered, 2), fromTheCommitMsAtMost: boundsOf(after.map(([bound, n], i) => [bound, n - before[i][1]])) };
}

async function bucketsOf({ metrics }) {
  const found = await (await fetch(metrics)).text();
  return [...found.matchAll(/^carryover_delivery_seconds_bucket\{le="(.+)"\} (\d+)$/gm)].map(([, bound, n]) => [Number(bound) * 1_000, Number(n)]);
}

/** The bounds below which such a share was. */
function boundsOf(buckets) {
  const all = buckets.at(-1)[1];
  const within = (share) => buckets.find(([, n]) => n >= share * all)[0];
  return { count: all, p50: within(0.5), p95: within(0.95), p99: within(0.99) };
}

async function throughput() {
  const results = { devices: DEVICES };
  for (const count of PROCESSES) results[count === 1 ? "one process" : `${count} processes`] = await withServers(count, pushesOf, cluster.address());
  const [one, ...more] = PROCESSES.map((count) => results[count === 1 ? "one process" : `${count} processes`]);
  for (const each of more) each.timesOne = Number((each.pushesPerSecond / one.pushesPerSecond).toFixed(2));
  return results;
}

/** Devices keep to one process each, in turn. The seconds are those of the processor, of as many cores as there are, within the time that is measured and before it. */
async function pushesOf(servers) {
  const groups = [[cluster.pid], servers.map(({ pid }) => pid)];
  const used = () => [cpuSeconds(familyOf(groups[0][0])), cpuSeconds(groups[1]), process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6];
  const [before, beganAt] = [used(), performance.now()];
  const times = (await Promise.all(servers.map(({ url }) => pushFrom(new URL(url), { devices: DEVICES / servers.length, eventsAPush: 1, warmMs: WARM_MS, measuredMs: MEASURED_MS })))).flat();
  const [postgres, server, client] = used().map((seconds, i) => Number((seconds - before[i]).toFixed(1)));
  const refused = (await Promise.all(servers.map(({ metrics }) => measured(metrics, "carryover_refusals_total")))).reduce((sum, n) => sum + n, 0);
  const { p50, p95, p99 } = spread(times, 1);
  return { pushesPerSecond: Math.round((times.length * 1_000) / MEASURED_MS), p50Ms: p50, p95Ms: p95, p99Ms: p99, refused, seconds: Number(((performance.now() - beganAt) / 1_000).toFixed(1)), processorSeconds: { servers: server, postgres, client } };
}

/** Measures what one server process takes in: 200 devices push over loopback HTTP, each change on the disk before it is acknowledged. */
import { startCluster } from "../scripts/cluster.mjs";
import { pushFrom } from "./pushers.mjs";
import { keep, spread, withServer } from "./stage.mjs";

const [DEVICES, WARM_MS, MEASURED_MS] = [200, 3_000, 10_000];
/** One event a push is a shopper who taps; ten are devices that were offline, or a page that says much. Paced, none waits for its own. */
const WAYS = [{ eventsAPush: 1 }, { eventsAPush: 10 }, { eventsAPush: 10, perSecond: 6_000 }, { eventsAPush: 10, perSecond: 10_000 }];

const cluster = await startCluster();
try {
  const results = { node: process.version, devices: DEVICES };
  for (const way of WAYS) {
    for (const [name, address] of [["SQLite", undefined], ["PostgreSQL", cluster.address()]]) {
      const what = `${name}, ${way.eventsAPush} a push${way.perSecond === undefined ? "" : `, ${way.perSecond} a second asked for`}`;
      if (isAsked(what)) results[what] = await measure(address, way);
    }
  }
  console.log(JSON.stringify(results, undefined, 2));
  if (process.argv.includes("--write")) keep("server", results);
} finally {
  await cluster.stop();
}

/** `npm run bench:server -- PostgreSQL` measures only that. */
function isAsked(what) {
  const [only] = process.argv.slice(2).filter((word) => !word.startsWith("--"));
  return only === undefined || what.startsWith(only);
}

async function measure(address, way) {
  const times = await withServer(({ url }) => pushFrom(new URL(url), { ...way, devices: DEVICES, warmMs: WARM_MS, measuredMs: MEASURED_MS }), address);
  const { p50, p99 } = spread(times);
  return { eventsPerSecond: Math.round((times.length * way.eventsAPush * 1_000) / MEASURED_MS), p50Ms: p50, p99Ms: p99 };
}

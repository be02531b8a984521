/** Table: from a change on one device until another one shows it, alone and among 200 busy clients, and what that costs the server. */
import { setTimeout as rest } from "node:timers/promises";
import { LINES, linesOf } from "../cart.mjs";
import { startCrowd } from "../crowd-process.mjs";
import { asked, until } from "../waiting.mjs";

export const BUSY = { clients: 200, changesPerSecondEach: 1 };
const [WARM, CHANGES, AT_MOST_MS, PAUSE_MS] = [30, 100, 2_000, 5];
/** Among others a pair is one of many, however fast its server: it takes its time. */
const BUSY_PAUSE_MS = 20;
/** A crowd that has just begun is not yet what it will be. */
const [SETTLING_MS, PATIENCE_MS] = [700, 5_000];

/** Times in ms, one after the other, nobody else there, and what each took of the server's time. */
export async function idleLatency(context) {
  const { server } = context;
  const pair = await openPair(context, "pair");
  await deliveries(pair, { changes: WARM, atMostMs: AT_MOST_MS, pauseMs: PAUSE_MS });
  const cpuBefore = server.cpuMs();
  const times = await deliveries(pair, { changes: CHANGES, atMostMs: AT_MOST_MS, pauseMs: PAUSE_MS });
  const cpuMsPerUpdate = (server.cpuMs() - cpuBefore) / times.length;
  await closePair(pair);
  return { times, cpuMsPerUpdate };
}

/** The same while the crowd changes its own carts; beside the times, what each of all those changes took of the server's time. */
export async function busyLatency(context) {
  const { server } = context;
  const crowd = await startCrowd(context, { ...BUSY, kind: "busy" });
  const pair = await openPair(context, "pair-among-others");
  await crowd.go();
  await rest(SETTLING_MS);
  const [before, cpuBefore, began] = [await crowd.count(), server.cpuMs(), performance.now()];
  const times = await deliveries(pair, { changes: Infinity, atMostMs: AT_MOST_MS, pauseMs: BUSY_PAUSE_MS });
  const [after, cpuMs, tookMs] = [await crowd.count(), server.cpuMs() - cpuBefore, performance.now() - began];
  await closePair(pair);
  await crowd.stop();
  // What was sent and not yet seen costs later: it does not count.
  const updates = after.seen - before.seen + times.length;
  return { times, updates, updatesPerSecond: updates / (tookMs / 1_000), seenShare: (after.seen - before.seen) / (after.sent - before.sent), cpuMsPerUpdate: cpuMs / updates };
}

async function openPair({ open }, cart) {
  const phone = await open({ cart });
  await phone.fill(linesOf(LINES));
  const desktop = await open({ cart });
  await until(desktop, (device) => device.count() === LINES);
  return { phone, desktop };
}

async function closePair({ phone, desktop }) {
  await phone.close();
  await desktop.close();
}

async function deliveries({ phone, desktop }, { changes, atMostMs, pauseMs }) {
  const lines = linesOf(LINES);
  const times = [];
  const end = performance.now() + atMostMs;
  for (let i = 0; i < changes && performance.now() < end; i += 1) {
    const line = lines[i % LINES];
    const wanted = desktop.quantity(line.sku) + 1;
    const began = performance.now();
    const done = phone.plus(line);
    await asked(desktop, done);
    const isShown = await until(desktop, (device) => device.quantity(line.sku) >= wanted, PATIENCE_MS).then(() => true, () => false);
    times.push(performance.now() - began);
    if (!isShown) break; // it is counted with as long as was waited for it
    await done;
    await rest(pauseMs);
  }
  return times;
}

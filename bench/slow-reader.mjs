/** Measures what a device costs that stops reading its stream, and how soon it has all once it comes back. `npm run bench:slow-reader`, `--write` keeps it. */
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { ask, keep, measured, newCredential, openStream, spread, text, withServer } from "./stage.mjs";

const [ROUNDS, HEAVY, A_PUSH] = [20, "x".repeat(7_900), 10];

const results = await withServer(async (server) => {
  const found = [];
  for (let round = 0; round < ROUNDS; round += 1) found.push(await oneReader(server, round));
  const of = (name) => spread(found.map((one) => one[name]), 1);
  return { node: process.version, readers: ROUNDS, mostBufferedKb: of("mostBufferedKb"), writtenUntilCutOffKb: of("writtenKb"), backWithAllMs: of("backMs"), residentMb: residentMb(server.pid) };
});
console.log(JSON.stringify(results, undefined, 2));
if (process.argv.includes("--write")) keep("slow-reader", results);

/** It hears hello, then takes nothing while its own cart grows, until it is cut off; then it opens another stream. */
async function oneReader({ url, metrics }, round) {
  const credential = newCredential();
  await ask(url, "/v1/push", { credential, events: [event("line-added", { line: "A", n: 1 })] });
  const slow = await openStream(url, credential);
  slow.pause();
  let [writtenKb, mostBufferedKb] = [0, 0];
  while ((await measured(metrics, "carryover_slow_readers_total")) === round) {
    mostBufferedKb = Math.max(mostBufferedKb, (await measured(metrics, "carryover_stream_buffered_bytes")) / 1_024);
    await ask(url, "/v1/push", { credential, events: Array.from({ length: A_PUSH }, () => event("wish-made", { heavy: HEAVY })) });
    writtenKb += (A_PUSH * HEAVY.length) / 1_024;
  }
  const { log, answers: [[, , seq]] } = await ask(url, "/v1/push", { credential, events: [event("line-added", { line: "B", n: 1 })] });
  const beganAt = performance.now();
  const backMs = await new Promise((resolve, reject) => {
    let heard = "";
    openStream(url, credential, (said) => {
      heard += said;
      if (heard.includes(`"log":"${log}","seq":${seq}`)) resolve(performance.now() - beganAt);
    }).then((back) => back.unref(), reject);
  });
  slow.destroy();
  return { mostBufferedKb, writtenKb, backMs };
}

function event(type, data) {
  return { id: text(16), type, data, at: Date.now(), base: 0 };
}

function residentMb(pid) {
  return Math.round(Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1_024);
}

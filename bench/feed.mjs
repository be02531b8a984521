/** Measures how fast one of the shop's systems reads the feed, in pages and as a stream, over both databases. `npm run bench:feed`, `--write` keeps it. */
import { performance } from "node:perf_hooks";
import { startCluster } from "../scripts/cluster.mjs";
import { ask, keep, newCredential, spread, text, withServer } from "./stage.mjs";

/** What stands in the feed, and how often it is read from its beginning. */
const [EVENTS, DEVICES, A_PUSH, ROUNDS] = [20_000, 50, 100, 5];
/** Of an event that comes while somebody listens: from the answer to whoever did it until the reader has it. */
const LATER = 300;
const HEADERS = { authorization: "Bearer sk_demo" };

const cluster = await startCluster();
try {
  const results = { node: process.version, events: EVENTS };
  for (const [name, address] of [["SQLite", undefined], ["PostgreSQL", cluster.address()]]) results[name] = await withServer(measure, address);
  console.log(JSON.stringify(results, undefined, 2));
  if (process.argv.includes("--write")) keep("reading-feed", results);
} finally {
  await cluster.stop();
}

async function measure({ url }) {
  const devices = Array.from({ length: DEVICES }, newCredential);
  for (let n = 0; n < EVENTS; n += A_PUSH) await push(url, devices[(n / A_PUSH) % DEVICES], A_PUSH);
  const ways = { "pages of 100": () => readPages(url, 100), "pages of 1 000": () => readPages(url, 1_000), stream: () => readStream(url, undefined, EVENTS) };
  const rates = Object.fromEntries(Object.keys(ways).map((way) => [way, []]));
  let cursor;
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [way, read] of Object.entries(ways)) { // in turns, so that a busy machine is as busy for each
      const beganAt = performance.now();
      cursor = await read();
      rates[way].push(EVENTS / ((performance.now() - beganAt) / 1_000));
    }
  }
  const perSecond = Object.fromEntries(Object.entries(rates).map(([way, found]) => [way, { eventsPerSecond: spread(found, 0).p50, best: spread(found, 0).max }]));
  return { ...perSecond, "an event that comes later, by the stream, ms": await later(url, devices[0], cursor) };
}

function push(url, credential, count) {
  const events = Array.from({ length: count }, (_, i) => ({ id: text(16), type: "line-set", data: { line: `SKU-${i % 12}`, n: 1 + (i % 9) }, at: Date.now(), base: 0 }));
  return ask(url, "/v1/push", { credential, events });
}

async function readPages(url, limit) {
  let [read, cursor] = [0, undefined];
  while (read < EVENTS) {
    const answer = await fetch(new URL(`/v1/feed?limit=${limit}${cursor === undefined ? "" : `&after=${cursor}`}`, url), { headers: HEADERS });
    const page = await answer.json();
    if (!answer.ok || page.events.length === 0) throw new Error(`The feed ended after ${read} of ${EVENTS}: ${answer.status}`);
    read += page.events.length;
    cursor = page.cursor;
  }
  return cursor;
}

/** Reads so many events, each parsed as a shop's system would; resolves to the last cursor. */
async function readStream(url, after, count, tell = () => {}) {
  const gone = new AbortController();
  const answer = await fetch(new URL("/v1/feed", url), { headers: { ...HEADERS, accept: "text/event-stream", ...(after && { "last-event-id": after }) }, signal: gone.signal });
  let [read, rest, cursor] = [0, "", after];
  for await (const part of answer.body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + part).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const [, id, data] = /^id: (.*)(?:\ndata: (.*))?$/.exec(block) ?? [];
      cursor = id ?? cursor;
      if (data === undefined) continue;
      tell(JSON.parse(data));
      read += 1;
    }
    if (read >= count) break;
  }
  gone.abort();
  return cursor;
}

async function later(url, credential, cursor) {
  const times = [];
  let heard = () => {};
  const reading = readStream(url, cursor, LATER, () => heard());
  for (let n = 0; n < LATER; n += 1) {
    const hearing = new Promise((resolve) => (heard = () => resolve(performance.now())));
    await push(url, credential, 1);
    const answeredAt = performance.now();
    times.push(Math.max(0, (await hearing) - answeredAt));
  }
  await reading;
  return spread(times, 2);
}

/** Measures what README promises of one shop on one machine: a tap, a tap seen elsewhere, and its bytes. */
import { readFileSync, writeFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { createClient } from "../dist/index.js";
import { spread, until, withServer } from "./stage.mjs";

const ROUNDS = 500;
const LINES = 50;

await withServer(async ({ url }) => {
  const results = { node: process.version, addMs: spread(taps(100), 3), deliveryMs: await deliveries(url), changeBytes: await bytesOfChange(url) };
  console.log(JSON.stringify(results, undefined, 2));
  if (process.argv.includes("--write")) write(results);
});

/** Keeps the figures, and shows them in README.md. */
function write(results) {
  const root = new URL("../", import.meta.url);
  const row = (what, { p50, p99 }, unit) => `| ${what} | ${p50} ${unit} | ${p99} ${unit} |\n`;
  const rows = row("`cart.add()` with 100 lines in the cart", results.addMs, "ms")
    + row("a tap until a second device shows it", results.deliveryMs, "ms")
    + row("what that device receives, of a cart of 50 lines", results.changeBytes, "bytes");
  const readme = readFileSync(new URL("README.md", root), "utf8");
  writeFileSync(new URL("README.md", root), readme.replace(/(<!-- figures -->\n)[\s\S]*?(<!-- figures -->)/, (_, before, after) => before + rows + after));
  writeFileSync(new URL("bench/results.json", root), `${JSON.stringify(results, undefined, 2)}\n`);
}

/** How long `cart.add()` holds the page up, with so many lines in the cart. */
function taps(lines) {
  const shop = createClient({ site: "pk_demo", storage: "memory" });
  for (let i = 0; i < lines; i++) shop.cart.add(`SKU-${i}`, 1, { details: { title: `Product ${i}`, price: 4999 } });
  const times = Array.from({ length: ROUNDS }, (_, i) => {
    const start = performance.now();
    shop.cart.add(`SKU-${i % lines}`);
    return performance.now() - start;
  });
  shop.close();
  return times;
}

/** From a tap on one device until another one shows it: HTTP, a flushed commit, the live stream. */
async function deliveries(endpoint) {
  const times = [];
  await acrossTheRoom(endpoint, fetch, ROUNDS, (ms) => times.push(ms));
  return spread(times, 3);
}

/** What the receiver gets for it. Counted apart, since counting takes time. */
async function bytesOfChange(endpoint) {
  let bytes = 0;
  const sizes = [];
  const counting = async (input, init) => {
    const response = await fetch(input, init);
    if (!String(input).endsWith("/v1/pull")) return response;
    const counter = new TransformStream({ transform(chunk, out) { bytes += chunk.length; out.enqueue(chunk); } });
    return new Response(response.body.pipeThrough(counter), response);
  };
  await acrossTheRoom(endpoint, counting, 50, () => {
    sizes.push(bytes);
    bytes = 0;
  });
  return spread(sizes.slice(1), 3); // the first holds the beginning of the stream
}

/** Taps on the phone, one after the other, each until the desktop shows it. */
async function acrossTheRoom(endpoint, receive, rounds, seen) {
  const phone = createClient({ site: "pk_demo", endpoint, storage: "memory" });
  const desktop = createClient({ site: "pk_demo", endpoint, storage: "memory", fetch: receive });
  for (let i = 0; i < LINES; i++) phone.cart.add(`SKU-${i}`, 1, { details: { title: `Product ${i}`, price: 4999 } });
  await share(phone, desktop);
  for (let i = 0; i < rounds; i++) {
    const line = `SKU-${i % LINES}`;
    const before = quantityOf(desktop, line);
    const start = performance.now();
    phone.cart.increase(line);
    await until(desktop, () => quantityOf(desktop, line) > before);
    seen(performance.now() - start);
    await phone.sync.settled();
  }
  phone.close();
  desktop.close();
}

/** Two screens of one guest, as a shopper would join them. */
async function share(phone, desktop) {
  const { code } = await phone.handoff.offer("join", { url: "http://localhost/" });
  const joined = desktop.handoff.accept(code);
  await until(phone, ({ handoff }) => handoff?.choices);
  await until(desktop, ({ handoff }) => handoff?.number);
  await phone.handoff.approve(desktop.state.handoff.number);
  await joined;
  await until(desktop, ({ cart, sync }) => cart.lines.length === LINES && sync.state === "live");
}

function quantityOf(shop, line) {
  return shop.state.cart.lines.find((l) => l.line === line)?.quantity ?? 0;
}

/** Measures what README promises of one shop on one machine: a tap, a tap seen elsewhere, and its bytes. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { createClient } from "../dist/index.js";
import { createServer } from "../dist/server.js";

const ROUNDS = 500;

const folder = mkdtempSync(join(tmpdir(), "carryover-bench-"));
const server = await createServer({ database: join(folder, "bench.db"), sites: [{ key: "pk", origins: [], customerTokens: { secret: "x".repeat(32) } }] });
const { url: endpoint } = await server.listen({ port: 0 });

try {
  const results = {
    node: process.version,
    addMs: spread(taps(100)),
    ...(await acrossTheRoom()),
  };
  console.log(JSON.stringify(results, undefined, 2));
  if (process.argv.includes("--write")) writeFileSync(new URL("results.json", import.meta.url), `${JSON.stringify(results, undefined, 2)}\n`);
} finally {
  await server.close();
  rmSync(folder, { recursive: true });
}

/** How long `cart.add()` holds the page up, with so many lines in the cart. */
function taps(lines) {
  const shop = createClient({ site: "pk", storage: "memory" });
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
async function acrossTheRoom() {
  const phone = createClient({ site: "pk", endpoint, storage: "memory" });
  const received = { bytes: 0 };
  const desktop = createClient({ site: "pk", endpoint, storage: "memory", fetch: counting(received) });
  for (let i = 0; i < 50; i++) phone.cart.add(`SKU-${i}`, 1, { details: { title: `Product ${i}`, price: 4999 } });
  await join2(phone, desktop);
  const times = [];
  const bytes = [];
  for (let i = 0; i < ROUNDS; i++) {
    received.bytes = 0;
    const line = `SKU-${i % 50}`;
    const before = quantityOf(desktop, line);
    const start = performance.now();
    phone.cart.increase(line);
    await new Promise((resolve) => {
      const stop = desktop.subscribe(() => {
        if (quantityOf(desktop, line) > before) {
          queueMicrotask(() => stop());
          resolve();
        }
      });
    });
    times.push(performance.now() - start);
    bytes.push(received.bytes);
    await phone.sync.settled();
  }
  phone.close();
  desktop.close();
  return { deliveryMs: spread(times), changeBytes: spread(bytes) };
}

async function join2(phone, desktop) {
  const { code } = await phone.handoff.offer("join", { url: "https://shop.example/" });
  const joined = desktop.handoff.accept(code);
  await new Promise((resolve) => {
    const stop = phone.subscribe(({ handoff }) => handoff?.choices && desktop.state.handoff?.number && queueMicrotask(() => { stop(); resolve(); }));
    desktop.subscribe(() => phone.state.handoff?.choices && desktop.state.handoff?.number && resolve());
  });
  await phone.handoff.approve(desktop.state.handoff.number);
  await joined;
  await new Promise((resolve) => desktop.subscribe(({ cart, sync }) => cart.lines.length === 50 && sync.state === "live" && resolve()));
}

function counting(received) {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (!String(input).endsWith("/v1/pull")) return response;
    const counter = new TransformStream({ transform(chunk, out) { received.bytes += chunk.length; out.enqueue(chunk); } });
    return new Response(response.body.pipeThrough(counter), response);
  };
}

function quantityOf(shop, line) {
  return shop.state.cart.lines.find((l) => l.line === line)?.quantity ?? 0;
}

function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share) => Number(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(3));
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

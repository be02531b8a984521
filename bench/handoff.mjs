/** Measures how long a shopper waits who takes a cart along: from the code being read until the cart is on the phone and off the kiosk. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createClient } from "../dist/index.js";

const ROUNDS = 200;
const LINES = 10;

const folder = mkdtempSync(join(tmpdir(), "carryover-bench-"));
const command = fileURLToPath(new URL("../dist/command.js", import.meta.url));
const server = spawn(process.execPath, [command, "serve", "--port", "0", "--database", join(folder, "bench.db")], { stdio: ["ignore", "pipe", "inherit"] });

try {
  const endpoint = await listening(server.stdout);
  const times = { scanToCartMs: [], scanToEmptyKioskMs: [], stopToEmptyKioskMs: [] };
  for (let round = 0; round < ROUNDS; round++) await takeAlong(endpoint, times);
  for (let round = 0; round < ROUNDS / 10; round++) await lendAndStop(endpoint, times);
  const results = { node: process.version, rounds: ROUNDS, lines: LINES, ...Object.fromEntries(Object.entries(times).map(([what, all]) => [what, spread(all)])) };
  console.log(JSON.stringify(results, undefined, 2));
  if (process.argv.includes("--write")) write(results);
} finally {
  server.kill("SIGTERM");
  await once(server, "exit");
  rmSync(folder, { recursive: true });
}

/** Kept beside what the long tests have found: `npm run figures` shows it. */
function write(results) {
  const kept = fileURLToPath(new URL("reliability/", import.meta.url));
  mkdirSync(kept, { recursive: true });
  writeFileSync(join(kept, "handoff.json"), `${JSON.stringify(results, undefined, 2)}\n`);
}

async function listening(stdout) {
  for await (const line of createInterface(stdout)) {
    const [, url] = /^carryover listening on (\S+)$/.exec(line) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error("The server ended before it listened.");
}

/** A phone that nobody knows yet scans the kiosk's code, looks, agrees, and shows the cart. */
async function takeAlong(endpoint, { scanToCartMs, scanToEmptyKioskMs }) {
  const [kiosk, phone] = [screen(endpoint, { kiosk: {}, name: "Kiosk 3" }), screen(endpoint)];
  for (let i = 0; i < LINES; i++) kiosk.cart.add(`SKU-${i}`, 1, { details: { title: `Product ${i}`, price: 4999 } });
  const { url } = await kiosk.handoff.offer("take", { url: "http://localhost/" });
  await until(kiosk, ({ sync }) => sync.state === "live");
  const start = performance.now();
  const emptied = until(kiosk, ({ cart }) => cart.quantity === 0).then(() => scanToEmptyKioskMs.push(performance.now() - start));
  await phone.handoff.preview(url);
  void phone.handoff.accept(url);
  await until(phone, ({ cart }) => cart.lines.length === LINES);
  scanToCartMs.push(performance.now() - start);
  await emptied;
  for (const shop of [kiosk, phone]) shop.close();
}

/** A phone lends its cart and stops that: how long the kiosk still shows it. */
async function lendAndStop(endpoint, { stopToEmptyKioskMs }) {
  const [kiosk, phone] = [screen(endpoint, { kiosk: {}, name: "Kiosk 3" }), screen(endpoint)];
  phone.cart.add("SKU-1");
  const { url } = await phone.handoff.offer("lend", { url: "http://localhost/" });
  const lent = kiosk.handoff.accept(url);
  await until(kiosk, ({ handoff }) => handoff?.number);
  await until(phone, ({ handoff }) => handoff?.choices);
  await phone.handoff.approve(kiosk.state.handoff.number);
  await lent;
  await until(kiosk, ({ cart, sync }) => cart.quantity === 1 && sync.state === "live");
  const start = performance.now();
  await Promise.all([phone.handoff.cancel(), until(kiosk, ({ cart }) => cart.quantity === 0)]);
  stopToEmptyKioskMs.push(performance.now() - start);
  for (const shop of [kiosk, phone]) shop.close();
}

function screen(endpoint, more = {}) {
  return createClient({ site: "pk_demo", endpoint, storage: "memory", ...more });
}

/** Resolves as soon as the client shows it. */
function until(client, isSo) {
  return new Promise((resolve) => {
    let stop = () => {};
    stop = client.subscribe((state) => {
      if (!isSo(state)) return;
      queueMicrotask(() => stop());
      resolve();
    });
  });
}

function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share) => Number(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(1));
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

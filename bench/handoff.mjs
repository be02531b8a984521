/** Measures how long a shopper waits who takes a cart along: from the code being read until the cart is on the phone and off the kiosk. */
import { performance } from "node:perf_hooks";
import { createClient } from "../dist/index.js";
import { keep, spread, until, withServer } from "./stage.mjs";

const ROUNDS = 200;
const LINES = 10;

await withServer(async ({ url }) => {
  const times = { scanToCartMs: [], scanToEmptyKioskMs: [], stopToEmptyKioskMs: [] };
  for (let round = 0; round < ROUNDS; round++) await takeAlong(url, times);
  for (let round = 0; round < ROUNDS / 10; round++) await lendAndStop(url, times);
  const results = { node: process.version, rounds: ROUNDS, lines: LINES, ...Object.fromEntries(Object.entries(times).map(([what, all]) => [what, spread(all)])) };
  console.log(JSON.stringify(results, undefined, 2));
  if (process.argv.includes("--write")) keep("handoff", results);
});

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

/** The parts of the stories for which carryover has an answer of its own: a guest, a checkout by the shop's system, a kiosk. */
import { randomBytes } from "node:crypto";
import { SECRET_KEY } from "./contenders.mjs";
import { until } from "./waiting.mjs";

/** A visitor whom nobody knows. */
export function carryoverGuest(stage) {
  return stage.enter("guest", { access: undefined });
}

/** The shop's own system orders what it reads; the cart's tag says which cart that was. Resolves to what it ordered of the line. */
export async function carryoverCheckout({ server }, customer, { sku }) {
  const address = `${server.url}/v1/customers/${customer}`;
  const headers = { authorization: `Bearer ${SECRET_KEY}`, "content-type": "application/json" };
  const read = await fetch(`${address}/cart`, { headers });
  const { seq, epoch, cart } = await read.json();
  const lines = cart.lines.map(({ line, quantity }) => ({ line, n: quantity }));
  const event = { id: randomBytes(16).toString("base64url"), type: "order-placed", data: { order: "1001", lines }, at: Date.now(), base: seq };
  const placed = await fetch(`${address}/events`, { method: "POST", headers: { ...headers, "if-match": read.headers.get("etag") }, body: JSON.stringify({ channel: "web", name: "checkout", epoch, events: [event] }) });
  const { answers } = await placed.json();
  if (answers?.[0]?.[1] !== "applied") throw new Error(`The order was not taken: ${placed.status}.`);
  return lines.find(({ line }) => line === sku)?.n ?? 0;
}

/** A shopper fills a kiosk's cart and walks away; what the next one finds. */
export async function carryoverKiosk(stage, line) {
  const { device } = await stage.enter("kiosk", { access: undefined, kiosk: { idleMs: 1_000 } });
  await device.fill([line]);
  await device.shop.sync.settled();
  await until(device, () => device.count() === 0);
  return device.count() === 0 && !device.shop.state.customer.isSignedIn ? "empty" : `${device.count()} lines`;
}

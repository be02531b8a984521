/** A household that shops for years: what two phones and a shop write into one log, as much of it as is asked for. */
import Database from "libsql";
import { cartCommands, createReplica, receive, record, reset, viewCart } from "../dist/model.js";

const MINUTE = 60_000;
const DAY = 86_400_000;
const PRODUCTS = 3_000;

/** Chance that can be had again (mulberry32). */
export function createChance(seed) {
  let state = seed;
  return (sides) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % sides;
  };
}

/**
 * Shops on the server until the log holds that many entries, and then once more in the same way for everybody: what
 * is in the cart in the end does not depend on how old the log is.
 */
export async function shopForYears({ database, clock, signIn, name, entries, seed }) {
  const throwOf = createChance(seed);
  const devices = [await signIn(name), await signIn(name)];
  const household = createWriter({ database, clock, devices, throwOf, snapshot: await devices[0].snapshot() });
  while (household.seq < entries - 110) await trip(household, throwOf);
  await household.order();
  while (household.seq < entries) await household.add(`LAST-${household.seq % 12}`);
  return { who: devices[0], seq: household.seq };
}

/** One visit to the shop: some products, second thoughts, and mostly an order in the end. */
async function trip(household, chance) {
  const { cart, clock } = household;
  clock.now += (1 + chance(5)) * DAY;
  for (let i = 3 + chance(8); i > 0; i--) {
    clock.now += MINUTE;
    const product = chance(PRODUCTS);
    cart.add(`SKU-${product}`, 1 + chance(2), { details: { title: `Product ${product}`, price: 499 + product, image: `https://shop.example/${product}.jpg` } });
    if (chance(3) === 0) await household.send();
  }
  for (let i = chance(60); i > 0; i--) secondThought(cart, chance);
  if (chance(4) === 0) cart.addCoupon(`WEB${chance(50)}`);
  await household.send();
  if (chance(12) === 0) return; // left as it is
  if (chance(200) === 0) return household.clear();
  if (chance(30) === 0) household.decide({ marketing: chance(2) === 0 });
  await household.order();
}

function secondThought(cart, chance) {
  const { lines } = cart;
  const line = lines[chance(Math.max(1, lines.length))]?.line;
  if (line === undefined) return;
  const acts = [() => cart.increase(line), () => cart.increase(line), () => cart.decrease(line), () => cart.decrease(line), () => cart.setQuantity(line, 1 + chance(5)), () => cart.setField(line, "note", `for ${chance(99)}`), () => cart.remove(line)];
  acts[chance(acts.length)]();
}

/** Devices that know all that was written, and the shop's own word on orders. */
function createWriter({ database, clock, devices, throwOf, snapshot }) {
  const db = new Database(database);
  const { log } = snapshot;
  let replica = reset(createReplica(devices[0].device, "web"), snapshot, []);
  let device = devices[0];
  const id = () => Array.from({ length: 22 }, () => "abcdefghijklmnopqrstuvwxyz0123456789"[throwOf(36)]).join("");

  const put = ({ type, data, pend }) => {
    clock.now += 1_000 + throwOf(20) * 1_000;
    replica = record(replica, { id: id(), type, data, at: clock.now, base: replica.seq, pend, log });
  };
  const take = (entries) => void (replica = receive(replica, entries));

  const send = async () => {
    const events = replica.pending;
    for (let i = 0; i < events.length; i += 50) {
      const part = events.slice(i, i + 50);
      const { answers } = await device.push(part);
      take(part.map(({ log: _, ...event }, k) => ({ ...event, seq: seqOf(answers[k]), device: device.device, channel: "web" })));
    }
    device = devices[throwOf(devices.length)];
  };

  /** Orders are written by the shop's own back end, for which there is no route yet: past the server, as it would itself. */
  const order = async () => {
    const lines = viewCart(replica.view.cart).lines.map(({ line, quantity: n }) => ({ line, n }));
    if (lines.length === 0) return;
    const { seq: base } = replica;
    const body = { type: "order-placed", data: { order: id(), lines }, at: clock.now, base, device: "server", channel: "server" };
    const entry = { id: id(), seq: base + 1, ...body };
    take([entry]);
    db.exec("BEGIN IMMEDIATE");
    db.prepare("INSERT INTO entries (log, seq, id, hash, body) VALUES (?, ?, ?, ?, ?)").run(log, entry.seq, entry.id, replica.hash, JSON.stringify(body));
    db.prepare("UPDATE logs SET head = ?, hash = ? WHERE id = ?").run(entry.seq, replica.hash, log);
    db.exec("COMMIT");
  };

  return {
    clock, send, order,
    cart: cartCommands(() => replica.view.cart, () => viewCart(replica.view.cart), put),
    decide: (purposes) => put({ type: "consent-decided", data: { scope: "account", asked: "account", policy: "2026-11", purposes } }),
    async clear() {
      this.cart.clear();
      await send();
    },
    async add(sku) {
      this.cart.add(sku);
      await send();
    },
    get seq() {
      return replica.seq;
    },
  };
}

function seqOf([id, verdict, seq]) {
  if (verdict !== "applied") throw new Error(`${id} was answered with ${verdict} ${seq}.`);
  return seq;
}

/** The crowd: clients that share carts two by two and change them in their own time, or have one each and do nothing. */
import { setTimeout as rest } from "node:timers/promises";
import { LINES, linesOf } from "./cart.mjs";
import { contenderOf, openDevice } from "./contenders.mjs";
import { createChance, until } from "./waiting.mjs";
import "./sockets.mjs";

const { id, url, shelves, clients, kind, name, changesPerSecondEach } = JSON.parse(process.argv[2]);
/** Of those that connect at once, and how long that may take all of them: who is slow is measured with fewer. */
const [TOGETHER, PATIENCE_MS] = [25, 20_000];
const contender = contenderOf(id);
/** Who is busy is busy with a small cart; what an idle device costs is asked with a large one. */
const lines = linesOf(kind === "busy" ? 10 : LINES);
const devices = [];
let [isGoing, sent] = [false, 0];

process.on("message", (what) => void doing[what]());
process.on("disconnect", () => process.exit());
await gather();
process.send({ opened: devices.length });

const doing = {
  go() {
    isGoing = true;
    const chance = createChance(7);
    devices.forEach((device, i) => void shop(device, { line: lines[i % 2], firstMs: (chance() * 1_000) / changesPerSecondEach }).catch(unlessLeaving));
    process.send({});
  },
  count: () => process.send({ sent, seen: devices.reduce((sum, device, i) => sum + device.quantity(lines[(i + 1) % 2].sku), 0) }),
  async stop() {
    isGoing = false;
    await Promise.all(devices.map((device) => device.close()));
    process.exit();
  },
};

async function gather() {
  const end = performance.now() + PATIENCE_MS;
  const size = kind === "busy" ? 2 : 1;
  const carts = Array.from({ length: clients / size }, (_, i) => `${name}-${i}`);
  await Promise.all(Array.from({ length: TOGETHER }, async () => {
    while (carts.length > 0 && performance.now() < end) devices.push(...(await family(carts.pop(), size)));
  }));
}

/** The devices of one cart, all with all its lines; in the list the first stands at an even place. */
async function family(cart, size) {
  const members = [await openDevice(contender, { url, cart, shelves })];
  await members[0].fill(lines);
  while (members.length < size) members.push(await openDevice(contender, { url, cart, shelves }));
  await Promise.all(members.map((device) => until(device, () => device.count() === lines.length)));
  return members;
}

/** What was under way when all of them left may break off. */
function unlessLeaving(error) {
  if (isGoing) throw error;
}

/** Each of the two changes a line of its own, so that what the other has seen of it can be counted. */
async function shop(device, { line, firstMs }) {
  let due = performance.now() + firstMs;
  for (;;) {
    await rest(Math.max(0, due - performance.now()));
    if (!isGoing) return;
    sent += 1;
    await device.plus(line);
    due += 1_000 / changesPerSecondEach;
  }
}

/** Table: what goes over the wire for one change, for a first load and for coming back after one missed change. */
import { setTimeout as rest } from "node:timers/promises";
import { LINES, linesOf } from "../cart.mjs";
import { layWire, quiet } from "../wire.mjs";
import { asked, medianOf, until } from "../waiting.mjs";

const [CHANGES, PAUSE_MS, VISITS] = [20, 40, 3];
/** Persisters write at leisure. */
const KEEPING_MS = 1_500;

export async function bytesOnTheWire(context) {
  const { server, open } = context;
  const wires = [await layWire(server.url), await layWire(server.url)];
  const [phone, desktop] = [await open({ cart: "counted", url: wires[0].url }), await open({ cart: "counted", url: wires[1].url })];
  const filled = phone.fill(linesOf(LINES));
  await asked(desktop, filled);
  await filled;
  await until(desktop, (device) => device.count() === LINES);
  const change = await bytesOfChange({ phone, desktop, wires });
  const visits = [];
  for (let i = 0; i < VISITS; i += 1) visits.push(await visit(context, { phone, wire: wires[0] }));
  for (const device of [phone, desktop]) await device.close();
  wires.forEach((wire) => wire.close());
  const median = (of) => Math.round(medianOf(visits.map(of)));
  return { ...change, firstLoadBytes: median(({ first }) => first.down), resumeBytes: median(({ again }) => again.down), resumeHeadBytes: median(({ again }) => again.heads), resumeUpBytes: median(({ again }) => again.up) };
}

/** Of one change after the other, each with time for what follows it. */
async function bytesOfChange({ phone, desktop, wires }) {
  await changes({ phone, desktop });
  await quiet(wires);
  const before = wires.map(({ count }) => ({ ...count }));
  await changes({ phone, desktop });
  await quiet(wires);
  const [sender, receiver] = wires.map(({ count }, i) => ({ up: (count.up - before[i].up) / CHANGES, down: (count.down - before[i].down) / CHANGES }));
  return { receiverDown: Math.round(receiver.down), receiverUp: Math.round(receiver.up), senderUp: Math.round(sender.up), senderDown: Math.round(sender.down) };
}

async function changes({ phone, desktop }) {
  for (const line of linesOf(CHANGES)) {
    const wanted = desktop.quantity(line.sku) + 1;
    const done = phone.plus(line);
    await asked(desktop, done);
    await done;
    await until(desktop, (device) => device.quantity(line.sku) >= wanted);
    await rest(PAUSE_MS);
  }
}

/** A third device comes for the first time, leaves, misses one change, and comes back with what it had kept. */
async function visit(context, { phone, wire }) {
  const [line] = linesOf(1);
  const first = await arrive(context, (device) => device.count() === LINES && device.quantity(line.sku) === phone.quantity(line.sku));
  await rest(KEEPING_MS);
  const kept = first.device.kept();
  await first.leave();
  const wanted = phone.quantity(line.sku) + 1;
  await phone.plus(line);
  await until(phone, (device) => device.quantity(line.sku) === wanted);
  await quiet([wire]); // the server has been told, too
  const again = await arrive({ ...context, kept }, (device) => device.count() === LINES && device.quantity(line.sku) === wanted);
  await again.leave();
  return { first, again };
}

async function arrive({ contender, server, shelves, kept }, isThere) {
  const wire = await layWire(server.url);
  const { createDevice } = await contender.devices();
  const device = await createDevice({ url: wire.url, cart: "counted", shelves, kept, access: contender.access?.("counted") });
  await until(device, isThere);
  await device.ready();
  await quiet([wire], 300);
  return {
    ...wire.count, device,
    leave: async () => {
      await device.close();
      wire.close();
    },
  };
}

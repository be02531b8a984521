/** The stage of the stories: devices of one contender, each on a wire of its own that can be cut, and how they come to rest. */
import { openDevice } from "./contenders.mjs";
import { until } from "./waiting.mjs";
import { layWire } from "./wire.mjs";
import { setTimeout as rest } from "node:timers/promises";

/** Longer than any contender waits between two tries, after the few that a story lets fail. */
const PATIENCE_MS = 20_000;
const QUIET_MS = 900;

export function createStage({ contender, server, shelves }) {
  const cast = [];
  /** Somebody's device; `more` as a device takes it. */
  const enter = async (cart, more = {}) => {
    const wire = await layWire(server.url);
    const device = await openDevice(contender, { url: wire.url, cart, shelves, ...more });
    const actor = { device, wire };
    cast.push(actor);
    return actor;
  };
  return {
    contender, server, enter, comeBack, atRest,
    together: (count, cart, lines) => together(enter, count, cart, lines),
    leave: ({ wire }) => wire.cut(),
    async close() {
      for (const { device, wire } of cast) {
        wire.cut();
        wire.close();
        await Promise.race([device.close(), rest(500)]); // one that waits for its server waits in vain
      }
    },
  };
}

/** So many devices with one cart, which all show it. */
async function together(enter, count, cart, lines) {
  const actors = [await enter(cart)];
  await actors[0].device.fill(lines);
  while (actors.length < count) actors.push(await enter(cart));
  await Promise.all(actors.map(({ device }) => until(device, () => lines.every(({ sku, quantity }) => device.quantity(sku) === quantity))));
  await atRest(actors);
  return actors;
}

/** Resolves once the device has talked with its server again and both have fallen silent. */
async function comeBack(...actors) {
  const before = actors.map(({ wire }) => wire.count.down);
  for (const { wire } of actors) wire.mend();
  for (const { device } of actors) await device.online?.();
  const end = performance.now() + PATIENCE_MS;
  while (actors.some(({ wire }, i) => wire.count.down === before[i])) {
    if (performance.now() > end) throw new Error("A device did not come back.");
    await rest(50);
  }
  await atRest(actors);
}

/** Nothing has moved for a while, and whoever has to ask has asked. */
async function atRest(actors) {
  const end = performance.now() + PATIENCE_MS;
  while (actors.some(({ wire }) => wire.quietMs() < QUIET_MS) && performance.now() < end) await rest(50);
  for (const { device } of actors) await device.refresh?.();
}

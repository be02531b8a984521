/** Table: what one more device that is connected and does nothing costs the server, and what its cart takes on the server's disk. */
import { setTimeout as rest } from "node:timers/promises";
import { startCrowd } from "../crowd-process.mjs";

/**
 * What the first cost is mostly the server's own: V8 widens the room for young objects once, by up to 32 MB in a few hundred
 * devices, and never again.
 */
const DEVICES = 250;
/** A device is idle that has done nothing for so long. */
const IDLE_MS = 4_000;
/** V8 gives back what it has collected in its own time. */
const GIVING_BACK_MS = 4_000;

/** Of one device with a cart of its own. */
export async function idleMemory(context) {
  const crowds = [];
  const come = async (name) => {
    crowds.push(await startCrowd(context, { clients: DEVICES, kind: "idle", name }));
    await rest(IDLE_MS);
    const inUse = await context.server.collect();
    await rest(GIVING_BACK_MS);
    return { inUse, residentKb: context.server.residentKb() };
  };
  const before = await come("first");
  const after = await come("more");
  for (const crowd of crowds) await crowd.stop();
  const [first, more] = crowds.map(({ clients }) => clients);
  return {
    devices: more, residentKbEach: (after.residentKb - before.residentKb) / more, inUseKbEach: (after.inUse - before.inUse) / 1_024 / more, carts: first + more,
  };
}

/** Table: what a device that is connected and does nothing costs the server, and what its cart takes on the server's disk. */
import { setTimeout as rest } from "node:timers/promises";
import { LINES, linesOf } from "../cart.mjs";
import { startCrowd } from "../crowd-process.mjs";

const DEVICES = 250;
/** What the first of all devices costs is the server's own. */
const FIRST = 20;
/** A device is idle that has done nothing for so long. */
const IDLE_MS = 4_000;

/** Of one device with a cart of its own. */
export async function idleMemory(context) {
  const { server, open } = context;
  for (let i = 0; i < FIRST; i += 1) {
    const device = await open({ cart: `first-${i}` });
    await device.fill(linesOf(LINES));
    await device.close();
  }
  const [inUse, before] = [await server.collect(), server.residentKb()];
  const crowd = await startCrowd(context, { clients: DEVICES, kind: "idle" });
  await rest(IDLE_MS);
  const inUseKbEach = (await server.collect() - inUse) / 1_024 / crowd.clients;
  const residentKbEach = (server.residentKb() - before) / crowd.clients;
  await crowd.stop();
  return { devices: crowd.clients, residentKbEach, inUseKbEach, carts: crowd.clients + FIRST };
}

/** "Where am I signed in?": the devices that write to one cart, and "sign out there". */
import type { DeviceFrame, Devices, DevicesAnswer, SignOutDevice } from "../wire/devices.js";
import type { Context } from "./context.js";
import { knownDevice } from "./device.js";
import { recall } from "./loan.js";
import { tellEnd } from "./progress.js";
import { retireAll } from "./renewal.js";
import { Refused } from "./refusal.js";
import type { Site } from "./sites.js";
import type { DeviceRow, HandoffRow } from "./store/store.js";

/** Nobody looks through more; who is not among the latest has not been heard for long. */
const SHOWN = 100;

/** The devices that write to the log of the one that asks, the latest heard first. */
export async function devices({ store, now }: Context, site: Site, body: Devices): Promise<DevicesAnswer> {
  return store.read(async (tx) => {
    const { device: own, log } = await knownDevice(tx, site, body, now());
    const found = (await tx.devicesOf(log.id)).filter((one) => !one.isRevoked);
    const latest = found.sort((a, b) => (b.seenAt ?? 0) - (a.seenAt ?? 0)).slice(0, SHOWN);
    return { devices: latest.map((one) => frameOf(one, one.hash === own.hash)) };
  });
}

/**
 * Lets go of a device of the same log: it is refused from now on, and its streams end at once. One of somebody else and one
 * that never was are the same answer. What lies sealed on it is not taken any more: whoever has it now may not be its owner.
 */
export async function signOutDevice(context: Context, site: Site, body: SignOutDevice): Promise<void> {
  const { store, live, now } = context;
  const { gone, loans } = await store.transact(async (tx) => {
    const loans: HandoffRow[] = [];
    const { log } = await knownDevice(tx, site, body, now());
    const found = (await tx.devicesOf(log.id)).filter((one) => one.device === body.device && !one.isRevoked);
    if (found.length === 0) throw new Refused("not-found", "No device of that name writes to this cart.");
    for (const one of found) {
      await tx.putDevice({ ...one, isRevoked: true });
      await retireAll(tx, one.hash, now());
      loans.push(...[await recall(tx, one.hash)].filter((loan) => loan !== undefined));
    }
    return { gone: found, loans };
  });
  for (const loan of loans) tellEnd(context, loan);
  for (const { hash } of gone) live.bye(hash);
}

function frameOf({ device, channel, name, seenAt, signedInAt }: DeviceRow, isThis: boolean): DeviceFrame {
  return { device, channel, isThis, ...(name !== undefined && { name }), ...(seenAt !== undefined && { seenAt }), ...(signedInAt !== undefined && { signedInAt }) };
}

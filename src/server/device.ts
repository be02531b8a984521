/** Finds the device behind a credential, or takes in a new visitor. */
import type { Caller } from "../wire/caller.js";
import { deviceOf, hashOf, randomLogId } from "./credential.js";
import { screenFor } from "./kiosk.js";
import { Refused } from "./refusal.js";
import type { Site } from "./sites.js";
import type { DeviceRow, LogRow, Reading, Transaction } from "./store/store.js";

export interface Known {
  readonly device: DeviceRow;
  readonly log: LogRow;
}

/** The device and the log it writes to; refuses a credential that is unknown, foreign or was signed out. */
export async function knownDevice(tx: Reading, site: Site, credential: string): Promise<Known> {
  const device = await tx.device(hashOf(credential));
  if (device === undefined || device.site !== site.key) throw new Refused("credential-unknown", "No device of this site has this credential.");
  if (device.isRevoked) throw new Refused("device-revoked", "This device was signed out; it starts anew.");
  return { device, log: await logOf(tx, device.log) };
}

/**
 * As `knownDevice`, but an unknown device that was never told a log is a new visitor. The credential is made on
 * the device, so that a lost answer and a second try lead to one visitor, not two.
 */
export async function deviceFor(tx: Transaction, site: Site, caller: Caller & { log?: string | undefined }, expiresAt: number): Promise<Known> {
  const hash = hashOf(caller.credential);
  if (caller.log !== undefined || (await tx.device(hash)) !== undefined) return knownDevice(tx, site, caller.credential);
  const log: LogRow = { id: randomLogId(), site: site.key, head: 0, hash: 0, expiresAt };
  const screen = await screenFor(tx, site, caller);
  const device: DeviceRow = { hash, device: deviceOf(caller.credential), site: site.key, log: log.id, channel: caller.channel, isRevoked: false, ...screen };
  await tx.putLog(log);
  await tx.putDevice(device);
  return { device, log };
}

async function logOf(tx: Reading, id: string): Promise<LogRow> {
  const log = await tx.log(id);
  if (log === undefined) throw new Refused("credential-unknown", "The cart of this device was kept for its time and is gone.");
  return log;
}

/** A device leaves its cart: by itself, or since nobody stands before it any more. */
import { recall } from "./loan.js";
import type { DeviceRow, HandoffRow, Transaction } from "./store/store.js";

/** It is refused from now on, and a guest's cart that nobody else writes to goes with it. Returns what it had lent, which ends. */
export async function leave(tx: Transaction, device: DeviceRow, now: number): Promise<HandoffRow | undefined> {
  await tx.putDevice({ ...device, isRevoked: true });
  const log = await tx.log(device.log);
  const others = (await tx.devicesOf(device.log)).filter(({ isRevoked }) => !isRevoked);
  if (log !== undefined && log.customer === undefined && others.length === 0) await tx.eraseLog(log.id, now);
  return recall(tx, device.hash);
}

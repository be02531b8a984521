/** What moves in a handoff, by its mode: the cart and nothing else. */
import { condense } from "../model/condense.js";
import { adopt } from "./adopt.js";
import type { Context } from "./context.js";
import { hashOf } from "./credential.js";
import type { Known } from "./device.js";
import type { News } from "./live.js";
import { Refused } from "./refusal.js";
import type { Site } from "./sites.js";
import type { HandoffRow, LogRow, Transaction } from "./store/store.js";

export interface Moved {
  readonly news: readonly News[];
  /** Devices whose streams have to start again. */
  readonly devices: readonly string[];
}

/** No consent moves with a cart, ever. */
const cartOnly = { merge: "union", consent: "none" } as const;

export async function move(context: Context, tx: Transaction, site: Site, row: HandoffRow, receiver: Known, now: number): Promise<Moved> {
  const log = await tx.log(row.log);
  if (log === undefined || log.mergedInto !== undefined) throw new Refused("handoff-impossible", "The offered cart has moved on meanwhile.");
  if (row.mode === "take") return take(context, tx, site, log, receiver, now);
  if (row.mode === "copy") return copy(context, tx, site, row, log, receiver, now);
  return join(context, tx, site, log, receiver, now);
}

/** The receiving device takes the cart along; the offering screen is signed out and forgets it. */
async function take(context: Context, tx: Transaction, site: Site, log: LogRow, receiver: Known, now: number): Promise<Moved> {
  const news = await adopt(context, tx, site, log, receiver.log, cartOnly, now);
  for (const device of await tx.devicesOf(log.id)) await tx.putDevice({ ...device, isRevoked: true });
  return { news: [news], devices: [] };
}

/** The receiving device gets the lines as its own; ids made from the handoff's keep a repetition from adding them again. */
async function copy(context: Context, tx: Transaction, site: Site, row: HandoffRow, log: LogRow, receiver: Known, now: number): Promise<Moved> {
  const writer = await context.logs.open(tx, receiver.log);
  const { device, channel } = receiver.device;
  condense(await context.logs.stateOf(tx, log)).forEach((gesture, i) => {
    const id = hashOf(`${row.id}:${i}`).slice(0, 22);
    writer.add({ ...gesture, id, at: now, base: receiver.log.head, device, channel });
  });
  return { news: [{ log: receiver.log.id, entries: await writer.flush(now, site.guestCartMs) }], devices: [] };
}

/** Both screens write to one log from now on; what the receiving one had comes along. */
async function join(context: Context, tx: Transaction, site: Site, log: LogRow, receiver: Known, now: number): Promise<Moved> {
  if (receiver.log.customer !== undefined) throw new Refused("handoff-impossible", "Somebody is signed in on the other screen; sign in here instead.");
  const news = await adopt(context, tx, site, receiver.log, log, cartOnly, now);
  const devices = (await tx.devicesOf(receiver.log.id)).filter((d) => !d.isRevoked);
  for (const device of devices) await tx.putDevice({ ...device, log: log.id });
  return { news: [news], devices: devices.map((device) => device.hash) };
}

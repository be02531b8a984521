/** What moves in a handoff, by its mode, and what an undo takes back: the cart and nothing else. */
import { condense } from "../model/condense.js";
import type { Entry } from "../model/event.js";
import { takeBack } from "../model/take-back.js";
import { LOAN_MS, UNDO_MS } from "../wire/handoff.js";
import { adopt, serverEntry } from "./adopt.js";
import type { Context } from "./context.js";
import { hashOf } from "./credential.js";
import type { Known } from "./device.js";
import type { News } from "./live.js";
import { Refused } from "./refusal.js";
import { release } from "./release.js";
import type { Site } from "./sites.js";
import type { HandoffRow, LogRow, Transaction } from "./store/store.js";

export interface Moved {
  readonly news: readonly News[];
  /** Devices whose streams have to start again. */
  readonly devices: readonly string[];
  /** The handoff as it is after that. */
  readonly row: HandoffRow;
}

/** What a step of a handoff works with. */
interface Step {
  readonly context: Context;
  readonly tx: Transaction;
  readonly site: Site;
  readonly row: HandoffRow;
  readonly now: number;
}

/** No consent moves with a cart, ever. */
const cartOnly = { merge: "union", consent: "none" } as const;

export async function move(context: Context, tx: Transaction, site: Site, row: HandoffRow, receiver: Known, now: number): Promise<Moved> {
  const log = await tx.log(row.log);
  if (log === undefined || log.mergedInto !== undefined) throw new Refused("handoff-impossible", "The offered cart has moved on meanwhile.");
  const moved = await ways[row.mode]({ context, tx, site, row: { ...row, status: "done" }, now }, log, receiver);
  await tx.putHandoff(moved.row);
  return moved;
}

const ways: { readonly [M in HandoffRow["mode"]]: (step: Step, log: LogRow, receiver: Known) => Promise<Moved> } = { take, copy, join, lend };

/** The receiving device takes the cart along; the offering screen is signed out and forgets it. */
async function take({ context, tx, site, row, now }: Step, log: LogRow, receiver: Known): Promise<Moved> {
  const news = await adopt(context, tx, site, log, receiver.log, cartOnly, now);
  for (const device of await tx.devicesOf(log.id)) await tx.putDevice({ ...device, isRevoked: true });
  return { row: { ...row, endsAt: now + UNDO_MS, target: receiver.log.id }, news: [news], devices: [] };
}

/**
 * The receiving device gets the lines as its own; ids made from the handoff's keep a repetition from adding them again. They
 * have seen nothing of what is there, so that it shows again when they are taken back.
 */
async function copy({ context, tx, site, row, now }: Step, log: LogRow, receiver: Known): Promise<Moved> {
  const writer = await context.logs.open(tx, receiver.log);
  const { device, channel } = receiver.device;
  condense(await context.logs.stateOf(tx, log)).forEach((gesture, i) => {
    writer.add({ ...gesture, id: copyId(row, i), at: now, base: 0, device, channel });
  });
  const news = { log: receiver.log.id, entries: await writer.flush(now, site.guestCartMs) };
  return { row: { ...row, endsAt: now + UNDO_MS, target: receiver.log.id, since: receiver.log.head }, news: [news], devices: [] };
}

function copyId({ id }: HandoffRow, i: number): string {
  return hashOf(`${id}:${i}`).slice(0, 22);
}

/** Both screens write to one log from now on; what the receiving one had comes along. */
async function join({ context, tx, site, row, now }: Step, log: LogRow, receiver: Known): Promise<Moved> {
  refuseCustomer(receiver);
  const news = await adopt(context, tx, site, receiver.log, log, cartOnly, now);
  const devices = (await tx.devicesOf(receiver.log.id)).filter((d) => !d.isRevoked);
  for (const device of devices) await tx.putDevice({ ...device, log: log.id, cameFrom: receiver.log.id });
  return { row: { ...row, endsAt: now + UNDO_MS, target: receiver.log.id }, news: [news], devices: devices.map((device) => device.hash) };
}

/**
 * The receiving device works in the cart for ten minutes, and what it had comes along. It is revoked at once for everything but
 * the loan: whatever becomes of the kiosk and of the network, nothing is left of it when the time is over.
 */
async function lend({ context, tx, site, row, now }: Step, log: LogRow, receiver: Known): Promise<Moved> {
  refuseCustomer(receiver);
  const isOpen = receiver.log.mergedInto === undefined;
  const news = isOpen ? [await adopt(context, tx, site, receiver.log, log, cartOnly, now)] : [];
  await tx.putDevice({ ...receiver.device, isRevoked: true });
  const { head } = (await tx.log(log.id)) as LogRow;
  return { row: { ...row, status: "lent", endsAt: now + LOAN_MS, since: head }, news, devices: [receiver.device.hash] };
}

function refuseCustomer({ log }: Known): void {
  if (log.customer !== undefined) throw new Refused("handoff-impossible", "Somebody is signed in on the other screen; sign in here instead.");
}

/** Can this handoff be undone by then? What a mode writes down to be undone by is said in its `endsAt`. */
export function isUndoable({ status, endsAt = 0 }: HandoffRow, now: number): boolean {
  return status === "done" && endsAt > now;
}

/** Takes back what a handoff has done; `by` is the public name of the device that asked for it. */
export async function undo(context: Context, tx: Transaction, site: Site, row: HandoffRow, by: string, now: number): Promise<Moved> {
  const { endsAt: _, ...done } = row;
  const step = { context, tx, site, row: { ...done, status: "undone" as const }, now };
  const undone = row.mode === "copy" ? await undoCopy(step) : row.mode === "take" ? await undoTake(step, by) : await undoJoin(step, by);
  await tx.putHandoff(undone.row);
  return undone;
}

/** The lines that came go, wherever the receiving cart has gone since; its own stay. */
async function undoCopy({ context, tx, site, row, now }: Step): Promise<Moved> {
  const taken = takeBack(await copied(tx, row));
  const news: News[] = [];
  for (const log of await logsOfCopy(tx, row)) {
    const writer = await context.logs.open(tx, log);
    for (const { type, data, pend = [] } of taken) writer.add({ ...serverEntry(type, data, 0, now), pend });
    news.push({ log: log.id, entries: await writer.flush(now, site.guestCartMs) });
  }
  return { row, news, devices: [] };
}

/** The phone has its own cart again. What it had taken along is nobody's: the kiosk was wiped, and may be another shopper's by now. */
async function undoTake({ context, tx, site, row, now }: Step, by: string): Promise<Moved> {
  const { visitor, from } = await linked(tx, row.log, row.target);
  return { row, news: await release(context, tx, site, visitor, from, { by }, [], now), devices: [] };
}

/** Each screen has its own cart again; what was added since, by whichever, stays where both have written: with the one that offered. */
async function undoJoin({ context, tx, site, row, now }: Step, by: string): Promise<Moved> {
  const { visitor, from } = await linked(tx, row.target, row.log);
  const back = (await tx.devicesOf(from.id)).filter(({ cameFrom, isRevoked }) => cameFrom === visitor.id && !isRevoked);
  if (!back.some(({ hash }) => hash === row.receiver)) throw movedOn();
  return { row, news: await release(context, tx, site, visitor, from, { by }, back, now), devices: back.map(({ hash }) => hash) };
}

async function linked(tx: Transaction, visitor = "", from = ""): Promise<{ visitor: LogRow; from: LogRow }> {
  const logs = [await tx.log(visitor), await tx.log(from)] as const;
  if (logs[0]?.mergedInto !== from || logs[1] === undefined || logs[1].mergedInto !== undefined) throw movedOn();
  return { visitor: logs[0], from: logs[1] };
}

function movedOn(): Refused {
  return new Refused("handoff-impossible", "One of the two carts has moved on since, by a sign-in or another handoff.");
}

/** Where the copied lines may be by now: where they were written, or what that has gone into, and where its screen writes today. */
async function logsOfCopy(tx: Transaction, { target, receiver = "" }: HandoffRow): Promise<readonly LogRow[]> {
  const [written, today] = [await standingLog(tx, target), await standingLog(tx, (await tx.device(receiver))?.log)];
  return [written, today].filter((log, i): log is LogRow => log !== undefined && (i === 0 || log.id !== written?.id));
}

/** What a copy has written, as it was numbered at first. */
async function copied(tx: Transaction, row: HandoffRow): Promise<readonly Entry[]> {
  const found: Entry[] = [];
  for (let i = 0; ; i += 1) {
    const [entry] = await tx.entries(row.target ?? "", (row.since ?? 0) + i, 1);
    if (entry?.id !== copyId(row, i)) return found;
    found.push(entry);
  }
}

/** The log that a log has gone into, if it has, and so on. */
async function standingLog(tx: Transaction, id: string | undefined): Promise<LogRow | undefined> {
  const log = id === undefined ? undefined : await tx.log(id);
  return log?.mergedInto === undefined ? log : standingLog(tx, log.mergedInto);
}

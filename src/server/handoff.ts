/** Hands a cart from one screen to another, once, to somebody who has seen what they get. */
import { showing } from "../model/showing.js";
import { type Accept, type Approve, type Cancel, CODE_MS, type Offer, type OfferAnswer, type Preview, type PreviewAnswer, type Progress, type Status, type Undo } from "../wire/handoff.js";
import { codeHash, drawCode, drawToken, openerOf, tokenHash } from "./code.js";
import type { Context } from "./context.js";
import { randomId } from "./credential.js";
import { deviceFor, holderOf, knownDevice, type Presented } from "./device.js";
import { isUndoable, move, type Moved, undo as takeBack } from "./handover.js";
import { type Door, gone, knock, missed } from "./knock.js";
import { giveBack } from "./loan.js";
import { drawNumber, offeringOf, progressOf, screenOf, tell, tellEnd } from "./progress.js";
import { Refused } from "./refusal.js";
import { allows, type Site } from "./sites.js";
import type { DeviceRow, HandoffRow, Reading } from "./store/store.js";

/** A typed code may have been overheard: it is looked at so often and no more. */
const LOOKS = 5;

/** Nothing has come of it yet, one way or the other. */
const OPEN: readonly Status[] = ["offered", "opened", "to-approve"];

/** Makes a code and a link for this device's cart; an earlier offer of the same device ends. */
export async function offer(context: Context, site: Site, body: Offer): Promise<OfferAnswer> {
  const { mode, url, place } = body;
  if (url !== undefined && !allows(site, new URL(url).origin)) {
    throw new Refused("handoff-impossible", "The page to go on with is not of the site's origins, so it is not the shop's.");
  }
  const [code, token, now] = [drawCode(), drawToken(), context.now()];
  const expiresAt = now + CODE_MS;
  await context.store.transact(async (tx) => {
    const { device, log } = await deviceFor(tx, site, body, now + site.guestCartMs);
    if (log.customer !== undefined && mode !== "lend") throw new Refused("handoff-impossible", "Signed-in customers sign in on the other screen; their cart is there.");
    await tx.dropHandoffs(now - CODE_MS);
    const before = await tx.handoffOf(device.hash);
    if (before !== undefined && isLent(before, now)) throw new Refused("handoff-impossible", "This cart is lent to another screen; stop that first.");
    if (before !== undefined && isOpen(before, now)) await tx.putHandoff({ ...before, status: "declined" });
    await tx.putHandoff({
      id: randomId(), codeHash: codeHash(code, place), tokenHash: tokenHash(token), site: site.key, mode, status: "offered",
      offerer: device.hash, log: log.id, expiresAt, looks: 0, ...(url !== undefined && { url }), ...(place !== undefined && { place }),
    });
  });
  return { code, token, expiresAt };
}

/** Shows what would move. Nothing is consumed: link previews and second looks do no harm. */
export async function preview(context: Context, site: Site, { key, place }: Preview, door: Door): Promise<PreviewAnswer> {
  await knock(context, site, { key, place }, door);
  const { row, answer } = await context.store.transact(async (tx) => {
    const { isTyped, ...row } = await find(context, tx, site, { key, place }, door);
    const log = await tx.log(row.log);
    const offerer = await tx.device(row.offerer);
    if (log === undefined || offerer === undefined || !isOpen(row, context.now()) || (isTyped && row.looks >= LOOKS)) throw gone();
    const opened: HandoffRow = { ...row, looks: row.looks + (isTyped ? 1 : 0), ...(row.status === "offered" && { status: "opened" }) };
    await tx.putHandoff(opened);
    const cart = showing(await context.logs.stateOf(tx, log));
    const { mode, expiresAt, url } = opened;
    return { row: opened, answer: { mode, from: screenOf(offerer), cart, expiresAt, ...(url !== undefined && { page: url }) } };
  });
  tell(context, row);
  return answer;
}

/** The receiving side agrees: a cart to take along moves at once, a cart to share or to lend waits for the number. */
export async function accept(context: Context, site: Site, body: Accept, door: Door): Promise<Progress> {
  const now = context.now();
  await knock(context, site, body, door);
  const { row, moved, receiver } = await context.store.transact(async (tx) => {
    const { isTyped: _, ...found } = await find(context, tx, site, body, door);
    const again = found.receiver !== undefined && found.receiver === (await holderOf(tx, body, now)) && !["offered", "opened"].includes(found.status) ? await tx.device(found.receiver) : undefined;
    if (again !== undefined) return { row: found, receiver: again };
    const receiver = await deviceFor(tx, site, body, now + site.guestCartMs);
    if (!isOpen(found, now) || found.receiver !== undefined) throw gone();
    if (found.offerer === receiver.device.hash || found.log === receiver.log.id) throw new Refused("handoff-impossible", "This screen shows that cart already.");
    const claimed: HandoffRow = { ...found, receiver: receiver.device.hash };
    if (isApproved(found)) {
      const row: HandoffRow = { ...claimed, status: "to-approve", number: drawNumber() };
      await tx.putHandoff(row);
      return { row, receiver: receiver.device };
    }
    const moved = await move(context, tx, site, claimed, receiver, now);
    return { row: moved.row, receiver: receiver.device, moved };
  });
  settle(context, row, moved, receiver);
  return progressOf(row, "receiving");
}

/** The offering side names the number it sees on the other screen. A wrong one ends the handoff. */
export async function approve(context: Context, site: Site, body: Approve): Promise<Progress> {
  const now = context.now();
  const { row, moved, receiver } = await context.store.transact(async (tx) => {
    const { device } = await knownDevice(tx, site, body, now);
    const found = await tx.handoffOf(device.hash);
    if (found?.status !== "to-approve" || found.expiresAt < now || found.receiver === undefined) throw gone();
    const receiver = await tx.device(found.receiver);
    const log = receiver && (await tx.log(receiver.log));
    if (receiver === undefined || receiver.isRevoked || log === undefined) throw gone();
    if (found.number === body.number) {
      const moved = await move(context, tx, site, found, { device: receiver, log }, now);
      return { row: moved.row, receiver, moved };
    }
    const row: HandoffRow = { ...found, status: "declined" };
    await tx.putHandoff(row);
    return { row, receiver };
  });
  settle(context, row, moved, receiver);
  return progressOf(row, "offering");
}

/**
 * Either side says no, or stops what was lent: the offering one by its credential, the receiving one by the key it was shown.
 * Of a lent cart the key alone stops nothing: it may have been seen by others.
 */
export async function cancel(context: Context, site: Site, { key, place, credential, ...brought }: Cancel & Omit<Presented, "credential">, door: Door): Promise<void> {
  const now = context.now();
  if (key !== undefined) await knock(context, site, { key, place }, door);
  const row = await context.store.transact(async (tx) => {
    const caller = credential && (await holderOf(tx, { ...brought, credential }, now));
    if (key === undefined && !caller) throw new Refused("credential-unknown", "No device of this site has this credential.");
    const found = key !== undefined ? await find(context, tx, site, { key, place }, door) : await tx.handoffOf(caller as string);
    if (!found) return undefined;
    if (isLent(found, now)) return [found.offerer, found.receiver].includes(caller) ? giveBack(tx, found.receiver as string) : undefined;
    if (!isOpen(found, now)) return undefined;
    const declined: HandoffRow = { ...found, status: "declined" };
    await tx.putHandoff(declined);
    return declined;
  });
  if (row !== undefined) tellEnd(context, row);
}

/** Either side takes back what was done, for ten minutes, if it is still there: the offering one its last handoff, the receiving one that of its key. */
export async function undo(context: Context, site: Site, body: Undo, door: Door): Promise<Progress> {
  const { key, place } = body;
  const now = context.now();
  if (key !== undefined) {
    await context.store.read((tx) => knownDevice(tx, site, body, now)); // whoever is unknown is told nothing of a code
    await knock(context, site, { key, place }, door);
  }
  const { row, moved } = await context.store.transact(async (tx) => {
    const { device: { hash: caller, device: by } } = await knownDevice(tx, site, body, now);
    const found = key !== undefined ? await find(context, tx, site, { key, place }, door) : await tx.handoffOf(caller);
    if (found === undefined || ![found.offerer, found.receiver].includes(caller)) throw gone();
    if (found.status === "undone") return { row: found }; // its answer was lost
    if (!isUndoable(found, now)) throw new Refused("handoff-impossible", "This can no longer be undone.");
    const moved = await takeBack(context, tx, site, found, by, now);
    return { row: moved.row, moved };
  });
  settle(context, row, moved);
  return progressOf(row, key === undefined ? "offering" : "receiving");
}

/** Where the handoff of this key stands, for the side that received it. */
export async function progress(context: Context, site: Site, body: Accept): Promise<Progress> {
  const row = await context.store.read(async (tx) => {
    const [found, holder] = [await tx.handoff(site.key, openerOf(body.key, body.place).hash), await holderOf(tx, body, context.now())];
    return found?.receiver !== undefined && found.receiver === holder ? found : undefined;
  });
  if (row === undefined) throw gone();
  const isOver = row.expiresAt < context.now() && row.status === "to-approve";
  return progressOf(isOver ? { ...row, status: "expired" } : row, "receiving");
}

/** Where the offer of a device stands, for a screen whose stream starts while it is under way. */
export async function standingOffer(tx: Reading, device: string, now: number): Promise<Progress | undefined> {
  const row = await tx.handoffOf(device);
  if (row === undefined || (row.endsAt ?? row.expiresAt) < now) return undefined;
  return offeringOf(row, row.receiver === undefined ? undefined : await tx.device(row.receiver));
}

type Found = HandoffRow & { readonly isTyped: boolean };

async function find(context: Context, tx: Reading, site: Site, { key, place }: Pick<Accept, "key" | "place">, door: Door): Promise<Found> {
  const { hash, isTyped } = openerOf(key, place);
  const row = await tx.handoff(site.key, hash);
  if (row === undefined) throw missed({ isTyped }, door);
  return { isTyped, ...(OPEN.includes(row.status) && !isOpen(row, context.now()) ? { ...row, status: "expired" } : row) };
}

/** Two screens that write to one cart: the owner compares a number first. */
function isApproved({ mode }: HandoffRow): boolean {
  return mode === "join" || mode === "lend";
}

function isOpen({ status, expiresAt }: HandoffRow, now: number): boolean {
  return expiresAt >= now && OPEN.includes(status);
}

function isLent({ status, endsAt = 0 }: HandoffRow, now: number): boolean {
  return status === "lent" && endsAt > now;
}

function settle(context: Context, row: HandoffRow, moved: Moved | undefined, receiver?: DeviceRow): void {
  if (moved !== undefined) {
    context.live.announce(moved.news);
    for (const device of moved.devices) context.live.bye(device);
  }
  tell(context, row, receiver);
}

/** Hands a cart from one screen to another, once, to somebody who has seen what they get. */
import { randomBytes, randomInt } from "node:crypto";
import { showing } from "../model/showing.js";
import { type Accept, ALPHABET, type Approve, type Cancel, CODE_MS, type Offer, type OfferAnswer, type Preview, type PreviewAnswer, type Progress, type Screen } from "../wire/handoff.js";
import type { Context } from "./context.js";
import { hashOf, randomId } from "./credential.js";
import { deviceFor, knownDevice } from "./device.js";
import { move, type Moved } from "./handover.js";
import { Refused } from "./refusal.js";
import { allows, type Site } from "./sites.js";
import type { DeviceRow, HandoffRow, Reading } from "./store/store.js";
import type { Tries } from "./tries.js";

/** Numbers of two digits: quick to compare, and one wrong choice ends the handoff. */
const NUMBERS = { min: 10, max: 100, shown: 3 };

/** Makes a code and a link for this device's cart; an earlier offer of the same device ends. */
export async function offer(context: Context, site: Site, body: Offer): Promise<OfferAnswer> {
  if (body.mode === "lend") throw new Refused("handoff-impossible", "The mode lend is not served yet.");
  if (body.url !== undefined && !allows(site, new URL(body.url).origin)) {
    throw new Refused("handoff-impossible", "The page to go on with is not of the site's origins, so it is not the shop's.");
  }
  const code = Array.from({ length: 8 }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
  const token = randomBytes(16).toString("base64url");
  const now = context.now();
  const expiresAt = now + CODE_MS;
  await context.store.transact(async (tx) => {
    const { device, log } = await deviceFor(tx, site, body, now + site.guestCartMs);
    if (log.customer !== undefined) throw new Refused("handoff-impossible", "Signed-in customers sign in on the other screen; their cart is there.");
    await tx.dropHandoffs(now - CODE_MS);
    const before = await tx.handoffOf(device.hash);
    if (before !== undefined && isOpen(before, now)) await tx.putHandoff({ ...before, status: "declined" });
    const row: HandoffRow = {
      id: randomId(), codeHash: keyHash(code), tokenHash: keyHash(token), site: site.key, mode: body.mode, status: "offered",
      offerer: device.hash, log: log.id, expiresAt, ...(body.url !== undefined && { url: body.url }),
    };
    await tx.putHandoff(row);
  });
  return { code, token, expiresAt };
}

/** Shows what would move. Nothing is consumed: link previews and second looks do no harm. */
export async function preview(context: Context, site: Site, { key }: Preview, address: string, tries: Tries): Promise<PreviewAnswer> {
  const { row, answer } = await context.store.transact(async (tx) => {
    const row = await find(context, tx, site, key, address, tries);
    const log = await tx.log(row.log);
    const offerer = await tx.device(row.offerer);
    if (log === undefined || offerer === undefined || !isOpen(row, context.now())) throw gone();
    const opened: HandoffRow = row.status === "offered" ? { ...row, status: "opened" } : row;
    await tx.putHandoff(opened);
    const cart = showing(await context.logs.stateOf(tx, log));
    const { mode, expiresAt, url } = opened;
    return { row: opened, answer: { mode, from: screenOf(offerer), cart, expiresAt, ...(url !== undefined && { page: url }) } };
  });
  tell(context, row);
  return answer;
}

/** The receiving side agrees: a cart to take along moves at once, a cart to share waits for the number. */
export async function accept(context: Context, site: Site, body: Accept, address: string, tries: Tries): Promise<Progress> {
  const now = context.now();
  const { row, moved, receiver } = await context.store.transact(async (tx) => {
    const found = await find(context, tx, site, body.key, address, tries);
    const receiver = await deviceFor(tx, site, body, now + site.guestCartMs);
    const isAgain = found.receiver === receiver.device.hash && !["offered", "opened"].includes(found.status);
    if (isAgain) return { row: found, receiver: receiver.device };
    if (!isOpen(found, now) || found.receiver !== undefined) throw gone();
    if (found.offerer === receiver.device.hash || found.log === receiver.log.id) throw new Refused("handoff-impossible", "This screen shows that cart already.");
    const claimed: HandoffRow = { ...found, receiver: receiver.device.hash };
    const isShared = found.mode === "join";
    const row: HandoffRow = isShared ? { ...claimed, status: "to-approve", number: randomInt(NUMBERS.min, NUMBERS.max) } : { ...claimed, status: "done" };
    await tx.putHandoff(row);
    return { row, receiver: receiver.device, ...(!isShared && { moved: await move(context, tx, site, row, receiver, now) }) };
  });
  settle(context, row, moved, receiver);
  return progressOf(row, "receiving");
}

/** The offering side names the number it sees on the other screen. A wrong one ends the handoff. */
export async function approve(context: Context, site: Site, body: Approve): Promise<Progress> {
  const now = context.now();
  const { row, moved, receiver } = await context.store.transact(async (tx) => {
    const { device } = await knownDevice(tx, site, body.credential);
    const found = await tx.handoffOf(device.hash);
    if (found?.status !== "to-approve" || found.expiresAt < now || found.receiver === undefined) throw gone();
    const receiver = await tx.device(found.receiver);
    const log = receiver && (await tx.log(receiver.log));
    if (receiver === undefined || log === undefined) throw gone();
    const isRight = found.number === body.number;
    const row: HandoffRow = { ...found, status: isRight ? "done" : "declined" };
    await tx.putHandoff(row);
    return { row, receiver, ...(isRight && { moved: await move(context, tx, site, row, { device: receiver, log }, now) }) };
  });
  settle(context, row, moved, receiver);
  return progressOf(row, "offering");
}

/** Either side says no: the offering one by its credential, the receiving one by the key it was shown. */
export async function cancel(context: Context, site: Site, { key, credential }: Cancel, address: string, tries: Tries): Promise<void> {
  const row = await context.store.transact(async (tx) => {
    const found = key !== undefined ? await find(context, tx, site, key, address, tries) : credential && (await tx.handoffOf(hashOf(credential)));
    if (!found || !isOpen(found, context.now())) return undefined;
    const declined: HandoffRow = { ...found, status: "declined" };
    await tx.putHandoff(declined);
    return declined;
  });
  if (row !== undefined) tell(context, row);
}

/** Where the handoff of this key stands, for the side that received it. */
export async function progress(context: Context, site: Site, body: Accept): Promise<Progress> {
  const row = await context.store.read((tx) => tx.handoff(site.key, keyHash(body.key)));
  if (row === undefined || row.receiver !== hashOf(body.credential)) throw gone();
  const isOver = row.expiresAt < context.now() && row.status === "to-approve";
  return progressOf(isOver ? { ...row, status: "expired" } : row, "receiving");
}

/** Where the offer of a device stands, for a screen whose stream starts while it is under way. */
export async function standingOffer(tx: Reading, device: string, now: number): Promise<Progress | undefined> {
  const row = await tx.handoffOf(device);
  if (row === undefined || row.expiresAt < now) return undefined;
  const receiver = row.receiver && (await tx.device(row.receiver));
  return { ...progressOf(row, "offering"), ...(receiver && { other: screenOf(receiver) }) };
}

async function find(context: Context, tx: Reading, site: Site, key: string, address: string, tries: Tries): Promise<HandoffRow> {
  tries.check(address);
  const row = await tx.handoff(site.key, keyHash(key));
  if (row === undefined) {
    tries.wrong(address);
    throw gone();
  }
  return row.expiresAt < context.now() && row.status !== "done" ? { ...row, status: "expired" } : row;
}

function isOpen(row: HandoffRow, now: number): boolean {
  return row.expiresAt >= now && (row.status === "offered" || row.status === "opened" || row.status === "to-approve");
}

function gone(): Refused {
  return new Refused("handoff-gone", "This code is used, cancelled, expired or was never given out. Ask for a new one on the other screen.");
}

/** Codes are compared by their hashes; how a code was typed does not matter. */
function keyHash(key: string): string {
  const letters = key.toUpperCase().replace(/[^A-Z]/g, "");
  const isCode = key.length <= 12 && letters.length === 8;
  return hashOf(`handoff:${isCode ? letters : key}`);
}

function settle(context: Context, row: HandoffRow, moved: Moved | undefined, receiver: DeviceRow): void {
  if (moved !== undefined) {
    context.live.announce(moved.news);
    for (const device of moved.devices) context.live.tell(device, (line) => line.bye());
  }
  tell(context, row, receiver);
}

function tell(context: Context, row: HandoffRow, receiver?: DeviceRow): void {
  const progress = { ...progressOf(row, "offering"), ...(receiver && { other: screenOf(receiver) }) };
  context.live.tell(row.offerer, (line) => line.handoff(progress));
}

function progressOf({ id, mode, status, expiresAt, number, url }: HandoffRow, side: "offering" | "receiving"): Progress {
  const isAsked = status === "to-approve" && number !== undefined;
  return {
    mode, status, expiresAt,
    ...(isAsked && (side === "receiving" ? { number } : { choices: choicesOf(id, number) })),
    ...(side === "receiving" && url !== undefined && { page: url }),
  };
}

/**
 * The number among others, in ascending order, so that the order tells nothing, and the same others whenever
 * the screen is told again, so that what stays does not give it away.
 */
function choicesOf(id: string, number: number): number[] {
  const choices = new Set([number]);
  for (let i = 0; choices.size < NUMBERS.shown; i++) {
    const draw = Buffer.from(hashOf(`choice:${id}:${i}`), "base64url").readUInt32BE();
    choices.add(NUMBERS.min + (draw % (NUMBERS.max - NUMBERS.min)));
  }
  return [...choices].sort((a, b) => a - b);
}

function screenOf({ channel, name, store }: DeviceRow): Screen {
  return { channel, ...(name !== undefined && { name }), ...(store !== undefined && { store }) };
}


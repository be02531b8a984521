/** Screens in stores: each is announced with a code, takes that code once, and from then on says itself who it is. */
import { randomBytes } from "node:crypto";
import type { Caller } from "../wire/caller.js";
import { KIOSK_CODE_LETTERS, KIOSK_CODE_MS, type KioskAnswer, type RegisterKiosk, type StartKiosk } from "../wire/kiosk.js";
import { drawCode, lettersOf } from "./code.js";
import type { Context } from "./context.js";
import { hashOf } from "./credential.js";
import { Refused } from "./refusal.js";
import type { Site } from "./sites.js";
import type { KioskRow } from "./store/kiosks.js";
import type { DeviceRow, Reading, Transaction } from "./store/store.js";
import type { Tries } from "./tries.js";

/** Announces a screen; the code is told once and kept as its hash. */
export async function announceKiosk(tx: Transaction, { site, store, name }: { readonly site: string; readonly store: string; readonly name: string }, now: number): Promise<{ id: string; code: string }> {
  const letters = drawCode(KIOSK_CODE_LETTERS);
  const id = `kiosk-${randomBytes(4).toString("hex")}`;
  await tx.putKiosk({ id, site, store, name, codeHash: codeHashOf(letters), codeExpiresAt: now + KIOSK_CODE_MS, isRemoved: false });
  return { id, code: (letters.match(/.{4}/g) ?? []).join("-") };
}

/** Takes a screen in by its code. The same screen may ask again, since an answer may be lost; another one may not. */
export async function registerKiosk(context: Context, site: Site, { code, registration }: RegisterKiosk, address: string, tries: Tries): Promise<KioskAnswer> {
  const now = context.now();
  const guess = { address, isTyped: false, live: 0 }; // nobody hits upon so many letters: enough that nobody knocks without end
  const { store, name } = await context.store.transact(async (tx) => {
    tries.check(guess);
    const row = await tx.kioskByCode(site.key, codeHashOf(code));
    const hash = hashOf(registration);
    if (row === undefined || row.isRemoved || row.codeExpiresAt < now || (row.hash ?? hash) !== hash) {
      tries.wrong(guess);
      throw unknown("This code is used, expired or was never given out: carryover kiosk add makes another.");
    }
    await tx.putKiosk({ ...row, hash });
    return row;
  });
  return { store, name };
}

/** A screen has started: every visit of an earlier start is over, whether or not anybody could say so then. */
export async function startKiosk(context: Context, site: Site, { registration, start }: StartKiosk): Promise<KioskAnswer> {
  const now = context.now();
  const { row, ended } = await context.store.transact(async (tx) => {
    const row = await registered(tx, site, registration);
    await tx.putKiosk({ ...row, startedAt: now });
    return { row, ended: await endVisits(tx, (await tx.visitsAt(row.id)).filter(({ kioskStart }) => kioskStart !== start)) };
  });
  for (const hash of ended) context.live.tell(hash, (line) => line.bye());
  return { store: row.store, name: row.name };
}

/** Removes a screen: its registration is worth nothing any more, nor is any visit at it. False when there is none of that name. */
export async function removeKiosk(tx: Transaction, site: string, id: string): Promise<boolean> {
  const row = await tx.kiosk(id);
  if (row === undefined || row.site !== site || row.isRemoved) return false;
  await tx.putKiosk({ ...row, isRemoved: true });
  await endVisits(tx, await tx.visitsAt(id));
  return true;
}

/** Ends visits as their sign-out would have: the credential is worth nothing, and a guest's cart goes with it. */
async function endVisits(tx: Transaction, visits: readonly DeviceRow[]): Promise<string[]> {
  const open = visits.filter(({ isRevoked }) => !isRevoked);
  for (const device of open) {
    await tx.putDevice({ ...device, isRevoked: true });
    const log = await tx.log(device.log);
    const others = (await tx.devicesOf(device.log)).filter((other) => !other.isRevoked);
    if (log !== undefined && log.customer === undefined && others.length === 0) await tx.eraseLog(log.id);
  }
  return open.map(({ hash }) => hash);
}

/** What a new device is, by its registration: its store and name are the server's word, whatever its page says. */
export async function screenFor(tx: Reading, site: Site, { kiosk, channel, name }: Caller): Promise<Pick<DeviceRow, "name" | "store" | "kiosk" | "kioskStart">> {
  if (kiosk === undefined) {
    if (site.kiosks === "registered" && channel === "kiosk") throw unknown("Kiosks of this site register first: carryover kiosk add.");
    return name === undefined ? {} : { name };
  }
  const row = await registered(tx, site, kiosk.registration);
  return { name: row.name, store: row.store, kiosk: row.id, kioskStart: kiosk.start };
}

async function registered(tx: Reading, site: Site, registration: string): Promise<KioskRow> {
  const row = await tx.kioskByRegistration(site.key, hashOf(registration));
  if (row === undefined || row.isRemoved) throw unknown("This screen was removed, or never registered here.");
  return row;
}

function unknown(sentence: string): Refused {
  return new Refused("kiosk-unknown", sentence);
}

function codeHashOf(code: string): string {
  return hashOf(`kiosk:${lettersOf(code)}`);
}

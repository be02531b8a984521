/** Screens in stores: each is announced with a code, takes that code once, and from then on says itself who it is. */
import { randomBytes } from "node:crypto";
import { LOAN_MS } from "../wire/handoff.js";
import { KIOSK_CODE_LETTERS, KIOSK_CODE_MS, type KioskAnswer, type RegisterKiosk, type StartKiosk } from "../wire/kiosk.js";
import { drawCode, lettersOf } from "./code.js";
import type { Context } from "./context.js";
import { hashOf } from "./credential.js";
import { registered, unknown } from "./known-screen.js";
import { leave } from "./leave.js";
import { giveBack } from "./loan.js";
import { tellEnd } from "./progress.js";
import { SEEN_MS } from "./renewal.js";
import type { Site } from "./sites.js";
import type { DeviceRow, HandoffRow, Transaction } from "./store/store.js";
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
    return { row, ended: await endVisits(tx, (await tx.visitsAt(row.id)).filter(({ kioskStart }) => kioskStart !== start), now) };
  });
  for (const loan of ended.loans) tellEnd(context, loan);
  for (const hash of ended.devices) context.live.bye(hash);
  return { store: row.store, name: row.name };
}

/** Removes a screen: its registration is worth nothing any more, nor is any visit at it. False when there is none of that name. */
export async function removeKiosk(tx: Transaction, site: string, id: string, now: number): Promise<boolean> {
  const row = await tx.kiosk(id);
  if (row === undefined || row.site !== site || row.isRemoved) return false;
  await tx.putKiosk({ ...row, isRemoved: true });
  await endVisits(tx, await tx.visitsAt(id), now);
  return true;
}

/** Ends visits as their sign-out would have, those of a borrower as well. */
async function endVisits(tx: Transaction, visits: readonly DeviceRow[], now: number): Promise<{ devices: readonly string[]; loans: readonly HandoffRow[] }> {
  const loans: HandoffRow[] = [];
  // A borrower was signed out when it borrowed; whoever was signed out long ago has borrowed nothing that is still out.
  for (const device of visits.filter(({ isRevoked, seenAt = 0 }) => !isRevoked || seenAt > now - LOAN_MS - 2 * SEEN_MS)) {
    const loan = device.isRevoked ? await giveBack(tx, device.hash) : await leave(tx, device, now);
    if (loan !== undefined) loans.push(loan);
  }
  return { devices: visits.filter(({ isRevoked }) => !isRevoked).map(({ hash }) => hash), loans };
}

function codeHashOf(code: string): string {
  return hashOf(`kiosk:${lettersOf(code)}`);
}

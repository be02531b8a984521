/** What a visit leaves in the books of its device: when it was heard, and that it goes on with another credential. */
import { deviceOf, hashOf } from "./credential.js";
import type { Context } from "./context.js";
import type { Proven } from "./device.js";
import type { CredentialRow, Reading, Transaction } from "./store/store.js";

const HOUR = 3_600_000;
/** A device's latest visit is noted no more often than this, or every push would write one row more. */
export const SEEN_MS = HOUR;
/** Younger credentials are not replaced: a thief who renews again and again would push the true one out of memory. */
const YOUNGEST_MS = 12 * HOUR;
/**
 * The former credential is taken so long after the first use of the next: requests that were under way, or held back by a
 * network that had gone, are not told from a copy. Tabs need none of it, since each reads the shelf before it sends.
 */
export const OVERLAP_MS = 10 * 60_000;
/** So long it is remembered which credentials were replaced, to know a copy when one is shown. */
const REMEMBERED_MS = 30 * 24 * HOUR;
/** Two tabs that renew in the same moment make two; what is more was never put down on the device. */
const PROPOSED = 4;

/** Whether a visit is worth a write. */
export async function isNews(tx: Reading, known: Proven, next: string | undefined, now: number, key?: string): Promise<boolean> {
  return isUnbound(known, key) || now - (known.device.seenAt ?? 0) >= SEEN_MS || isFirstUse(known.credential) || (mayRenew(known, next, now) && (await tx.credential(hashOf(next))) === undefined);
}

/** Whether the device may go on with `next`. */
export async function isKept(tx: Reading, { device }: Proven, next: string | undefined): Promise<boolean> {
  const kept = next === undefined ? undefined : await tx.credential(hashOf(next));
  return kept?.device === device.hash && kept.retiresAt === undefined;
}

/** Notes the visit. The same again changes nothing. */
export async function attend(tx: Transaction, known: Proven, next: string | undefined, now: number, key?: string): Promise<void> {
  const { device, credential } = known;
  if (isUnbound(known, key) || now - (device.seenAt ?? 0) >= SEEN_MS) await tx.putDevice({ ...device, seenAt: now, ...(key !== undefined && { thumbprint: key }) });
  if (isFirstUse(credential)) await succeed(tx, credential, now);
  if (mayRenew(known, next, now)) await propose(tx, credential, next);
}

/** A device of before the shop asked for keys is bound to the first that it shows. */
function isUnbound({ device }: Proven, key: string | undefined): boolean {
  return device.thumbprint === undefined && key !== undefined;
}

function mayRenew({ device, credential: { usedAt, retiresAt } }: Proven, next: string | undefined, now: number): next is string {
  if (next === undefined || deviceOf(next) !== device.device || usedAt === undefined || retiresAt !== undefined) return false;
  // Who has signed in since is worth more than the visitor whose credential this was.
  return now - usedAt >= YOUNGEST_MS || (device.signedInAt ?? 0) > usedAt;
}

/** One that was retired before anybody used it, since another was made in the same moment, does not come into use any more. */
function isFirstUse({ usedAt, retiresAt }: CredentialRow): boolean {
  return usedAt === undefined && retiresAt === undefined;
}

async function chainOf(tx: Transaction, { device, chain }: Pick<CredentialRow, "device" | "chain">): Promise<readonly CredentialRow[]> {
  return (await tx.credentialsOf(device)).filter((one) => one.chain === chain);
}

/** The first use of a credential retires those before it, and those that were made beside it and came to nothing. */
async function succeed(tx: Transaction, used: CredentialRow, now: number): Promise<void> {
  for (const former of await chainOf(tx, used)) {
    if (former.hash === used.hash) await tx.putCredential({ ...used, usedAt: now });
    else if (former.retiresAt === undefined) await tx.putCredential({ ...former, retiresAt: now + OVERLAP_MS });
    else if (former.retiresAt < now - REMEMBERED_MS) await tx.dropCredential(former.hash);
  }
}

async function propose(tx: Transaction, { device, chain }: CredentialRow, next: string): Promise<void> {
  const hash = hashOf(next);
  if ((await tx.credential(hash)) !== undefined) return;
  const unused = (await chainOf(tx, { device, chain })).filter(isFirstUse);
  if (unused.length >= PROPOSED) for (const one of unused) await tx.dropCredential(one.hash);
  await tx.putCredential({ hash, device, chain });
}

/**
 * A credential that was replaced is shown again: there are two of this device, and nobody can tell which is the shopper's.
 * As RFC 9700 (4.14.2) has it, neither goes on. Unlike a sign-out it takes nothing from anybody: both are told that they are
 * unknown, upon which a guest's device carries its own cart on, and a customer signs in again and has theirs. A profile
 * that was put back from a backup, or copied to a new laptop, loses no cart by it; a thief loses the access.
 */
export async function letGo({ store, live, now }: Context, device: string): Promise<void> {
  await store.transact((tx) => retireAll(tx, device, now()));
  live.bye(device);
}

/** No credential of the device is worth anything any more, a sealed push under it included. */
export async function retireAll(tx: Transaction, device: string, now: number): Promise<void> {
  for (const one of await tx.credentialsOf(device)) if ((one.retiresAt ?? Infinity) > now) await tx.putCredential({ ...one, retiresAt: now });
}

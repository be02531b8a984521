/** Finds the device behind a credential, or takes in a new visitor. */
import type { Caller } from "../wire/caller.js";
import { COOKIE, deviceOf, hashOf, randomLogId } from "./credential.js";
import { screenFor } from "./known-screen.js";
import type { Once } from "./proof.js";
import { Copied, Refused } from "./refusal.js";
import type { Site } from "./sites.js";
import type { CredentialRow, DeviceRow, LogRow, Reading, Transaction } from "./store/store.js";

/** What a request brings to prove its device. */
export interface Presented {
  readonly credential: string;
  /** Of the key that has signed the request. */
  readonly thumbprint?: string | undefined;
  /** The proof itself, where it has still to be made sure that it counts once. */
  readonly once?: Once | undefined;
  /** The first-party cookie that came along, if the site sets one. */
  readonly cookie?: string | undefined;
}

export interface Known {
  readonly device: DeviceRow;
  readonly log: LogRow;
}

export interface Proven extends Known {
  /** The one of its credentials that it has shown. */
  readonly credential: CredentialRow;
}

/** The device and the log it writes to; refuses a credential that is unknown, foreign, replaced or was signed out. */
export async function knownDevice(tx: Reading, site: Site, who: Presented, now: number): Promise<Proven> {
  await agreeing(tx, site, who, now);
  return deviceBehind(tx, site, who, await tx.credential(hashOf(who.credential)), now);
}

async function deviceBehind(tx: Reading, site: Site, who: Presented, credential: CredentialRow | undefined, now: number): Promise<Proven> {
  const device = credential && (await tx.device(credential.device));
  if (credential === undefined || credential.chain === COOKIE || device?.site !== site.key) throw new Refused("credential-unknown", "No device of this site has this credential.");
  if (!isByItsKey(device, who)) throw new Refused("credential-unknown", "This credential is bound to a key that has not signed the request.");
  if (device.isRevoked) throw new Refused("device-revoked", "This device was signed out; it starts anew.");
  if (isRetired(credential, now)) throw new Copied(device.hash);
  return { device, log: await logOf(tx, device.log), credential };
}

/** The device that a credential was given to, whatever it may still do; undefined for one that nobody has, or has no longer. */
export async function holderOf(tx: Reading, who: Presented, now: number): Promise<string | undefined> {
  const row = await tx.credential(hashOf(who.credential));
  const device = row === undefined || row.chain === COOKIE || isRetired(row, now) ? undefined : await tx.device(row.device);
  return device !== undefined && isByItsKey(device, who) ? device.hash : undefined;
}

/** The cookie is the authority: what a page believes of itself, against it, is refused, upon which the page asks the cookie. */
async function agreeing(tx: Reading, site: Site, { credential, cookie }: Presented, now: number): Promise<void> {
  const device = cookie === undefined ? undefined : await deviceByCookie(tx, site, cookie, now);
  if (device !== undefined && device.device !== deviceOf(credential)) throw new Refused("credential-unknown", "The cookie of this browser is another visitor's.");
}

/** The device that a cookie stands for, as long as it does. */
export async function deviceByCookie(tx: Reading, site: Site, cookie: string, now: number): Promise<DeviceRow | undefined> {
  const row = await tx.credential(hashOf(cookie));
  const device = row?.chain === COOKIE && !isRetired(row, now) ? await tx.device(row.device) : undefined;
  return device?.site === site.key && !device.isRevoked ? device : undefined;
}

/** A device that once had a key is believed nothing without it, not even that its credential is an old one. */
export function isByItsKey(device: DeviceRow, { thumbprint }: Pick<Presented, "thumbprint">): boolean {
  return device.thumbprint === undefined || device.thumbprint === thumbprint;
}

/** It was replaced by a newer one, and requests that were under way then have long arrived. */
export function isRetired({ retiresAt }: CredentialRow, now: number): boolean {
  return retiresAt !== undefined && retiresAt <= now;
}

/**
 * As `knownDevice`, but an unknown device that was never told a log is a new visitor. The credential is made on
 * the device, so that a lost answer and a second try lead to one visitor, not two.
 */
export async function deviceFor(tx: Transaction, site: Site, caller: Caller & Omit<Presented, "credential"> & { log?: string | undefined }, expiresAt: number): Promise<Proven> {
  const hash = hashOf(caller.credential);
  const now = expiresAt - site.guestCartMs;
  await agreeing(tx, site, caller, now);
  const found = await tx.credential(hash);
  if (caller.log !== undefined || found !== undefined) return deviceBehind(tx, site, caller, found, now);
  const log: LogRow = { id: randomLogId(), site: site.key, head: 0, hash: 0, expiresAt };
  const { channel, thumbprint } = caller;
  const screen = await screenFor(tx, site, caller);
  const device: DeviceRow = { hash, device: deviceOf(caller.credential), site: site.key, log: log.id, channel, isRevoked: false, seenAt: now, ...screen, ...(thumbprint !== undefined && { thumbprint }) };
  const credential: CredentialRow = { hash, device: hash, chain: hash, usedAt: now };
  await tx.putLog(log);
  await tx.putDevice(device);
  await tx.putCredential(credential);
  return { device, log, credential };
}

async function logOf(tx: Reading, id: string): Promise<LogRow> {
  const log = await tx.log(id);
  if (log === undefined) throw new Refused("credential-unknown", "The cart of this device was kept for its time and is gone.");
  return log;
}

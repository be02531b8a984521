/** Everything that is kept about one customer: to hand it to them, and to erase it. */
import type { Entry } from "../model/event.js";
import { LATE_MS } from "../model/limits.js";
import type { Receipt } from "../wire/receipt.js";
import { allEntries } from "./adopt.js";
import { randomLogId } from "./credential.js";
import { receiptIn } from "./receipt-set.js";
import { Refused } from "./refusal.js";
import type { ObservationRow } from "./store/observations.js";
import type { CredentialRow, DeviceRow, HandoffRow, LogRow, Reading, Transaction } from "./store/store.js";

/** What a log is kept with. None of it opens anything: neither a device nor a handoff is shown with its hashes. */
export interface Belongings {
  readonly entries: readonly Entry[];
  readonly devices: readonly Omit<DeviceRow, "hash" | "thumbprint">[];
  readonly handoffs: readonly Pick<HandoffRow, "mode" | "status" | "expiresAt" | "url">[];
  readonly observations: readonly Omit<ObservationRow, "device" | "log" | "site">[];
  readonly receipts: readonly Receipt[];
}

/**
 * One for each table that says something about somebody. A table that is added comes in here, and into `eraseLog` of the
 * store; a test compares both with the tables there are.
 */
const belongings: { readonly [B in keyof Belongings]: (tx: Reading, log: string) => Promise<Belongings[B]> } = {
  entries: allEntries,
  devices: async (tx, log) => (await tx.devicesOf(log)).map(({ hash: _, thumbprint: __, ...device }) => device),
  handoffs: async (tx, log) => (await tx.handoffsOf(log)).map(({ mode, status, expiresAt, url }) => ({ mode, status, expiresAt, ...(url !== undefined && { url }) })),
  observations: async (tx, log) => (await tx.observationsOf(log)).map(({ device: _, log: __, site: ___, ...observation }) => observation),
  receipts: async (tx, log) => (await tx.receiptsOf(log)).map(receiptIn),
};

/** One document for a customer who asks what is kept about them. */
export interface CustomerExport {
  readonly site: string;
  readonly customer: string;
  readonly exportedAt: number;
  /** Their own log first, then those it has adopted that are still kept. */
  readonly logs: readonly (Omit<LogRow, "site" | "hash"> & Belongings)[];
}

/** How much of each was erased. */
export type Erased = { readonly [B in keyof Belongings | "logs"]: number };

/** Throws `not-found` where nothing is kept about anybody of that name. */
export async function exportOf(tx: Reading, site: string, customer: string, now: number): Promise<CustomerExport> {
  const logs = [];
  for (const { site: _, hash: __, ...log } of await logsOf(tx, site, customer)) logs.push({ ...log, ...(await belongingsOf(tx, log.id)) });
  return { site, customer, exportedAt: now, logs };
}

async function belongingsOf(tx: Reading, log: string): Promise<Belongings> {
  const found: [string, unknown][] = [];
  for (const [name, read] of Object.entries(belongings)) found.push([name, await read(tx, log)]);
  return Object.fromEntries(found) as unknown as Belongings;
}

/**
 * Erases it. The links of their receipts stay, and so the chain; of their devices stays for 90 days what turns them away,
 * so that one that was offline is told to forget what it keeps. Resolves to how much there was, and to those logs and devices.
 */
export async function eraseCustomer(tx: Transaction, site: string, customer: string, now: number): Promise<{ erased: Erased; logs: readonly string[]; devices: readonly string[] }> {
  const logs = await logsOf(tx, site, customer);
  const erased = { logs: logs.length, entries: 0, devices: 0, handoffs: 0, observations: 0, receipts: 0 };
  const devices: DeviceRow[] = [];
  const credentials: CredentialRow[] = [];
  for (const { id } of logs) {
    const kept = await belongingsOf(tx, id);
    for (const name of Object.keys(belongings) as (keyof Belongings)[]) erased[name] += kept[name].length;
    for (const device of await tx.devicesOf(id)) {
      devices.push(device);
      credentials.push(...(await tx.credentialsOf(device.hash)));
    }
    await tx.blankReceipts(id);
    await tx.eraseLog(id, now);
  }
  await turnAway(tx, site, devices, credentials, now);
  return { erased, logs: logs.map(({ id }) => id), devices: devices.map(({ hash }) => hash) };
}

/** Their own log, and whatever it has adopted, through as many hands as it went. */
async function logsOf(tx: Reading, site: string, customer: string): Promise<readonly LogRow[]> {
  const own = await tx.customerLog(site, customer);
  if (own === undefined) throw new Refused("not-found", "Nothing is kept about a customer of that name.");
  const logs = [own];
  for (const log of logs) logs.push(...(await tx.logsInto(log.id)));
  return logs;
}

/** An empty log for devices that are to forget: it is erased as every visitor's is, when nobody needs to be told any more. */
async function turnAway(tx: Transaction, site: string, devices: readonly DeviceRow[], credentials: readonly CredentialRow[], now: number): Promise<void> {
  if (devices.length === 0) return;
  const log: LogRow = { id: randomLogId(), site, head: 0, hash: 0, expiresAt: now + LATE_MS };
  await tx.putLog(log);
  for (const { hash } of devices) await tx.putDevice({ hash, device: "", site, log: log.id, channel: "", isRevoked: true });
  for (const credential of credentials) await tx.putCredential(credential);
}

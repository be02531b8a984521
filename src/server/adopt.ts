/** One log takes in another: once, under the ids the events were made with, so that no repetition can double a cart. */
import { type Adoption, adoptedEntry, adoptionData } from "../model/adoption.js";
import { type Entry, SERVER } from "../model/event.js";
import { LATE_MS } from "../model/limits.js";
import { renamed, RETURNED } from "../model/release.js";
import type { Context } from "./context.js";
import { randomId } from "./credential.js";
import type { News } from "./live.js";
import type { Draft, Writer } from "./log.js";
import type { Site } from "./sites.js";
import type { LogRow, Reading, Transaction } from "./store/store.js";

const PAGE = 500;

/** What the server writes in its own name. */
export function serverEntry(type: string, data: unknown, base: number, now: number): Draft {
  return { id: randomId(), type, data, at: now, base, device: SERVER, channel: SERVER };
}

/**
 * Links `visitor` to `into` and appends what it does not hold yet. The visitor's log is closed by it, and kept for 90 days;
 * a log that other screens share goes on for them, under its own numbers.
 */
export async function adopt(context: Context, tx: Transaction, site: Site, visitor: LogRow, into: LogRow, rules: Omit<Adoption, "log">, now: number, isShared = false): Promise<News> {
  const writer = await context.logs.open(tx, into);
  const entries = await missingFrom(tx, into.id, await countingAnew(tx, visitor.id, into.id));
  if (entries.length > 0) writer.add(serverEntry("visitor-adopted", adoptionData({ ...rules, log: visitor.id }), into.head, now));
  const chosen = entries.flatMap((entry) => takenIn(writer, adoptedEntry(entry, visitor.id)) ?? []);
  if (!isShared) {
    await tx.putLog({ ...visitor, mergedInto: into.id, expiresAt: now + LATE_MS });
    await tx.moveReceipts(visitor.id, into.id);
  }
  const news = { log: into.id, entries: await writer.flush(now, site.guestCartMs) };
  await context.notary.attest(tx, into, chosen, now);
  return news;
}

/** Adds an entry; returns it if it was a choice that counts in the adopting log from now on: a decision of its own, so to speak. */
function takenIn(writer: Writer, draft: Draft): Entry | undefined {
  const { consent } = writer.state;
  const entry = writer.add(draft);
  return writer.state.consent === consent ? undefined : entry;
}

export async function allEntries(tx: Reading, log: string): Promise<readonly Entry[]> {
  const all: Entry[] = [];
  for (;;) {
    const page = await tx.entries(log, all.at(-1)?.seq ?? 0, PAGE);
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}

/** All entries of a log; those that were taken in before, and given back since, under names of their own. */
async function countingAnew(tx: Transaction, visitor: string, into: string): Promise<readonly Entry[]> {
  const entries = await allEntries(tx, visitor);
  const isReturn = ({ type, data }: Entry): boolean => type === RETURNED && (data as { readonly log: string }).log === into;
  if (!entries.some(isReturn)) return entries;
  const left = (await allEntries(tx, into)).filter(({ from }) => from?.some(({ log }) => log === visitor));
  return renamed(entries, new Map(left.map(({ id }) => [id, randomId()])));
}

async function missingFrom(tx: Transaction, log: string, entries: readonly Entry[]): Promise<readonly Entry[]> {
  const known = await tx.seqsOf(log, entries.map((entry) => entry.id));
  return entries.filter((entry) => !known.has(entry.id));
}

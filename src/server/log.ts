/** Gives events their numbers, and knows what is true after them. */
import { chain, type Entry } from "../model/event.js";
import { lifetimeMs } from "../model/lifetime.js";
import { type Withdrawal, withdrawalsBy } from "../model/withdrawal.js";
import { apply, emptyState, FOLD, type State } from "../model/state.js";
import { createFolds, type Folded, type Room } from "./folds.js";
import type { LogRow, Reading, Transaction } from "./store/store.js";

/** An entry that has no number yet. */
export type Draft = Omit<Entry, "seq">;

/** A log opened for writing within one transaction. */
export interface Writer {
  readonly log: LogRow;
  readonly state: State;
  /** Numbers an entry and folds it. */
  add(draft: Draft): Entry;
  /** Hands everything added to the database. Returns it. */
  flush(now: number, guestMs: number): Promise<readonly Entry[]>;
}

export interface Logs {
  stateOf(tx: Reading, log: LogRow): Promise<State>;
  open(tx: Transaction, log: LogRow): Promise<Writer>;
  /** The log was erased: what is kept of it in memory goes as well. */
  forget(id: string): void;
}

const ENTRIES_PER_SNAPSHOT = 100;
const PAGE = 500;
/** What stands around the data of an entry. */
const ENVELOPE = 200;

export function createLogs(room?: Room): Logs {
  const folds = createFolds(room);

  const fold = async (tx: Reading, log: LogRow): Promise<Folded> => {
    const known = folds.find(log);
    if (known !== undefined) return known;
    const folded = await foldFrom(tx, log);
    folds.keep(log.id, folded);
    return folded;
  };

  return {
    stateOf: async (tx, log) => (await fold(tx, log)).state,
    open: async (tx, log) => createWriter(tx, log, await fold(tx, log), (folded) => folds.keep(log.id, folded)),
    forget: folds.forget,
  };
}

/** A busy visit moves the end of its cart no more often than this: where it stays, no index has to be written. */
const VISIT_MS = 60_000;

function goingOn(before: number | undefined, after: number): number {
  return before !== undefined && after >= before && after - before < VISIT_MS ? before : after;
}

async function foldFrom(tx: Reading, log: LogRow): Promise<Folded> {
  const stored = await tx.snapshot(log.id);
  const start = stored?.fold === FOLD && stored.seq <= log.head ? stored : { seq: 0, hash: 0, state: emptyState };
  let { seq, hash, state } = start;
  while (seq < log.head) {
    for (const entry of await tx.entries(log.id, seq, PAGE)) {
      state = apply(state, entry);
      hash = chain(hash, entry.id);
      seq = entry.seq;
    }
  }
  return { seq, hash, state, weight: weightOf(state) };
}

function weightOf(state: State): number {
  return JSON.stringify(state).length;
}

function createWriter(tx: Transaction, row: LogRow, start: Folded, keep: (folded: Folded) => void): Writer {
  let { seq, hash, state, weight } = start;
  const entries: Entry[] = [];
  const hashes: number[] = [];
  const withdrawals: Withdrawal[] = [];
  return {
    log: row,
    get state() {
      return state;
    },
    add(draft) {
      seq += 1;
      const entry = Object.assign({ seq }, draft);
      hash = chain(hash, entry.id);
      const { consent } = state;
      state = apply(state, entry);
      if (state.consent !== consent) withdrawals.push(...withdrawalsBy(state.consent, entry.id));
      weight += String(JSON.stringify(entry.data)).length + ENVELOPE;
      entries.push(entry);
      hashes.push(hash);
      return entry;
    },
    async flush(now, guestMs) {
      if (entries.length === 0) return entries;
      await tx.append(row.id, entries, hashes);
      await tx.putFeed(row, start.seq + 1, seq, now);
      // What was observed under a purpose goes with the consent to it, whichever way the refusal came here.
      for (const { device, purpose } of withdrawals) await tx.dropObservations(row.id, purpose, device);
      const lifetime = row.customer === undefined ? { expiresAt: goingOn(row.expiresAt, now + lifetimeMs(state, guestMs)) } : {};
      await tx.putLog({ ...row, ...lifetime, head: seq, hash });
      const isDue = Math.floor(seq / ENTRIES_PER_SNAPSHOT) > Math.floor(start.seq / ENTRIES_PER_SNAPSHOT);
      if (isDue) await tx.putSnapshot(row.id, { seq, hash, fold: FOLD, state });
      keep({ seq, hash, state, weight: isDue ? weightOf(state) : weight });
      return entries;
    },
  };
}

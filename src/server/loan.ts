/** A cart that is lent to a kiosk for ten minutes: who may use it, what they are shown, and when that ends. */
import type { Entry } from "../model/event.js";
import { lentEntry, lentState } from "../model/loan.js";
import type { State } from "../model/state.js";
import { holderOf, type Known, type Presented } from "./device.js";
import { entryText, type Follower } from "./live.js";
import { Refused } from "./refusal.js";
import type { HandoffRow, Reading, Transaction } from "./store/store.js";

/** What a device is shown of the log it works in. */
export interface Sight {
  /** Nothing before this seq, but for what it came to. */
  readonly since: number;
  state(state: State): State;
  entry(entry: Entry): Entry;
}

/** A device on its own log sees all of it. */
export const ownSight: Sight = { since: 0, state: (state) => state, entry: (entry) => entry };

/** A device that works in the cart of another. */
export interface Loan extends Known {
  readonly endsAt: number;
  readonly sight: Sight;
}

/**
 * The device, or the loan of one that is refused since it was signed out: from the moment it borrows a cart a device is that for
 * everything else, so that what does not ask for a loan refuses it.
 */
export async function orLoan<K extends Known>(asked: Promise<K>, tx: Reading, site: string, who: Presented, now: number): Promise<K | Loan> {
  return asked.catch(async (error: unknown) => {
    const loan = error instanceof Refused && error.code === "device-revoked" ? await loanOf(tx, site, who, now) : undefined;
    if (loan === undefined) throw error;
    return loan;
  });
}

export function isLoan(known: Known | Loan): known is Loan {
  return "sight" in known;
}

/** Refuses it here as well once the time is over, or the lender is not in that cart any more. */
async function loanOf(tx: Reading, site: string, who: Presented, now: number): Promise<Loan | undefined> {
  const row = await tx.loanTo((await holderOf(tx, who, now)) ?? "");
  if (row === undefined || row.site !== site) return undefined;
  const { endsAt = 0, since = 0 } = row;
  const [device, lender, log] = [await tx.device(row.receiver as string), await tx.device(row.offerer), await tx.log(row.log)];
  const isOver = now >= endsAt || lender === undefined || lender.isRevoked || lender.log !== row.log;
  if (isOver || device === undefined || log === undefined) throw new Refused("device-revoked", "The cart was lent to this screen, and has been given back.");
  return { device, log, endsAt, sight: { since, state: lentState, entry: lentEntry } };
}

/** Ends the loan of this device; returns it, if there was one. */
export async function giveBack(tx: Transaction, borrower: string): Promise<HandoffRow | undefined> {
  const row = await tx.loanTo(borrower);
  if (row === undefined) return undefined;
  const { endsAt: _, ...lent } = row;
  const done: HandoffRow = { ...lent, status: "done" };
  await tx.putHandoff(done);
  return done;
}

/** The lender goes to another cart, or away: what it had lent of this one is given back. */
export async function recall(tx: Transaction, lender: string): Promise<HandoffRow | undefined> {
  const last = await tx.handoffOf(lender);
  return last?.status === "lent" ? giveBack(tx, last.receiver as string) : undefined;
}

/** The borrower's ear: it hears of the cart alone, and nothing after the end. */
export function borrowedEar(ear: Follower, { endsAt, sight }: Loan, now: () => number): Follower {
  return {
    ...ear,
    isBorrower: true,
    entries(news) {
      if (now() >= endsAt) return ear.bye();
      const entries = news.entries.map(sight.entry);
      ear.entries({ ...news, entries }, entries.map(entryText).join(""));
    },
  };
}

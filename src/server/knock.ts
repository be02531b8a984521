/** The door that a typed code opens: what was wrong is counted for all processes of the database, before anybody is told whether a code is right. */
import { CODES, openerOf } from "./code.js";
import type { Context } from "./context.js";
import { hashOf } from "./credential.js";
import { Refused } from "./refusal.js";
import type { Site } from "./sites.js";
import type { Transaction } from "./store/store.js";
import { type Guess, type Limit, limitOf, tooMany, type Tries } from "./tries.js";

/** Who gives a code or a link, and what this process has counted of wrong ones. */
export interface Door {
  readonly address: string;
  readonly tries: Tries;
  readonly inTurn: Turns;
}

/** Runs one job after the other: who waits is to wait here, and not on the connections that pushes need. */
export type Turns = <T>(job: () => Promise<T>) => Promise<T>;

export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return (job) => {
    const running = last.then(job);
    last = running.catch(() => undefined); // whoever asked hears of it
    return running;
  };
}

/** What is given to open a handoff. */
export interface Given {
  readonly key: string;
  readonly place?: string | undefined;
}

/**
 * Refuses a typed code that is wrong, or one too many. In a transaction of its own: a wrong code is to stay counted although the
 * rest is undone, and while somebody is judged no other guess is.
 */
export async function knock({ store, now: clock }: Context, site: Site, { key, place }: Given, { address, tries, inTurn }: Door): Promise<void> {
  const { hash, isTyped } = openerOf(key, place);
  if (!isTyped) return tries.check({ address, isTyped, live: 0 });
  const found = await inTurn(() => store.transact(async (tx) => {
    const now = clock();
    const guess: Guess = { ...guessOf(site, place, address), isTyped, live: await tx.liveHandoffs(site.key, place, now) };
    tries.check(guess);
    const limit = await countedLimit(tx, guess, now);
    if (limit !== undefined) return { guess, limit };
    if (await tx.hasHandoff(site.key, hash)) return undefined;
    tries.wrong(guess);
    await tx.putWrongCode(guesserOf(guess), guess.live / CODES, now);
    return { guess };
  }));
  if (found === undefined) return;
  if (found.limit === undefined) throw gone();
  tries.note(found.guess, found.limit);
  throw tooMany(found.limit, clock());
}

/** Nothing is found behind a link: nobody hits upon 128 random bits, but nobody is to knock without end either. */
export function missed({ isTyped }: Pick<Guess, "isTyped">, { address, tries }: Door): Refused {
  if (!isTyped) tries.wrong({ address, isTyped, live: 0 });
  return gone(); // what was typed was right a moment ago
}

function guessOf(site: Site, place: string | undefined, address: string): Pick<Guess, "address" | "place"> {
  return { address, place: place && `${site.key} ${place.toLowerCase()}` };
}

async function countedLimit(tx: Transaction, guess: Guess, now: number): Promise<Limit | undefined> {
  return limitOf(guess, await tx.wrongCodes(guesserOf(guess), now), now);
}

/** Somebody who reads the database is to find neither who guessed nor where. */
function guesserOf({ address, place }: Guess): { address: string; place?: string } {
  return { address: hashOf(`guesser:${address}`), ...(place !== undefined && { place: hashOf(`guessed-at:${place}`) }) };
}

export function gone(): Refused {
  return new Refused("handoff-gone", "This code is used, cancelled, expired or was never given out. Ask for a new one on the other screen.");
}

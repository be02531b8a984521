/** All that a job may ask of PostgreSQL and tell it. Most jobs need little of it, so that each part is made when it is first used. */
import { devicesIn } from "./postgres-devices.js";
import { endpointsIn } from "./postgres-endpoints.js";
import { feedIn } from "./postgres-feed.js";
import { handoffsIn } from "./postgres-handoffs.js";
import { kiosksIn } from "./postgres-kiosks.js";
import { createKnown, type Known } from "./postgres-known.js";
import { entriesIn, logsIn } from "./postgres-logs.js";
import { observationsIn } from "./postgres-observations.js";
import { receiptsIn } from "./postgres-receipts.js";
import { tallyIn } from "./postgres-tally.js";
import { tokensIn } from "./postgres-tokens.js";
import type { Work } from "./postgres-work.js";
import type { Ahead, Transaction } from "./store.js";

type Part = Readonly<Record<string, (...args: never[]) => unknown>>;
type Make = (work: Work, known: Known, ahead: Ahead | undefined) => object;

const MAKERS: readonly Make[] = [logsIn, entriesIn, devicesIn, handoffsIn, receiptsIn, observationsIn, kiosksIn, tokensIn, feedIn, endpointsIn, tallyIn];

/** Which function is in which part, found by making each once for nobody. */
const OWNERS = new Map(MAKERS.flatMap((make) => Object.keys(make({} as Work, createKnown(), undefined)).map((name) => [name, make] as const)));

interface Parts {
  part(make: Make): Part;
}

const FUNCTIONS = Object.fromEntries([...OWNERS].map(([name, make]) => [name, function (this: Parts, ...args: never[]) {
  return this.part(make)[name]?.(...args);
}]));

export function transaction(work: Work, known: Known, ahead: Ahead | undefined): Transaction {
  const made = new Map<Make, Part>();
  const parts: Parts = {
    part(make) {
      const found = made.get(make) ?? (make(work, known, ahead) as Part);
      made.set(make, found);
      return found;
    },
  };
  return Object.assign(Object.create(FUNCTIONS), parts) as Transaction;
}

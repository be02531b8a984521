/** Lets pushes that wait at the same moment share one transaction: few statements, one flush of the disk, and each as if it were alone. */
import { credentialIn, foundIn, logOfCredential, type Proof, PROOFS } from "./postgres-devices.js";
import { Alone, createGuest, type Guest, tellOf } from "./postgres-guest.js";
import { createKnown, type Known } from "./postgres-known.js";
import { ENTRIES, LOGS } from "./postgres-logs.js";
import { USED } from "./postgres-tally.js";
import { isStorable } from "./postgres-table.js";
import type { Work } from "./postgres-work.js";
import type { Ahead } from "./store.js";

/** Does a job on a connection, by what is known already. */
export type Job<T> = (work: Work, known: Known) => Promise<T>;

export interface Crowd {
  run<T>(job: Job<T>, ahead: Ahead): Promise<T>;
}

/** How a crowd gets its transaction; `alone` is one for a single job. */
export interface Rooms {
  together(job: (work: Work) => Promise<void>): Promise<void>;
  alone<T>(job: Job<T>): Promise<T>;
  /** Whether what went wrong would go wrong for each of them: the database cannot be reached, or its disk is full. */
  isWeather(error: unknown): boolean;
}

interface Waiting {
  readonly job: Job<unknown>;
  readonly ahead: Ahead;
  readonly resolve: (value: never) => void;
  readonly reject: (reason: unknown) => void;
}

const PUSHES_PER_COMMIT = 100;
/** While one flushes the disk the next is made ready. */
const AT_ONCE = 2;

export function createCrowd(rooms: Rooms): Crowd {
  const waiting: Waiting[] = [];
  let running = 0;

  const start = (): void => {
    while (running < AT_ONCE && waiting.length > 0) {
      running += 1;
      void serve(rooms, waiting.splice(0, PUSHES_PER_COMMIT)).finally(() => {
        running -= 1;
        start();
      });
    }
  };

  return {
    run: (job, ahead) => new Promise((resolve, reject) => {
      waiting.push({ job, ahead, resolve, reject });
      if (waiting.length === 1) setImmediate(start); // with those that arrive in this moment
    }),
  };
}

/** Each is answered once what it wrote is durable. Those that need a transaction of their own get one, and hold up nobody. */
async function serve(rooms: Rooms, members: readonly Waiting[]): Promise<void> {
  const answers: (() => void)[] = [];
  const alone = ({ job, resolve, reject }: Waiting): void => void rooms.alone(job).then(resolve as (value: unknown) => void, reject);
  try {
    await rooms.together(async (work) => {
      const known = await fetchFor(work, members);
      const guests = await Promise.all(members.map((member, i) => invite(work, member, known[i])));
      tellOf(guests.flatMap(({ guest }) => guest ?? []), work);
      answers.push(...guests.map(({ answer }, i) => answer ?? (() => alone(members[i] as Waiting))));
    });
  } catch (error) {
    // One of them may have been wrong; which, is found by asking each.
    for (const member of members) rooms.isWeather(error) ? member.reject(error) : alone(member);
    return;
  }
  for (const answer of answers) answer();
}

/** Runs one job as a guest; without an answer it has to run alone. A job that is refused leaves nothing, and disturbs nobody. */
async function invite(work: Work, { job, resolve, reject }: Waiting, known: Known | undefined): Promise<{ guest?: Guest; answer?: () => void }> {
  if (known === undefined) return {};
  const guest = createGuest(work);
  try {
    const value = await job(guest.work, known);
    return { guest, answer: () => resolve(value as never) };
  } catch (error) {
    return error instanceof Alone || work.failure !== undefined ? {} : { answer: () => reject(error) };
  }
}

/** Whoever is at work on a log in this moment is not waited for: its job here goes alone, and waits alone. */
const HOLD = `SELECT id FROM ${LOGS.name} WHERE id IN (${logOfCredential} c.hash = ANY($1::text[])) FOR UPDATE SKIP LOCKED`;

const SEQS = `
  SELECT asked.credential, e.id, e.seq FROM unnest($1::text[], $2::text[]) AS asked (credential, id)
  JOIN LATERAL (${logOfCredential} c.hash = asked.credential) AS own ON true
  JOIN ${ENTRIES} e ON e.log = own.log AND e.id = asked.id`;

/** What each job will ask for, in one round trip with the holding of their logs; undefined for those that must go alone. */
async function fetchFor(work: Work, members: readonly Waiting[]): Promise<readonly (Known | undefined)[]> {
  const credentials = members.map(({ ahead }) => ahead.credential);
  const asked = members.flatMap(({ ahead: { credential, events } }) => events.filter(isStorable).map((id) => [credential, id]));
  const shown = members.flatMap(({ ahead }) => ahead.proof ?? []);
  const [held, proofs, seqs, used] = await Promise.all([
    work.ask<{ id: string }>(HOLD, [credentials]),
    work.ask<Proof & { credential: { hash: string } }>(PROOFS, [credentials]),
    work.ask<{ credential: string; id: string; seq: number }>(SEQS, [asked.map(([credential]) => credential), asked.map(([, id]) => id)]),
    shown.length === 0 ? [] : work.ask<{ id: string }>(USED, [shown]),
  ]);
  const isUsed = new Set(used.map(({ id }) => id));
  const byCredential = new Map(proofs.map((proof) => [proof.credential.hash, proof]));
  const free = new Set(held.map(({ id }) => id));
  const seqsOf = new Map<string, Record<string, number>>();
  for (const { credential, id, seq } of seqs) seqsOf.set(credential, { ...seqsOf.get(credential), [id]: seq });
  return members.map(({ ahead: { credential, events, proof: ofKey } }) => {
    const proof = byCredential.get(credential);
    const found = proof && foundIn(proof, events.filter(isStorable), seqsOf.get(credential) ?? {});
    if (proof === undefined || !found?.log || !free.delete(found.log.id)) return undefined; // of two on one log the second goes alone
    const known = createKnown();
    known.credentials.set(credential, credentialIn(proof));
    known.take(found);
    if (ofKey !== undefined) known.proofs.set(ofKey, isUsed.has(ofKey));
    return known;
  });
}

/** Forgets what has been kept for its time. */
import { CODE_MS } from "../wire/handoff.js";
import type { Context } from "./context.js";
import { blankExpired, forgetFeed } from "./retention.js";
import { inSteps } from "./steps.js";

const EVERY_MS = 10 * 60_000;
const LOGS_PER_STEP = 100;
const OBSERVATIONS_PER_STEP = 1_000;
/** Two numbers each. */
const PROOFS_PER_STEP = 10_000;

/** Erases visitors' logs whose time is over; resolves to how many there were. */
export async function eraseExpired({ store, now }: Pick<Context, "store" | "now">): Promise<number> {
  return inSteps(LOGS_PER_STEP, (size) => store.transact(async (tx) => {
    const expired = await tx.expiredLogs(now(), size);
    for (const id of expired) await tx.eraseLog(id, now());
    return expired.length;
  }));
}

/** Erases observations whose purpose allows them no longer time; resolves to how many there were. */
export async function eraseObserved({ store, now }: Pick<Context, "store" | "now">): Promise<number> {
  return inSteps(OBSERVATIONS_PER_STEP, (size) => store.transact((tx) => tx.eraseExpiredObservations(now(), size)));
}

/** Forgets which device has used which token, once nobody can use it any more. */
async function forgetTokens({ store, now }: Pick<Context, "store" | "now">): Promise<number> {
  return inSteps(OBSERVATIONS_PER_STEP, (size) => store.transact((tx) => tx.dropTokenUsers(now(), size)));
}

/** What processes on one database remember for each other, once it counts no more. */
async function forgetShared({ store, now }: Pick<Context, "store" | "now">): Promise<void> {
  await store.transact((tx) => tx.dropWrongCodes(now()));
  await inSteps(PROOFS_PER_STEP, (size) => store.transact((tx) => tx.dropProofs(now(), size)));
}

/** Erases now and every ten minutes; returns the function that stops it, and resolves when what was begun is done. */
export function keepErasing(context: Pick<Context, "store" | "sites" | "now">, onFailure: (error: unknown) => void): () => Promise<void> {
  let erasing: Promise<void> | undefined;
  const step = (): void => void (erasing = eraseAll(context).catch(onFailure));
  const timer = setInterval(step, EVERY_MS);
  timer.unref();
  step();
  return async () => {
    clearInterval(timer);
    await erasing;
  };
}

async function eraseAll(context: Pick<Context, "store" | "sites" | "now">): Promise<void> {
  await context.store.transact((tx) => tx.dropHandoffs(context.now() - CODE_MS));
  await forgetTokens(context);
  if (context.store.isShared) await forgetShared(context);
  await forgetFeed(context);
  const erased = (await eraseExpired(context)) + (await eraseObserved(context)) + (await blankExpired(context));
  if (erased > 0) await context.store.shred();
}

/** What the shop's own systems do in a customer's cart: a till, a call centre, the back end of an app. */
import { isShoppersAlone, shopObjection } from "../model/shop.js";
import { showing } from "../model/showing.js";
import { encodeCursor } from "../wire/pull.js";
import { type Append, type AppendAnswer, type CartAnswer, systemNamed } from "../wire/shop.js";
import type { Context } from "./context.js";
import { idsOf, writeWithin } from "./push.js";
import { Refused } from "./refusal.js";
import type { Site } from "./sites.js";
import type { LogRow, Reading, Transaction } from "./store/store.js";

/** The cart of a customer, and by what it is known again. */
export async function cartOf({ store, logs }: Context, site: Site, customer: string): Promise<{ answer: CartAnswer; tag: string }> {
  return store.read(async (tx) => {
    const log = await logOf(tx, site, customer);
    const cart = showing(await logs.stateOf(tx, log));
    return { answer: { customer, seq: log.head, epoch: store.epoch, cart }, tag: tagOf(store.epoch, log) };
  });
}

/**
 * Writes what may be written, and answers for each. With `expected` only while the cart is as it was read; what was written
 * already may be sent again all the same, since an answer can be lost.
 */
export async function append(context: Context, site: Site, customer: string, { channel, name, ...body }: Append, expected: string | undefined): Promise<AppendAnswer> {
  const now = context.now();
  const { answer, news } = await context.store.transact(async (tx) => {
    const log = await logOf(tx, site, customer);
    if (expected !== undefined) await unchanged(tx, log, tagOf(context.store.epoch, log), expected, body.events);
    const author = { device: { device: systemNamed(name) }, log, objection: shopObjection };
    const { answers, news } = await writeWithin(context, tx, site, author, { ...body, channel }, now, { isAllowed: (type) => !isShoppersAlone(type), otherwise: "shopper-only" });
    return { answer: { log: log.id, now, answers }, news };
  });
  context.live.announce([news]);
  return answer;
}

/** A customer is known from their first sign-in on any screen. */
async function logOf(tx: Reading, site: Site, customer: string): Promise<LogRow> {
  const log = await tx.customerLog(site.key, customer);
  if (log === undefined) throw new Refused("not-found", "Nobody of that name has signed in on any screen.");
  return log;
}

function tagOf(epoch: string, { head, hash }: LogRow): string {
  return `"${encodeCursor(epoch, head, hash)}"`;
}

/** An order takes what was in the cart when it was read, or nothing. */
async function unchanged(tx: Transaction, log: LogRow, tag: string, expected: string, events: readonly unknown[]): Promise<void> {
  const isOne = expected === "*" || expected.split(",").some((one) => one.trim() === tag);
  if (isOne || (await tx.seqsOf(log.id, idsOf(events))).size === events.length) return;
  throw new Refused("cart-changed", "Something was written in this customer's log since it was read; read the cart again.");
}

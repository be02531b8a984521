/** Signing in and out: a device moves from its visitor's log to its customer's, or lets go of both. */
import { isEmpty, showing } from "../model/showing.js";
import type { SignIn, SignInAnswer, SignOut } from "../wire/session.js";
import { adopt, serverEntry } from "./adopt.js";
import type { Context } from "./context.js";
import { hashOf, randomLogId } from "./credential.js";
import { deviceFor, holderOf, type Known, knownDevice } from "./device.js";
import type { News } from "./live.js";
import { leave } from "./leave.js";
import { giveBack, recall } from "./loan.js";
import { tellEnd } from "./progress.js";
import { Refused } from "./refusal.js";
import type { Site } from "./sites.js";
import type { HandoffRow, LogRow, Transaction } from "./store/store.js";
import type { Proof } from "./token.js";

interface Outcome {
  readonly answer: SignInAnswer;
  readonly news: readonly News[];
  /** Devices that follow another log now. */
  readonly moved: readonly string[];
  /** What the device had lent of its former cart. */
  readonly loan?: HandoffRow | undefined;
}

/** Verifies the shop's proof and brings the two carts together. The same sign-in again changes nothing. */
export async function signIn(context: Context, site: Site, body: SignIn): Promise<SignInAnswer> {
  const proof = await context.verify(site, body.token);
  const { customer } = proof;
  const now = context.now();
  const { answer, news, moved, loan } = await context.store.transact(async (tx) => {
    const known = await deviceFor(tx, site, body, now + site.guestCartMs);
    await spend(tx, site, proof, known.device.hash);
    const { log, news } = await customerLog(context, tx, site, customer, now);
    if (known.log.id === log.id) return outcome(context, "same", customer, log, news);
    if (known.log.customer !== undefined) throw new Refused("signed-in-as-another", "Sign out before somebody else signs in on this device.");
    return meet(context, tx, site, { known, log, news, customer, body, now });
  });
  context.live.announce(news);
  if (loan !== undefined) tellEnd(context, loan);
  for (const device of moved) context.live.bye(device);
  return answer;
}

/** A token that has a name of its own is one device's: a copy of it that turns up on another is worth nothing. */
async function spend(tx: Transaction, { key }: Site, { id, expiresAt }: Proof, device: string): Promise<void> {
  if (id === undefined) return;
  const user = await tx.tokenUser(key, hashOf(id));
  if (user === undefined) return tx.putTokenUser(key, hashOf(id), device, expiresAt);
  if (user !== device) throw new Refused("token-refused", "This token was used on another device; the shop signs a new one for each sign-in.");
}

interface Meeting {
  readonly known: Known;
  readonly log: LogRow;
  readonly news: readonly News[];
  readonly customer: string;
  readonly body: SignIn;
  readonly now: number;
}

async function meet(context: Context, tx: Transaction, site: Site, { known, log, news, customer, body, now }: Meeting): Promise<Outcome> {
  const visitor = await context.logs.stateOf(tx, known.log);
  const account = await context.logs.stateOf(tx, log);
  if (body.merge === "ask" && !isEmpty(visitor) && !isEmpty(account)) {
    const asked = outcome(context, "ask", customer, log, news);
    return { ...asked, answer: { ...asked.answer, visitor: showing(visitor), account: showing(account) } };
  }
  const merge = body.merge === "ask" ? "union" : body.merge;
  // Who signs in takes along themselves, not the screens they once joined.
  const isShared = (await tx.devicesOf(known.log.id)).some((d) => d.hash !== known.device.hash && !d.isRevoked);
  const isOpen = known.log.mergedInto === undefined;
  // On a log that two screens shared stands the choice of the other one's owner: it is not the account's to take.
  const isOwn = visitor.consent.scopes.every(({ scope }) => scope === known.device.device);
  const consent = isOwn ? body.consent : "none";
  const adopted = isOpen ? [await adopt(context, tx, site, known.log, log, { merge, consent }, now, isShared)] : [];
  await tx.putDevice({ ...known.device, log: log.id, cameFrom: known.log.id, signedInAt: now });
  const met = isEmpty(visitor) ? "new" : "merged";
  return { ...outcome(context, met, customer, log, [...news, ...adopted]), moved: [known.device.hash], loan: await recall(tx, known.device.hash) };
}

function outcome(context: Context, met: SignInAnswer["met"], customer: string, log: LogRow, news: readonly News[]): Outcome {
  return { answer: { log: log.id, now: context.now(), customer, met }, news, moved: [] };
}

/** The customer's log; made at their first sign-in anywhere. */
async function customerLog(context: Context, tx: Transaction, site: Site, customer: string, now: number): Promise<{ log: LogRow; news: readonly News[] }> {
  const known = await tx.customerLog(site.key, customer);
  if (known !== undefined) return { log: known, news: [] };
  const fresh: LogRow = { id: randomLogId(), site: site.key, customer, head: 0, hash: 0 };
  await tx.putLog(fresh);
  const writer = await context.logs.open(tx, fresh);
  writer.add(serverEntry("customer-identified", {}, 0, now));
  const entries = await writer.flush(now, site.guestCartMs);
  return { log: (await tx.log(fresh.id)) as LogRow, news: [{ log: fresh.id, entries }] };
}

/** The device leaves, or gives back what it has borrowed. */
export async function signOut(context: Context, site: Site, body: SignOut): Promise<void> {
  const { loan, hash } = await context.store.transact(async (tx) => {
    const borrowed = await giveBack(tx, (await holderOf(tx, body, context.now())) ?? "");
    if (borrowed !== undefined) return { loan: borrowed };
    const { device } = await knownDevice(tx, site, body, context.now());
    return { loan: await leave(tx, device, context.now()), hash: device.hash };
  });
  if (loan !== undefined) tellEnd(context, loan);
  if (hash !== undefined) context.live.bye(hash);
}

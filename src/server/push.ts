/** The way up: checks a device's events one by one, and has the log number them. */
import * as v from "valibot";
import { objection } from "../model/admission.js";
import { burden } from "../model/burden.js";
import { mayBorrower } from "../model/loan.js";
import { type Push, type PushAnswer, PushedEvent, type Verdict } from "../wire/push.js";
import type { Context } from "./context.js";
import { hashOf } from "./credential.js";
import { deviceFor, type Presented, type Proven } from "./device.js";
import type { News } from "./live.js";
import { isLoan, type Loan, orLoan } from "./loan.js";
import type { Draft, Writer } from "./log.js";
import { Stale } from "./refusal.js";
import { attend, isKept, isNews } from "./renewal.js";
import { idOf } from "./request.js";
import type { Site } from "./sites.js";
import type { DeviceRow, LogRow, Transaction } from "./store/store.js";

/** Writes what may be written and answers for each event; the answer is given once it is durable. */
export async function push(context: Context, site: Site, body: Bodied): Promise<PushAnswer> {
  const now = context.now();
  const { once } = body;
  const { answer, news } = await context.store.transact(async (tx) => {
    const finding = orLoan(deviceFor(tx, site, body, now + site.guestCartMs), tx, site.key, body, now);
    const [known, isUsed] = await Promise.all([finding, once !== undefined && tx.isProofUsed(once.id)]); // asked in one way
    if (isUsed) throw new Stale(now);
    const pushed = await (isLoan(known) ? pushToLoan(context, tx, site, known, body, now) : pushToOwn(context, tx, site, known, body, now));
    if (once !== undefined) await tx.putProof(once.id, once.until);
    return pushed;
  }, { credential: hashOf(body.credential), events: idsOf(body.events), proof: once?.id });
  context.live.announce([news]);
  context.measures.pushed(body.events, answer.answers);
  await tickOver();
  return answer;
}

/** Node sends what was written to streams at the end of the tick. The answer comes after it: who asks shows the change already, the others wait. */
function tickOver(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

type Bodied = Push & Omit<Presented, "credential">;

async function pushToOwn(context: Context, tx: Transaction, site: Site, known: Proven, body: Bodied, now: number): Promise<{ answer: PushAnswer; news: News }> {
  if (await isNews(tx, known, body.next, now, body.thumbprint)) await attend(tx, known, body.next, now, body.thumbprint);
  const isNextKept = await isKept(tx, known, body.next);
  const { answers, news } = await writeEvents(context, tx, site, known, body, now);
  return { answer: { log: known.log.id, now, answers, ...(isNextKept && { isNextKept }) }, news };
}

/** What somebody does in a cart that is lent to them: of the cart, and nothing else. */
async function pushToLoan(context: Context, tx: Transaction, site: Site, loan: Loan, body: Push, now: number): Promise<{ answer: PushAnswer; news: News }> {
  const { answers, news } = await writeWithin(context, tx, site, loan, body, now, { isAllowed: mayBorrower, otherwise: "cart-only" });
  return { answer: { log: loan.log.id, now, answers }, news };
}

type Pushed = Pick<Push, "channel" | "epoch" | "events">;

/** Who writes in which log, and what is objected to: of a device, unless something else is said. */
interface Author {
  readonly device: Pick<DeviceRow, "device" | "cameFrom">;
  readonly log: LogRow;
  readonly objection?: typeof objection;
}

/** The events of one author, judged in the order they were made in. */
export async function writeEvents(
  { logs, notary, store }: Context, tx: Transaction, site: Site, { device, log, objection: objects = objection }: Author, { channel, epoch = store.epoch, events }: Pushed, now: number,
): Promise<{ answers: Verdict[]; news: News }> {
  const writer = await logs.open(tx, log);
  const seqs = new Map(await tx.seqsOf(log.id, idsOf(events)));
  const vouched: Vouched = async (of, since = epoch) => (since === store.epoch ? Infinity : ((await tx.restoredHead(of, since)) ?? 0));
  const answers: Verdict[] = [];
  const desk: Desk = { writer, objection: objects, author: { device: device.device, channel }, vouched, timeOf: createTimes(now), left: log.customer === undefined ? device.cameFrom : undefined };
  for (const raw of events) {
    const seq = seqs.get(idOf(raw));
    const verdict: Verdict = seq === undefined ? await writeEvent(desk, raw) : [idOf(raw), "duplicate", seq];
    if (verdict[1] === "applied") seqs.set(verdict[0], verdict[2]);
    answers.push(verdict);
  }
  const entries = await writer.flush(now, site.guestCartMs);
  await notary.attest(tx, log, entries, now);
  return { answers, news: { log: log.id, entries } };
}

/** What an author may not say at all. */
interface Bounds<Code> {
  isAllowed(type: unknown): boolean;
  readonly otherwise: Code;
}

/** As `writeEvents`, of what is allowed; the rest is refused behind it. */
export async function writeWithin<const Code>(
  context: Context, tx: Transaction, site: Site, author: Author, pushed: Pushed, now: number, { isAllowed, otherwise }: Bounds<Code>,
): Promise<{ answers: (Verdict | readonly [id: string, verdict: "refused", code: Code])[]; news: News }> {
  const beyond = pushed.events.filter((raw) => !isAllowed((raw as { readonly type?: unknown } | null)?.type));
  const events = pushed.events.filter((raw) => !beyond.includes(raw));
  const { answers, news } = await writeEvents(context, tx, site, author, { ...pushed, events }, now);
  return { answers: [...answers, ...beyond.map((raw) => [idOf(raw), "refused", otherwise] as const)], news };
}

export function idsOf(events: readonly unknown[]): readonly string[] {
  return events.map(idOf).filter((id) => id !== "");
}

/**
 * How far the log of that name is the one that the author has read. After a backup was put back, numbers beyond its end
 * have been given anew: whoever wrote under the earlier epoch has not seen what they stand for now. An epoch that nobody
 * here remembers vouches for nothing: a removal may have to be repeated then, but takes away nothing unseen.
 */
type Vouched = (log: string, epoch: string | undefined) => Promise<number>;

/**
 * Nothing was done later than now, by the server's clock. Of a device whose clock is a moment ahead two things done one after
 * the other stay in that order all the same.
 */
function createTimes(now: number): (at: number) => number {
  let before = { said: Infinity, taken: 0 };
  return (said) => {
    const taken = Math.min(said, now);
    before = { said, taken: said > before.said ? Math.max(taken, before.taken + 1) : taken };
    return before.taken;
  };
}

interface Desk {
  readonly writer: Writer;
  readonly objection: typeof objection;
  readonly author: { readonly device: string; readonly channel: string };
  readonly vouched: Vouched;
  readonly timeOf: (at: number) => number;
  /** The log of a customer whose sign-in here was taken back: what was done in their name is not the visitor's. */
  readonly left: string | undefined;
}

async function writeEvent({ writer, objection, author, vouched, timeOf, left }: Desk, raw: unknown): Promise<Verdict> {
  const parsed = v.safeParse(PushedEvent, raw);
  if (!parsed.success) return [idOf(raw), "refused", "event-malformed"];
  const { id, type, data, at, base, pend, log, epoch } = parsed.output;
  const asked = { id, type, data, at, base, pend };
  const code = objection(writer.state, asked) ?? burden(writer.state, asked);
  if (code !== undefined) return [id, "refused", code];
  const isOwn = log === undefined || log === writer.log.id;
  if (!isOwn && log === left) return [id, "refused", "signed-in-as-another"];
  const { device, channel } = author;
  const draft: Draft = {
    id, type,
    at: timeOf(at),
    // Nobody has seen what is not written yet: a base from the future would let a grant outlive later refusals.
    base: Math.min(base, isOwn ? writer.log.head : Infinity, await vouched(log ?? writer.log.id, epoch)),
    device, channel, data, pend,
    from: isOwn ? undefined : [{ log }],
  };
  return [id, "applied", writer.add(draft).seq];
}

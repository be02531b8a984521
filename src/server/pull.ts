/** The way down: a stream that starts where the device stands and stays open. */
import { FOLD } from "../model/state.js";
import type { ProblemCode } from "../wire/problem.js";
import { decodeCursor, type Hello, type Pull, type SnapshotFrame } from "../wire/pull.js";
import type { Context } from "./context.js";
import { type Known, knownDevice, type Presented, type Proven } from "./device.js";
import { standingOffer } from "./handoff.js";
import { createLine, type Line, type LineOptions, type Opening } from "./line.js";
import { entryText, type Following, handoffText } from "./live.js";
import { borrowedEar, isLoan, type Loan, orLoan, ownSight, type Sight } from "./loan.js";
import { Refused } from "./refusal.js";
import { attend, isKept, isNews } from "./renewal.js";
import type { Site } from "./sites.js";
import type { Reading } from "./store/store.js";

/** A shopper who signs in and out in one moment has come to rest after so many carts; whoever has not is asked to come again. */
const MOVES = 5;
const MOVING_MS = 100;
/** Beyond this many missed entries the fold is smaller than the way to it. */
const TAIL = 200;
const PUT_OFF: readonly ProblemCode[] = ["unavailable", "database-full"];
/** Some proxies hold back a stream's first kilobytes: they are filled. */
const PADDING = `:${" ".repeat(2048)}\n\n`;

/** Resolves to the stream of a device's log, from its cursor on. */
export async function pull(context: Context, site: Site, who: Presented, request: Pull, hangUp?: () => void): Promise<ReadableStream<Uint8Array>> {
  const { store, live, limits, measures, now } = context;
  const find = (tx: Reading): Promise<Proven | Loan> => orLoan(knownDevice(tx, site, who, now()), tx, site.key, who, now());
  const { known, isDue } = await store.read(async (tx) => {
    const known = await find(tx);
    return { known, isDue: !isLoan(known) && (await isNews(tx, known, request.next, now(), who.thumbprint)) };
  });
  if (isDue) await visit(context, site, who, request.next);
  live.makeRoom(known.device.hash, site.limits.device.streams);
  const close = limits.open(site);
  try {
    const { line, following, opening } = await follow(context, known, request, { find, measures, ...(hangUp && { hangUp }) });
    const leave = (): void => {
      following.leave();
      close();
    };
    const stream = line.start(opening, leave, request.holdMs);
    following.stand(opening.seq);
    return stream;
  } catch (error) {
    close();
    throw error;
  }
}

interface Way extends LineOptions {
  find(tx: Reading): Promise<Proven | Loan>;
}

/** Following starts before the moment at which the log is read, so that nothing falls between the two; whoever goes over to another log meanwhile is followed there. */
async function follow(context: Context, first: Proven | Loan, request: Pull, { find, ...options }: Way): Promise<{ line: Line; following: Following; opening: Opening }> {
  let known = first;
  for (let moves = 0; moves < MOVES; moves++) {
    const line = createLine(options);
    const following = isLoan(known) ? followLoan(context, known, line) : context.live.follow(known.log.id, line.follower(known.device));
    try {
      const { log } = known;
      const { found, opening } = await context.store.read(async (tx) => {
        const found = await find(tx);
        return { found, opening: found.log.id === log.id ? await openFor(context, tx, found, request) : undefined };
      });
      if (opening !== undefined) return { line, following, opening };
      known = found;
    } catch (error) {
      following.leave();
      throw error;
    }
    following.leave();
  }
  throw new Refused("unavailable", "The device goes over from cart to cart in this moment.", MOVING_MS);
}

async function openFor(context: Context, tx: Reading, found: Proven | Loan, request: Pull): Promise<Opening> {
  return isLoan(found) ? open(context, tx, found, request, false, found.sight) : open(context, tx, found, request, await isKept(tx, found, request.next));
}

/** A borrower follows for as long as the loan lasts. */
function followLoan({ live, now }: Context, loan: Loan, line: Line): Following {
  const ear = line.follower(loan.device);
  const { stand, leave } = live.follow(loan.log.id, borrowedEar(ear, loan, now));
  const end = setTimeout(ear.bye, loan.endsAt - now());
  return {
    stand,
    leave() {
      clearTimeout(end);
      leave();
    },
  };
}

/**
 * A visit that only looks writes nothing, but for once an hour or to renew its credential. While the database takes nothing (it is
 * full, moved, or a replica) nobody who only looks is turned away for that: the next visit says it again.
 */
async function visit({ store, now }: Context, site: Site, who: Presented, next: string | undefined): Promise<void> {
  await store.transact(async (tx) => attend(tx, await knownDevice(tx, site, who, now()), next, now(), who.thumbprint)).catch((error: unknown) => {
    if (!(error instanceof Refused) || !PUT_OFF.includes(error.code)) throw error;
  });
}

async function open(context: Context, tx: Reading, { device, log }: Known, request: Pull, isNextKept: boolean, sight: Sight = ownSight): Promise<Opening> {
  const hello: Hello = { epoch: context.store.epoch, log: log.id, now: context.now(), ...(isNextKept && { isNextKept }) };
  const isPadded = request.holdMs === undefined && !request.isBare;
  const greeting = `${isPadded ? PADDING : ""}event: hello\ndata: ${JSON.stringify(hello)}\n\n`;
  const standing = await standingOffer(tx, device.hash, context.now());
  const offer = standing === undefined ? "" : handoffText(standing);
  const after = await vouchedFor(context, tx, log.id, request.cursor);
  if (after !== undefined && after >= sight.since && log.head - after <= TAIL) {
    const entries = await tx.entries(log.id, after, TAIL);
    return { text: greeting + entries.map(sight.entry).map(entryText).join("") + offer, seq: log.head, isNews: entries.length > 0, isPadded };
  }
  const state = sight.state(await context.logs.stateOf(tx, log));
  // While it waits for this answer the device may have sent more than it has asked about.
  const latest = (await tx.entries(log.id, log.head - TAIL, TAIL)).filter((entry) => entry.device === device.device);
  const included = [...new Set([...(await tx.seqsOf(log.id, request.unsure ?? [])).keys(), ...latest.map(({ id }) => id)])];
  const frame: SnapshotFrame = { log: log.id, seq: log.head, hash: log.hash, fold: FOLD, state, included, isVouched: after !== undefined };
  return { text: `${greeting}event: snapshot\ndata: ${JSON.stringify(frame)}\n\n${offer}`, seq: log.head, isNews: log.head > 0, isPadded };
}

/** The seq of a cursor, if it speaks of this very log as it is here. */
async function vouchedFor({ store }: Context, tx: Reading, log: string, cursor: string | undefined): Promise<number | undefined> {
  const at = cursor === undefined ? undefined : decodeCursor(cursor);
  if (at === undefined || at.epoch !== store.epoch) return undefined;
  return (at.seq === 0 ? 0 : await tx.hashAt(log, at.seq)) === at.hash ? at.seq : undefined;
}

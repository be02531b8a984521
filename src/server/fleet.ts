/** Makes one server of the processes that serve one database: what happens at one is told at all. */
import { type Bus, type Ears, type Health, type Notice } from "./bus/bus.js";
import { openBus } from "./bus/open.js";
import { standingOffer } from "./handoff.js";
import { clockMs, type Follower, type Live } from "./live.js";
import type { Store } from "./store/store.js";

/** Notices are hints, and one may be lost with the process that gave it: so often is looked without any, */
const LOOK_MS = 15_000;
/** and so often while the bus is away. */
const LOOK_ALONE_MS = 2_000;
/** Asked of the database at once. */
const A_QUESTION = 1_000;

export interface Fleet {
  /** As the process's own, and heard by the others. */
  readonly live: Live;
  readonly health: Health;
  close(): Promise<void>;
}

export interface FleetOptions {
  readonly live: Live;
  readonly store: Store;
  readonly database: string;
  readonly bus?: string | undefined;
  readonly now: () => number;
  readonly report: (error: unknown) => void;
}

export async function joinFleet({ live, store, database, bus: address, now, report }: FleetOptions): Promise<Fleet> {
  const look = createLook(live, store, report);
  const ears: Ears = { hear: (notice) => hear(notice, { live, store, now, report, look }), missed: look };
  const bus = await openBus({ bus: address, database, epoch: store.epoch, now }, ears);
  let lookedAt = Date.now();
  const timer = bus.isAlone ? undefined : setInterval(() => {
    if (bus.health.isWell && Date.now() - lookedAt < LOOK_MS) return;
    lookedAt = Date.now();
    look();
  }, LOOK_ALONE_MS);
  timer?.unref();
  return {
    live: speaking(live, bus),
    get health() {
      return bus.health;
    },
    async close() {
      clearInterval(timer);
      await bus.close();
    },
  };
}

function speaking(live: Live, bus: Bus): Live {
  return Object.assign(Object.create(live) as Live, {
    announce(news) {
      const committedAt = clockMs();
      live.announce(news.map((one) => ({ committedAt, ...one })));
      for (const { log, entries } of news) if (entries.length > 0) bus.say(["log", log, entries.at(-1)?.seq ?? 0, committedAt]);
    },
    bye(device) {
      live.bye(device);
      bus.say(["bye", device]);
    },
    handoff(device, progress) {
      live.handoff(device, progress);
      bus.say(["handoff", device]);
    },
  } satisfies Partial<Live>);
}

interface Hearing extends Pick<FleetOptions, "live" | "store" | "now" | "report"> {
  readonly look: () => void;
}

function hear(notice: Notice, { live, store, now, report, look }: Hearing): void {
  if (notice[0] === "missed") return look();
  const [kind, about] = notice;
  if (kind === "log") return live.remind(about, notice[2], notice[3]);
  if (kind === "bye") return live.bye(about);
  if (!live.isHere(about)) return;
  store.read((tx) => standingOffer(tx, about, now())).then((progress) => progress && live.handoff(about, progress), report);
}

/** Compares what the streams here were told with what stands in the database. One look at a time: a second waits for nothing. */
function createLook(live: Live, store: Store, report: (error: unknown) => void): () => void {
  let isLooking = false;
  return () => {
    if (isLooking) return;
    isLooking = true;
    const all = live.everyone();
    const parts = Array.from({ length: Math.ceil(all.length / A_QUESTION) }, (_, i) => all.slice(i * A_QUESTION, (i + 1) * A_QUESTION));
    parts.reduce((before, part) => before.then(() => lookAfter(part, live, store)), Promise.resolve()).catch(report).finally(() => (isLooking = false));
  };
}

async function lookAfter(part: readonly (readonly [string, Follower])[], live: Live, store: Store): Promise<void> {
  const [heads, logs] = await store.read(async (tx) => [await tx.heads([...new Set(part.map(([log]) => log))]), await tx.logsOfDevices(part.map(([, { device }]) => device))] as const);
  for (const [log, head] of heads) live.remind(log, head);
  // Whom a sign-out elsewhere has not reached. A borrower's own cart is another; its stream ends with the loan.
  for (const [log, follower] of part) if (follower.isBorrower !== true && logs.get(follower.device) !== log) follower.bye();
}

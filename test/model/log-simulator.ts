/** A shop's server with nothing in it but logs: numbers events, knows every id, links logs, hands out snapshots. */
import { type Adoption, adoptedEntry, adoptionData } from "../../src/model/adoption.js";
import { quantityOf } from "../../src/model/cart.js";
import { chain, type Entry, type Event, SERVER } from "../../src/model/event.js";
import type { Snapshot } from "../../src/model/replica.js";
import { apply, emptyState, type State } from "../../src/model/state.js";
import { releaseData, renamed } from "../../src/model/release.js";
import type { Deed } from "./deed.js";

interface Log {
  readonly name: string;
  readonly entries: Entry[];
  /** The state and the fingerprint after each entry, first those of the empty log. */
  readonly states: State[];
  readonly hashes: number[];
  readonly ids: Set<string>;
  into?: string;
}

/** What truly became of an event, whatever the fold makes of it. */
interface Truth {
  readonly writtenIn: string | undefined;
  readonly numbers: Map<string, number>;
}

export interface SimulatedServer {
  /** ms since epoch; the test counts it on. */
  now: number;
  newId(): string;
  /** The log a credential opens now: its own, or the one that its own was linked to. */
  resolve(log: string): string;
  head(log: string): number;
  state(log: string, seq?: number): State;
  /** Stores what is new and numbers it; the same event again changes nothing. */
  push(session: string, device: string, channel: string, events: readonly Event[]): void;
  /** Entries after a seq, as they travel: copies. */
  entries(log: string, after?: number): Entry[];
  /** The fold up to a seq, and which of these ids are in it. */
  snapshot(log: string, pending: readonly string[], seq?: number): { snapshot: Snapshot; included: string[] };
  /** The server's own event, written with the head of the log in front of it. */
  write(log: string, type: string, data: unknown): void;
  /** Places an order for everything in the cart; false when there is nothing to order. */
  order(log: string): boolean;
  link(visitor: string, customer: string, how: Omit<Adoption, "log">): void;
  /** Takes a link back: the visitor's log is open again. */
  release(visitor: string): void;
  deeds(log: string, seq?: number): Deed[];
  deedOf(event: Event, log: string | undefined, device: string): Deed;
}

export function createServer(): SimulatedServer {
  const logs = new Map<string, Log>();
  const truths = new Map<string, Truth>();
  let made = 0;

  const open = (name: string): Log => {
    const log = logs.get(name) ?? { name, entries: [], states: [emptyState], hashes: [0], ids: new Set<string>() };
    logs.set(name, log);
    return log;
  };
  /** What was written before the device knew any log speaks of the first it is sent to. */
  const truthOf = (event: Event, sentTo: string): Truth => {
    const truth = truths.get(event.id) ?? { writtenIn: event.log ?? sentTo, numbers: new Map<string, number>() };
    truths.set(event.id, truth);
    return truth;
  };
  const append = (log: Log, entry: Omit<Entry, "seq">): void => {
    if (log.ids.has(entry.id)) return;
    const numbered: Entry = { ...entry, seq: log.entries.length + 1 };
    log.ids.add(entry.id);
    log.entries.push(numbered);
    log.states.push(apply(log.states.at(-1) as State, numbered));
    log.hashes.push(chain(log.hashes.at(-1) as number, entry.id));
    truths.get(entry.id)?.numbers.set(log.name, numbered.seq);
  };
  const pathOf = (name: string): string[] => {
    const { into } = open(name);
    return into === undefined ? [name] : [name, ...pathOf(into)];
  };

  const server: SimulatedServer = {
    now: 1_700_000_000_000,
    newId: () => ((++made * 2_654_435_761) >>> 0).toString(36).padStart(7, "0"),
    resolve: (name) => pathOf(name).at(-1) as string,
    head: (name) => open(name).entries.length,
    state: (name, seq) => open(name).states.at(seq ?? -1) as State,
    push(session, device, channel, events) {
      const path = pathOf(session);
      const target = open(path.at(-1) as string);
      for (const event of events) {
        truthOf(event, session);
        const { log: written, ...rest } = event;
        const through = path.length > 1 ? path.slice(0, -1) : written === undefined || written === target.name ? [] : [written];
        const from = through.map((log) => ({ log }));
        append(target, { ...rest, at: Math.min(event.at, server.now), device, channel, ...(from.length > 0 && { from }) });
      }
    },
    entries: (name, after = 0) => travelled(open(name).entries.slice(after)),
    snapshot(name, pending, seq = server.head(name)) {
      const { entries, states, hashes } = open(name);
      const inside = new Set(entries.slice(0, seq).map((e) => e.id));
      const snapshot = travelled({ log: name, seq, hash: hashes[seq] as number, state: states[seq] as State });
      return { snapshot, included: pending.filter((id) => inside.has(id)) };
    },
    write(name, type, data) {
      const event = { id: server.newId(), type, data, at: server.now, base: server.head(name), log: name };
      truthOf(event, name);
      const { log: _, ...entry } = event;
      append(open(name), { ...entry, device: SERVER, channel: SERVER });
    },
    order(name) {
      const lines = server.state(name).cart.lines.map((l) => ({ line: l.id, n: quantityOf(l) })).filter((l) => l.n > 0);
      if (lines.length > 0) server.write(name, "order-placed", { order: server.newId(), lines });
      return lines.length > 0;
    },
    link(visitor, customer, how) {
      const from = open(visitor);
      if (from.into !== undefined || visitor === customer) return;
      from.into = customer;
      server.write(customer, "visitor-adopted", adoptionData({ log: visitor, ...how }));
      const left = open(customer).entries.filter((entry) => entry.from?.some(({ log }) => log === visitor)).map(({ id }) => [id, server.newId()] as const);
      for (const [id, again] of left) truths.set(again, { ...(truths.get(id) as Truth), numbers: new Map(truths.get(id)?.numbers) });
      for (const entry of renamed(from.entries, new Map(left))) append(open(customer), adoptedEntry(entry, visitor));
    },
    release(visitor) {
      const log = open(visitor);
      if (log.into === undefined) return;
      const { entries } = open(log.into);
      const late = entries.filter(({ from }) => from?.at(-1)?.log === visitor && from.at(-1)?.seq === undefined);
      server.write(log.into, "visitor-released", travelled(releaseData(entries, { log: visitor, by: "laptop" })));
      delete log.into;
      for (const { seq: _, from = [], ...entry } of late) append(log, { ...entry, ...(from.length > 1 && { from: from.slice(0, -1) }) });
    },
    deeds: (name, seq) => open(name).entries.slice(0, seq).map((entry) => ({
      ...entry, pend: entry.pend ?? [], ...(truths.get(entry.id) as Truth), through: (entry.from ?? []).map(({ log }) => log),
    })),
    deedOf: (event, log, device) => ({
      ...event, device, pend: event.pend ?? [], writtenIn: truths.get(event.id)?.writtenIn ?? event.log ?? log, numbers: truths.get(event.id)?.numbers ?? new Map<string, number>(),
      through: event.log === undefined || event.log === log ? [] : [event.log],
    }),
  };
  return server;
}

/** What arrives is a copy made of text. */
function travelled<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

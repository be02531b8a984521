/** The device's copy of the log at work: records gestures, takes in entries, keeps both. */
import { objection } from "../model/admission.js";
import type { Gesture } from "../model/cart-commands.js";
import { condense } from "../model/condense.js";
import type { Entry, Event } from "../model/event.js";
import { createReplica, drop, receive, record, type Replica, reset, type Snapshot } from "../model/replica.js";
import { FOLD, type State } from "../model/state.js";
import type { ProblemCode } from "../wire/problem.js";
import { encodeCursor } from "../wire/pull.js";
import type { Clock } from "./clock.js";
import { createEmitter } from "./emitter.js";
import { base64url } from "./encode.js";
import { createJournal } from "./journal.js";
import type { Settings } from "./options.js";
import type { Shelf } from "./shelf.js";
import { deviceOf, type Visitor } from "./visitor.js";

/** What the copy has just done, for whoever sends it on: the server, the other tabs, the screen. */
export type Change =
  | { readonly kind: "recorded"; readonly event: Event }
  | { readonly kind: "received"; readonly entries: readonly Entry[] }
  | { readonly kind: "reset"; readonly snapshot: Snapshot; readonly epoch: string; readonly included: readonly string[] }
  | { readonly kind: "dropped"; readonly id: string }
  | { readonly kind: "forgotten" };

export interface Copy {
  readonly replica: Replica;
  /** Where to go on reading, once something was read. */
  readonly cursor: string | undefined;
  on(listener: (change: Change) => void): () => void;
  /** Shows and keeps a gesture; one that may not be is reported as a problem instead. */
  record(gesture: Gesture): void;
  /** Takes in what another tab has recorded. */
  adopt(event: Event): void;
  /** False when there is a hole before the entries. */
  receive(entries: readonly Entry[]): boolean;
  reset(snapshot: Snapshot, epoch: string, included: readonly string[]): void;
  /** The stream speaks of this log; of another than so far only when a snapshot follows. */
  greet(log: string, epoch: string): void;
  drop(id: string): void;
  /** Pending events that were settled lately: a tab that opens now may still take them for pending. */
  recent(): readonly string[];
  /** Reads what was kept of an earlier visit. */
  load(): Promise<void>;
  forget(): Promise<void>;
  /** Starts from nothing in memory, for a device that another tab has changed; `load` follows. */
  restart(): void;
  /** Puts a cart down as new gestures, for a log that the server has lost. */
  carry(view: State): void;
  readonly epoch: string;
  /** This tab keeps the copy for all. */
  isKeeper: boolean;
}

const PENDING_EVENTS = 5_000;
/** So many gestures of a shopper whom no server knows are written anew as what they come to. */
const CONDENSE_ABOVE = 200;
const KEEP_AFTER_MS = 250;
const SETTLED_REMEMBERED = 2_000;

export function createCopy(settings: Settings, shelf: Shelf, visitor: Visitor, clock: Clock, problem: (code: ProblemCode) => void): Copy {
  const { on, emit } = createEmitter<Change>();
  const journal = createJournal(shelf);
  let epoch = "";
  let replica = blank();
  let settled: readonly string[] = []; // since the copy was last kept
  let recent: readonly string[] = []; // for tabs that open meanwhile
  let keeping: ReturnType<typeof setTimeout> | undefined;
  let isWarned = false;
  let isKeeper = !shelf.isShared;

  function blank(): Replica {
    const { session } = visitor;
    return createReplica(session === undefined ? "" : deviceOf(session), settings.channel);
  }

  /** Follows a change of the replica with what it settles. */
  function become(next: Replica, change: Change): void {
    const left = new Set(next.pending.map((event) => event.id));
    const gone = replica.pending.filter((event) => !left.has(event.id)).map((event) => event.id);
    settled = [...settled, ...gone];
    recent = [...recent, ...gone].slice(-SETTLED_REMEMBERED);
    replica = next;
    if (isKeeper && change.kind !== "recorded") keepSoon();
    emit(change);
  }

  function keepSoon(): void {
    keeping ??= setTimeout(() => {
      keeping = undefined;
      const { device, log, seq, hash, confirmed } = replica;
      if (log === undefined || visitor.session === undefined) return;
      const kept = settled;
      journal.keep({ device, fold: FOLD, epoch, log, seq, hash, state: confirmed, settled: kept })
        .then(() => void (settled = settled.slice(kept.length)), () => warn());
    }, KEEP_AFTER_MS);
  }

  function warn(): void {
    if (!isWarned) problem("storage-refused");
    isWarned = true;
  }

  function eventOf({ type, data, pend }: Gesture): Event {
    const { seq, log } = replica;
    const id = base64url(settings.random(16));
    return { id, type, data, at: clock.stamp(), base: seq, ...(pend && { pend }), ...(log !== undefined && { log }) };
  }

  function put(gesture: Gesture): void {
    const session = visitor.mint();
    if (replica.device === "") replica = { ...replica, device: deviceOf(session) };
    const event = eventOf(gesture);
    if (!journal.add(replica.device, event)) warn();
    if (clock.now() - session.editedAt > 60_000) visitor.update({ editedAt: clock.now() });
    become(record(replica, event), { kind: "recorded", event });
  }

  return {
    get replica() {
      return replica;
    },
    get cursor() {
      return replica.log === undefined || epoch === "" ? undefined : encodeCursor(epoch, replica.seq, replica.hash);
    },
    get isKeeper() {
      return isKeeper;
    },
    set isKeeper(value) {
      isKeeper = value;
    },
    on,
    record(gesture) {
      const code = replica.pending.length >= PENDING_EVENTS ? "queue-full" : objection(replica.view, gesture);
      if (code !== undefined) problem(code);
      else put(gesture);
    },
    adopt(event) {
      clock.saw(event.at);
      become(record(replica, event), { kind: "recorded", event });
    },
    receive(entries) {
      for (const entry of entries) clock.saw(entry.at);
      const next = receive(replica, entries);
      if (next !== replica) become(next, { kind: "received", entries });
      return (entries.at(-1)?.seq ?? 0) <= replica.seq;
    },
    reset(snapshot, at, included) {
      epoch = at;
      latestOf(snapshot.state, clock);
      become(reset(replica, snapshot, included), { kind: "reset", snapshot, epoch, included });
    },
    greet(log, at) {
      epoch = at;
      if (replica.log === undefined) replica = { ...replica, log };
    },
    drop(id) {
      journal.remove(replica.device, id);
      become(drop(replica, id), { kind: "dropped", id });
    },
    recent: () => recent,
    async load() {
      const { session } = visitor;
      if (session === undefined) return;
      const device = deviceOf(session);
      const { copy, events } = await journal.load(device);
      if (visitor.session?.credential !== session.credential) return;
      for (const event of events) clock.saw(event.at);
      const start = copy?.fold === FOLD && replica.seq < copy.seq ? reset(replica, { ...copy, state: copy.state as State }, copy.settled) : replica;
      if (start !== replica) epoch = copy?.epoch ?? "";
      const mine = replica.pending.filter((p) => !events.some((e) => e.id === p.id));
      replica = [...events, ...mine].reduce(record, { ...start, device, pending: [], view: start.confirmed });
      if (settings.endpoint === undefined && replica.log === undefined && events.length > CONDENSE_ABOVE) rewrite(events);
      emit({ kind: "received", entries: [] });
    },
    get epoch() {
      return epoch;
    },
    carry: (view) => condense(view).forEach(put),
    restart() {
      clearTimeout(keeping);
      keeping = undefined;
      [replica, epoch, settled, recent] = [blank(), "", [], []];
    },
    async forget() {
      this.restart();
      emit({ kind: "forgotten" });
      await journal.clear().catch(() => warn());
    },
  };

  /** Only while no server has seen any of them. */
  function rewrite(events: readonly Event[]): void {
    const gestures = condense(replica.view);
    const { device } = replica;
    replica = { ...createReplica(device, settings.channel) };
    gestures.forEach(put);
    for (const { id } of events) journal.remove(device, id);
  }
}

function latestOf({ cart }: State, clock: Clock): void {
  for (const line of cart.lines) for (const mark of [...line.units, ...line.fields]) clock.saw(mark.at);
}

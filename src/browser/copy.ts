/** The device's copy of the log at work: records gestures, takes in what others did, keeps both. */
import { objection } from "../model/admission.js";
import { again } from "../model/again.js";
import type { Gesture } from "../model/cart-commands.js";
import { condense } from "../model/condense.js";
import type { Entry, Event } from "../model/event.js";
import { append, createReplica, drop, receive, record, type Replica, reset, type Snapshot } from "../model/replica.js";
import { FOLD } from "../model/state.js";
import type { ProblemCode } from "../wire/problem.js";
import { encodeCursor } from "../wire/pull.js";
import type { Clock } from "./clock.js";
import { createEmitter } from "./emitter.js";
import { base64url } from "./encode.js";
import { createJournal, type KeptCopy } from "./journal.js";
import type { Settings } from "./options.js";
import type { Shelf } from "./shelf.js";
import { deviceOf, isSame, type Visitor } from "./visitor.js";

/** Everything that can happen to a copy: here, on the stream, or in another tab. */
export type Change =
  | { readonly recorded: Event }
  | { readonly received: readonly Entry[] }
  | { readonly reset: Snapshot; readonly epoch: string; readonly included: readonly string[] }
  /** Refused, or found to be in the copy already. */
  | { readonly dropped: string; readonly isRefused?: boolean };

export interface Copy {
  readonly replica: Replica;
  readonly epoch: string;
  /** Where to go on reading, once something was read. */
  readonly cursor: string | undefined;
  /** Events that were settled lately: another tab may still take them for pending. */
  readonly recent: readonly string[];
  /** Acknowledged events that the server may have lost: the next stream is asked about them. */
  readonly doubtful: readonly Event[];
  /** What the server had acknowledged, in the last days or as given, may be gone there. True when there is something to ask. */
  doubt(events?: readonly Event[]): boolean;
  /** What the server has acknowledged lately, and what it has not. */
  readonly own: readonly Event[];
  /** This tab keeps the copy for all. */
  isKeeper: boolean;
  /** Hears of each change after it is done. */
  on(listener: (change: Change) => void): () => void;
  /** Shows and keeps a gesture; one that may not be is reported as a problem instead. */
  record(gesture: Gesture): void;
  /** Does what happened elsewhere. False when there is a hole before the entries. */
  take(change: Change): boolean;
  /** The stream speaks of this log; of another than so far only when a snapshot follows. */
  greet(log: string, epoch: string): void;
  /** Puts the cart down as new gestures of a new device, since the server has lost the log. */
  carry(): void;
  /** Reads what was kept of an earlier visit, or by another tab. `late`: what the browser did not find in time is there now. */
  load(late?: () => void): Promise<void>;
  /** Nothing is left, in memory or kept; of a device that goes on as a visitor's, what is put down from now on. */
  forget(goesOn?: boolean): Promise<void>;
}

const PENDING_EVENTS = 5_000;
/** So many gestures of a shopper whom no server knows are written anew as what they come to. */
const CONDENSE_ABOVE = 200;
const KEEP_AFTER_MS = 250;
const RECENT_EVENTS = 2_000;
/** Acknowledged events are kept so long and so many, in case the server is restored from a backup that lacks them. */
const SENT_MS = 7 * 86_400_000;
const SENT_EVENTS = 200;
/** A visit of many edits writes down its last one no more often than this. */
const EDIT_MS = 60_000;

export function createCopy(settings: Settings, shelf: Shelf, visitor: Visitor, clock: Clock, problem: (code: ProblemCode) => void): Copy {
  const { on, emit } = createEmitter<Change>();
  const journal = createJournal(shelf, () => problem("storage-refused"));
  let keeping: ReturnType<typeof setTimeout> | undefined;
  let replica: Replica;
  let epoch: string;
  let settled: readonly string[]; // since the copy was last kept
  let recent: readonly string[];
  let sent: readonly Event[];
  let doubtful: readonly Event[];
  let isKeeper = !shelf.isShared;
  let owner: string | undefined; // the customer whose log it is
  let turn: object; // of this page at keeping the copy
  let sureOf: object | undefined; // the turn since which nobody else removes what is pending here: the page before may still be at it

  const start = (): void => {
    clearTimeout(keeping);
    keeping = undefined;
    replica = createReplica(visitor.session ? deviceOf(visitor.session) : "", settings.channel);
    [epoch, settled, recent, sent, doubtful, turn] = ["", [], [], [], [], {}];
    owner = visitor.session?.customer;
  };
  start();

  /** The replica after a change that was made elsewhere. */
  const after = (change: Change): Replica => {
    if ("recorded" in change) return record(replica, change.recorded);
    if ("received" in change) return receive(replica, change.received);
    if ("reset" in change) return reset(replica, change.reset, change.included);
    return drop(replica, change.dropped);
  };

  const become = (next: Replica, change: Change): void => {
    if (!("recorded" in change)) {
      const left = new Set(next.pending.map((event) => event.id));
      const own = replica.pending.filter((event) => !left.has(event.id));
      const gone = own.map((event) => event.id);
      settled = [...settled, ...gone];
      if (!("dropped" in change && change.isRefused)) sent = latest([...sent, ...own]);
      const streamed = "received" in change ? change.received.map(({ id }) => id) : [];
      recent = [...recent, ...gone, ...streamed].slice(-RECENT_EVENTS);
      keepSoon();
    }
    replica = next;
    emit(change);
  };

  const keepSoon = (): void => {
    if (isKeeper) keeping ??= setTimeout(keep, KEEP_AFTER_MS);
  };

  const latest = (events: readonly Event[]): readonly Event[] => events.filter(({ at }) => at > clock.now() - SENT_MS).slice(-SENT_EVENTS);

  /** What was kept may be a moment older than what this page has been told since. */
  const isAheadOf = (kept: KeptCopy | undefined): boolean => {
    const { log, seq } = replica;
    return epoch !== "" && (kept === undefined || (kept.log === log && kept.seq <= seq && ["", epoch].includes(kept.epoch)));
  };

  /** What a snapshot lacks of the doubtful events is pending again. */
  const resend = (included: readonly string[]): void => {
    const inside = new Set([...included, ...replica.pending.map(({ id }) => id)]);
    const lost = doubtful.filter(({ id }) => !inside.has(id));
    [doubtful, recent, sent] = [[], [], sent.filter(({ id }) => inside.has(id))];
    for (const event of lost) journal.add(replica.device, event);
    replica = { ...replica, pending: [...lost, ...replica.pending] };
  };

  const keep = (): void => {
    keeping = undefined;
    const { device, log, seq, hash, confirmed, pending } = replica;
    const [kept, now] = [new Set(settled), turn];
    if (!log || !epoch || !visitor.session || !isKeeper) return;
    const copy: KeptCopy = { device, fold: FOLD, epoch, log, seq, hash, state: confirmed, settled, sent };
    void journal.keep(copy, sureOf === now ? [] : pending).then((isKept) => {
      if (!isKept) return;
      settled = settled.filter((id) => !kept.has(id));
      sureOf = now;
    });
  };

  const put = ({ type, data, pend, at = clock.stamp() }: Gesture): void => {
    const session = visitor.mint();
    if (replica.device === "") replica = { ...replica, device: deviceOf(session) };
    const { seq, log, device } = replica;
    const event: Event = { id: base64url(settings.random(16)), type, data, at, base: seq, pend, log, ...(session.customer && { isCustomers: true }) };
    journal.add(device, event);
    if (clock.now() - session.editedAt > EDIT_MS) visitor.update({ editedAt: clock.now() });
    become(append(replica, event), { recorded: event });
  };

  /** Only while no server has seen any of them. */
  const rewrite = (): void => {
    const { device, pending, view } = replica;
    replica = createReplica(device, settings.channel);
    condense(view).forEach(put);
    for (const { id } of pending) journal.remove(device, id);
  };

  const copy: Copy = {
    get replica() {
      return replica;
    },
    get epoch() {
      return epoch;
    },
    get recent() {
      return recent;
    },
    get cursor() {
      // The beginning of one log looks like that of any other: only a snapshot tells which it is.
      return replica.seq && epoch && doubtful.length === 0 ? encodeCursor(epoch, replica.seq, replica.hash) : undefined;
    },
    get doubtful() {
      return doubtful;
    },
    get own() {
      return [...sent, ...replica.pending];
    },
    doubt(events = sent) {
      const written = again([...events, ...replica.pending], epoch || undefined);
      doubtful = written.slice(0, events.length);
      replica = { ...replica, pending: written.slice(events.length) };
      for (const event of replica.pending) journal.add(replica.device, event);
      return doubtful.length > 0;
    },
    get isKeeper() {
      return isKeeper;
    },
    set isKeeper(value) {
      [isKeeper, turn] = [value, {}];
      keepSoon(); // the one before may not have come to it
    },
    on,
    record(gesture) {
      const code = replica.pending.length < PENDING_EVENTS ? objection(replica.view, gesture) : "queue-full";
      if (code) problem(code);
      else put(gesture);
    },
    take(change) {
      if ("recorded" in change && recent.includes(change.recorded.id)) return true; // word of it was slower than the stream
      for (const { at } of timesOf(change)) clock.saw(at);
      if ("reset" in change) {
        epoch = change.epoch;
        if (doubtful.length > 0) resend(change.included);
      }
      if ("dropped" in change) journal.remove(replica.device, change.dropped);
      const next = after(change);
      if (next !== replica) become(next, change);
      return !("received" in change) || (change.received.at(-1)?.seq ?? 0) <= replica.seq;
    },
    greet(log, at) {
      owner = visitor.session?.customer;
      epoch ||= at; // of another epoch a snapshot follows
      // Whoever came to be by a sign-in or a handoff has put nothing down yet that would have named the device.
      const device = visitor.session ? deviceOf(visitor.session) : replica.device;
      if (!replica.log) replica = { ...replica, device, log };
    },
    carry() {
      const { view, device } = replica;
      start();
      condense(view).forEach(put);
      journal.forget(device);
    },
    async load(late) {
      const { session } = visitor;
      if (!session || replica.device !== deviceOf(session) || (owner && owner !== session.customer)) start();
      if (!session) return;
      const before = new Set(replica.pending);
      const { copy: kept, events, sent: acknowledged, strays } = await journal.load(deviceOf(session), session, late);
      if (!isSame(visitor.session, session) || (session.customer && visitor.session?.customer !== session.customer)) return;
      const mine = replica.pending.filter((event) => !before.has(event)); // what was done while the browser was reading
      events.forEach(({ at }) => clock.saw(at));
      if (isAheadOf(kept)) {
        const known = new Set(recent);
        replica = events.filter(({ id }) => !known.has(id)).reduce(record, replica);
      } else {
        start();
        epoch = kept?.epoch ?? "";
        // A page that was left before its copy was kept knows its log by what was done in it.
        replica = kept ? reset(replica, kept, []) : { ...replica, log: events.at(-1)?.log };
        replica = [...events, ...mine].reduce(record, replica);
        sent = latest(acknowledged);
        // A page that read before this copy was kept still takes them for pending, and tells so.
        recent = [...(kept?.settled ?? []), ...acknowledged.map(({ id }) => id)];
      }
      if (!settings.endpoint && replica.pending.length > CONDENSE_ABOVE) rewrite();
      emit({ received: [] });
      for (const recorded of strays) copy.take({ recorded });
    },
    async forget(goesOn) {
      const { device } = replica;
      const stays = goesOn ? sent.filter(({ isCustomers }) => !isCustomers) : [];
      start();
      sent = stays; // another tab may put them back beside the copy
      emit({ received: [] });
      await journal.clear(device, goesOn);
    },
  };
  return copy;
}

/** When the things were done that a change brings. */
function timesOf(change: Change): readonly { readonly at: number }[] {
  if ("recorded" in change) return [change.recorded];
  if ("received" in change) return change.received;
  return "reset" in change ? change.reset.state.cart.lines.flatMap(({ marks }) => marks) : [];
}

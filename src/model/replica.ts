/** One device's copy of a log: what is confirmed, its own pending events, and both together. */
import { chain, type Entry, type Event, pendingEntry } from "./event.js";
import { apply, emptyState, type State } from "./state.js";

/**
 *     server log   1  2  3  4 │ 5  6
 *     device       confirmed──┘  + pending a, b   →  view: what the shopper sees
 */
export interface Replica {
  readonly device: string;
  readonly channel: string;
  /** The log it follows; undefined before the server has said. */
  readonly log: string | undefined;
  /** The last entry folded; the cursor. */
  readonly seq: number;
  /** Fingerprint of the log up to there. */
  readonly hash: number;
  readonly confirmed: State;
  /** In the order they were made. */
  readonly pending: readonly Event[];
  readonly view: State;
}

/** The fold of a log up to a seq, as a server hands it out. */
export interface Snapshot {
  readonly log: string;
  readonly seq: number;
  readonly hash: number;
  readonly state: State;
}

/** A device that has seen nothing yet. */
export function createReplica(device: string, channel: string): Replica {
  return { device, channel, log: undefined, seq: 0, hash: 0, confirmed: emptyState, pending: [], view: emptyState };
}

/** Shows a gesture at once. The same event again changes nothing. */
export function record(replica: Replica, event: Event): Replica {
  return replica.pending.some((p) => p.id === event.id) ? replica : append(replica, event);
}

/** As `record`, of an event that was made this moment: nobody looks for it among those that wait, of which there may be thousands. */
export function append(replica: Replica, event: Event): Replica {
  return { ...replica, pending: [...replica.pending, event], view: overlay(replica, replica.view, event) };
}

/**
 * Folds entries from the stream. Those already folded are skipped; after a hole nothing is taken,
 * and the caller has to ask again from `seq`.
 */
export function receive(replica: Replica, entries: readonly Entry[]): Replica {
  let { seq, hash, confirmed } = replica;
  const seen = new Set<string>();
  for (const entry of entries) {
    if (entry.seq !== seq + 1) continue;
    confirmed = apply(confirmed, entry);
    hash = chain(hash, entry.id);
    seq = entry.seq;
    seen.add(entry.id);
  }
  if (seen.size === 0) return replica;
  return onTop({ ...replica, seq, hash, confirmed }, replica.pending.filter((p) => !seen.has(p.id)));
}

/**
 * Starts over from a snapshot. `included` are the pending events that the snapshot already holds: without
 * them an event whose acknowledgement was lost would count twice (invariant 5).
 */
export function reset(replica: Replica, { log, seq, hash, state }: Snapshot, included: readonly string[]): Replica {
  const inside = new Set(included);
  return onTop({ ...replica, log, seq, hash, confirmed: state }, replica.pending.filter((p) => !inside.has(p.id)));
}

/** Takes an event back that the server refused, or that was found to be in the log already. */
export function drop(replica: Replica, id: string): Replica {
  return replica.pending.some((p) => p.id === id) ? onTop(replica, replica.pending.filter((p) => p.id !== id)) : replica;
}

function onTop(replica: Replica, pending: readonly Event[]): Replica {
  const view = pending.reduce((state, event) => overlay(replica, state, event), replica.confirmed);
  return { ...replica, pending, view };
}

function overlay(replica: Replica, state: State, event: Event): State {
  return apply(state, pendingEntry(event, replica.log, replica.device, replica.channel));
}

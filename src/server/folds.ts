/** What the logs used last come to, kept in memory: as it is while somebody is busy with it, as text once nobody is. */
import type { State } from "../model/state.js";
import type { LogRow } from "./store/store.js";

export interface Folded {
  readonly seq: number;
  readonly hash: number;
  readonly state: State;
  /** Characters that the state takes as JSON, at most. */
  readonly weight: number;
}

/** The same in a fifth of the room: of a device that only listens, nothing else is needed. */
interface Resting extends Omit<Folded, "state"> {
  readonly text: string;
}

interface Busy {
  readonly folded: Folded;
  readonly turn: number;
}

/**
 * What is kept is believed only while the database has the same head and fingerprint, so that another process, or a
 * transaction that was undone, cannot mislead it.
 */
export interface Folds {
  find(log: Pick<LogRow, "id" | "head" | "hash">): Folded | undefined;
  keep(log: string, folded: Folded): void;
  forget(log: string): void;
}

/** How much is kept: so many logs, of so many characters all together, lest many full carts fill the memory. */
export interface Room {
  readonly logs: number;
  readonly weight: number;
}

const ROOM: Room = { logs: 5_000, weight: 16_000_000 };
/** Who is busy with a cart taps again within two turns, of so many ms. */
const TURN_MS = 1_500;
/** So many are put to rest in one go, and then whoever waits has their turn. */
const RESTED_AT_ONCE = 50;
const PAUSE_MS = 20;

export function createFolds(room = ROOM): Folds {
  const [busy, resting] = [new Map<string, Busy>(), new Map<string, Resting>()]; // the one kept longest ago comes first
  let [weight, turn] = [0, 0];
  let tidying: NodeJS.Timeout | undefined;

  const forget = (log: string): void => {
    weight -= (busy.get(log)?.folded ?? resting.get(log))?.weight ?? 0;
    busy.delete(log);
    resting.delete(log);
  };

  const keep = (log: string, folded: Folded): void => {
    forget(log);
    busy.set(log, { folded, turn });
    weight += folded.weight;
    while (busy.size + resting.size > room.logs || weight > room.weight) forget((first(resting) ?? first(busy)) as string);
    tidying ??= setTimeout(tidy, TURN_MS).unref();
  };

  const rest = (log: string, { seq, hash, state }: Folded): void => {
    const text = JSON.stringify(state);
    forget(log);
    resting.set(log, { seq, hash, text, weight: text.length });
    weight += text.length;
  };

  const tidy = (): void => {
    const due = [...busy].slice(0, RESTED_AT_ONCE).filter(([, kept]) => kept.turn < turn);
    for (const [log, { folded }] of due) rest(log, folded);
    const isMore = due.length === RESTED_AT_ONCE;
    if (!isMore) turn += 1;
    tidying = busy.size === 0 ? undefined : setTimeout(tidy, isMore ? PAUSE_MS : TURN_MS).unref();
  };

  return {
    find({ id, head, hash }) {
      const found = busy.get(id)?.folded ?? resting.get(id);
      if (found?.seq !== head || found.hash !== hash) return undefined;
      return "state" in found ? found : { seq: head, hash, weight: found.weight, state: JSON.parse(found.text) as State };
    },
    keep, forget,
  };
}

function first(map: ReadonlyMap<string, unknown>): string | undefined {
  return map.keys().next().value;
}

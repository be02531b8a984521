/** The device's own events until the log has them: put down in the same tick, so that no navigation outruns them. */
import { chain, type Event } from "../model/event.js";
import type { Snapshot } from "../model/replica.js";
import { FOLD } from "../model/state.js";
import type { Shelf } from "./shelf.js";
import type { Session } from "./visitor.js";

/** The copy of the log as it is kept between visits. */
export interface KeptCopy extends Snapshot {
  readonly device: string;
  /** The fold that made `state`. */
  readonly fold: number;
  readonly epoch: string;
  /** Events that are in this copy and may still lie beside it. */
  readonly settled: readonly string[];
  /** This device's latest events that the server has acknowledged. */
  readonly sent: readonly Event[];
}

/** What was kept for a device. */
interface Kept {
  readonly copy: KeptCopy | undefined;
  /** Its events that the copy does not hold, in the order they were made. */
  readonly events: readonly Event[];
  /** The acknowledged ones. */
  readonly sent: readonly Event[];
  /**
   * Events of a first visit that two tabs began in the same moment, each under a name of its own, of which one was lost: they
   * are put down under the name that is left.
   */
  readonly strays: readonly Event[];
}

/** A copy with its fingerprint. */
type Signed = KeptCopy & { readonly sum: number };

export interface Journal {
  /** Puts an event down before it returns. */
  add(device: string, event: Event): void;
  /**
   * Strays are no older than the visitor; what a customer did is not read while nobody is signed in. `late`: what the browser
   * did not find in time is there, and may be loaded once more.
   */
  load(device: string, whose?: Pick<Session, "bornAt" | "customer">, late?: () => void): Promise<Kept>;
  /** Keeps a copy, with pending events beside it; the events it has settled are then removed. Resolves to whether it could. */
  keep(copy: KeptCopy, pending: readonly Event[]): Promise<boolean>;
  remove(device: string, id: string): void;
  /** Removes the events of a device that is no more. */
  forget(device: string): void;
  /**
   * Removes everything, at once and in the name of the device that was here: what the next visitor puts down stays. Where the
   * device goes on, and a visitor's is all that comes under its name, only what a customer did.
   */
  clear(device: string, goesOn?: boolean): Promise<void>;
}

/** Two tabs that begin a visit in the same moment do so within this time. */
const TOGETHER_MS = 2_000;

const key = (device: string, id: string): string => `e:${device}:${id}`;

/**
 * One word per event, never an array that two tabs would have to share. Words move to the roomier store in the
 * background: first kept there, then taken from here, so that at every moment an event lies in at least one place.
 */
export function createJournal(shelf: Shelf, refused: () => void): Journal {
  let isWarned = false;
  let moving: Promise<unknown> = Promise.resolve();
  let isMoveDue = false;
  let doubles: readonly string[] = [];
  let turn = {}; // a new one once everything was cleared

  /** Said once: the shop works on in memory. */
  const warn = (): false => {
    if (!isWarned) refused();
    isWarned = true;
    return false;
  };

  const move = (device: string): void => {
    if (isMoveDue) return;
    isMoveDue = true;
    const mine = turn;
    moving = moving.then(async () => {
      isMoveDue = false;
      if (mine !== turn) return;
      const events = words(shelf, key(device, ""));
      await shelf.save(events, []);
      for (const [name] of events) shelf.write(name, undefined);
    }).catch(() => {}); // they stay where they are, and go along with the next move
  };

  const drop = (name: string): void => {
    shelf.write(name, undefined);
    moving = moving.then(() => shelf.save([], [name])).catch(() => {});
  };

  /** What a page had begun to keep for a device may come to lie there after all was cleared. */
  const sweep = async (device: string, goesOn = false): Promise<void> => {
    const isCustomers = (kept: unknown): boolean => !goesOn || (kept as Partial<Event>).isCustomers === true || (kept as Partial<Signed>).state?.customer.isKnown === true;
    const isLeft = ([name, kept]: readonly [string, unknown]): boolean =>
      (name.startsWith(key(device, "")) || (name === "copy" && (kept as Signed).device === device)) && isCustomers(kept);
    const names = (await shelf.load()).filter(isLeft).map(([name]) => name);
    if (names.length > 0) await shelf.save([], names);
  };

  return {
    add(device, event) {
      if (!shelf.write(key(device, event.id), JSON.stringify(event))) warn();
      if (shelf.isShared) move(device);
    },
    async load(device, { bornAt = Infinity, customer } = {}, late) {
      const here = words(shelf, "e:");
      const kept = new Map(await shelf.load(late).catch(() => (warn(), [])));
      const found = kept.get("copy") as Signed | undefined;
      const own = found?.device === device && (found.sum ?? sumOf(found)) === sumOf(found) ? found : undefined;
      // What an older fold has made is shown until the server has told it anew; a newer one may mean what is not known here.
      const copy = own && own.fold <= FOLD ? { ...own, epoch: own.fold === FOLD ? own.epoch : "" } : undefined;
      const sent = own?.sent ?? []; // older builds kept none
      // Another tab may have moved an event in the moment when this copy settled it: then it lies beside the copy again.
      const settled = new Set(copy && [...copy.settled, ...sent.map(({ id }) => id)]);
      const stored = [...kept].filter(([name, event]) => name.startsWith("e:") && isEvent(event)) as [string, Event][];
      const events = new Map<string, Event>();
      const strays = new Map<string, Event>();
      for (const [name, event] of [...stored, ...here]) {
        if (name.startsWith(key(device, ""))) settled.has(event.id) || (event.isCustomers && !customer) || events.set(event.id, event);
        else if (event.log === undefined && !event.isCustomers && event.at > bornAt - TOGETHER_MS) strays.set(name, event);
      }
      for (const [name, event] of strays) {
        this.add(device, event);
        drop(name);
      }
      doubles = [...stored, ...here].flatMap(([name, { id }]) => (name === key(device, id) && settled.has(id) ? [name] : []));
      const inOrder = (some: Iterable<Event>): Event[] => [...some].sort((a, b) => a.at - b.at);
      return { copy, sent, events: inOrder(events.values()), strays: inOrder(strays.values()) };
    },
    keep(copy, pending) {
      const names = [...copy.settled.map((id) => key(copy.device, id)), ...doubles];
      const beside = pending.map((event): [string, Event] => [key(copy.device, event.id), event]);
      const mine = turn;
      const keeping = moving.then(() => mine === turn && shelf.save([["copy", { ...copy, sum: sumOf(copy) }], ...beside], names)).then(() => {
        for (const name of names) shelf.write(name, undefined);
        return true;
      }, warn);
      moving = keeping; // a move in the midst of it would bring back what it removes
      return keeping;
    },
    remove: (device, id) => drop(key(device, id)),
    forget(device) {
      for (const name of shelf.names(key(device, ""))) shelf.write(name, undefined);
      moving = moving.then(() => sweep(device)).catch(() => {}); // nobody asks for them any more
    },
    async clear(device, goesOn) {
      for (const name of shelf.names("e:")) shelf.write(name, undefined);
      const begun = moving;
      turn = {};
      moving = shelf.clear().catch(warn); // now, and so before anything of the next visitor's
      await moving;
      await begun;
      await sweep(device, goesOn).catch(warn);
    },
  };
}

/** Of a copy that has gone bad on the disk nothing is believed: the server has it all. */
function sumOf({ sum: _, ...copy }: KeptCopy & Partial<Signed>): number {
  return chain(0, JSON.stringify(copy));
}

function words(shelf: Shelf, prefix: string): [name: string, event: Event][] {
  return shelf.names(prefix).flatMap((name): [string, Event][] => {
    try {
      const event = JSON.parse(shelf.read(name) ?? "") as unknown;
      return isEvent(event) ? [[name, event]] : [];
    } catch {
      return []; // cut off by a full disk: it never was an event
    }
  });
}

function isEvent(found: unknown): found is Event {
  const event = found as Partial<Event> | null;
  return typeof event?.id === "string" && typeof event.type === "string" && Number(event.at) >= 0;
}

/** Stands in the shop and sees what is done on every screen, what each screen is told, and what the server writes down. */
import type { Entry } from "../../src/model/event.js";
import type { Deed } from "../model/deed.js";

/** Something that was done on a screen, or by the server, with all that its author had in front of them. */
export interface Done {
  readonly id: string;
  /** The device it was done on. */
  readonly device: string;
  readonly type: string;
  readonly data: any;
  /** The time its author gave it. */
  readonly at: number;
  readonly seen: ReadonlySet<string>;
  /** The log its author had in front of them, if any. */
  readonly home: string | undefined;
  /** Its number in each log it stands in. */
  readonly numbers: Map<string, number>;
}

/** How far a screen has been told the log it follows. */
export interface Told {
  readonly device: string;
  readonly log: string;
  readonly seq: number;
}

export interface Witness {
  /** By id, in the order in which they were done. */
  readonly done: ReadonlyMap<string, Done>;
  readonly logs: ReadonlyMap<string, readonly Entry[]>;
  /** Somebody at a screen does something. */
  sees(done: Omit<Done, "numbers">): void;
  /** The server has written down entries of a log: the next ones, or all of them. What comes after a hole is not believed yet. */
  reads(log: string, entries: readonly Entry[]): void;
  /** Does the witness know the log that far? */
  knows(log: string, seq: number): boolean;
  /** What a device has done itself and what it has been told, as the specifications take it. */
  deeds(device: string, told: Told | undefined): Deed[];
}

export function createWitness(): Witness {
  const done = new Map<string, Done>();
  const byDevice = new Map<string, Done[]>();
  const logs = new Map<string, Entry[]>();

  const sees = (deed: Omit<Done, "numbers">): void => {
    const whole = { ...deed, numbers: new Map<string, number>() };
    done.set(deed.id, whole);
    byDevice.set(deed.device, [...(byDevice.get(deed.device) ?? []), whole]);
  };

  /** What nobody at a screen has done, the server did, knowing the log so far. */
  const noteEntry = (log: string, entry: Entry): void => {
    const entries = logs.get(log) ?? [];
    if (entries.some(({ id }) => id === entry.id)) throw new Error(`The log ${log} holds ${entry.id} twice.`);
    if (!done.has(entry.id)) {
      const { id, type, data, at } = entry;
      sees({ id, type, data, at, device: "server", home: log, seen: new Set(entries.map((before) => before.id)) });
    }
    done.get(entry.id)?.numbers.set(log, entry.seq);
    logs.set(log, [...entries, entry]);
  };

  const deedOf = ({ id, type, data, device, seen, home, numbers }: Done, at: number, through: readonly string[]): Deed =>
    ({ id, type, data, device, seen, numbers, at, through, writtenIn: home, base: 0, pend: [] });

  return {
    done,
    logs,
    sees,
    reads(log, entries) {
      for (const entry of entries) if (entry.seq === (logs.get(log)?.length ?? 0) + 1) noteEntry(log, entry);
    },
    knows: (log, seq) => (logs.get(log)?.length ?? 0) >= seq,
    deeds(device, told) {
      const entries = told === undefined ? [] : (logs.get(told.log) ?? []).slice(0, told.seq);
      const isTold = new Set(entries.map(({ id }) => id));
      const here = entries.map((entry) => deedOf(done.get(entry.id) as Done, entry.at, (entry.from ?? []).map(({ log }) => log)));
      const pending = (byDevice.get(device) ?? []).filter(({ id }) => !isTold.has(id));
      const isOwn = (home: string | undefined): boolean => home === undefined || told === undefined || home === told.log;
      return [...here, ...pending.map((own) => deedOf(own, own.at, isOwn(own.home) ? [] : [own.home as string]))];
    },
  };
}

/** How the processes that serve one database tell each other that there is something to read. What is true stands in the database. */

/** A hint, and never what it is about: nothing that a customer did or is called goes over a bus. */
export type Notice =
  /** A log has entries up to this seq; when the first of them was committed that nobody was told of, ms since epoch by the sender's clock. */
  | readonly [kind: "log", log: string, seq: number, committedAt?: number | undefined]
  /** The streams of a device are to end: it was signed out, or follows another log. */
  | readonly [kind: "bye", device: string]
  /** A handoff that a device has offered stands elsewhere than before. */
  | readonly [kind: "handoff", device: string]
  /** The sender may have kept something to itself: look yourselves. */
  | readonly [kind: "missed"];

/** How it stands with something that a server depends on, for whoever watches over servers. */
export interface Health {
  readonly name: string;
  readonly isWell: boolean;
  /** Since when, ms since epoch. */
  readonly since: number;
}

/** What a process does with what it hears. */
export interface Ears {
  hear(notice: Notice): void;
  /** The bus stands again after it was away: anything may have been said meanwhile. */
  missed(): void;
}

export interface Bus {
  /** Says it to all other processes, soon. It waits for nobody and never fails: whoever does not hear it looks after a while. */
  say(notice: Notice): void;
  readonly health: Health;
  /** There are no others. */
  readonly isAlone?: boolean;
  close(): Promise<void>;
}

/** Of one process that has its database to itself, as over a file: there is nobody to tell. */
export function createNoBus(now: () => number): Bus {
  const since = now();
  return { isAlone: true, say: () => undefined, health: { name: "bus", isWell: true, since }, close: async () => undefined };
}

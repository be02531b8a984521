/** Tells who listens at this process: the streams that follow a log, and whoever watches the server. */
import { setTimeout as pause } from "node:timers/promises";
import type { Entry } from "../model/event.js";
import type { Progress } from "../wire/handoff.js";
import { type Bye, encodeEntry } from "../wire/pull.js";
import { createRelay } from "./relay.js";
import { noTrace, type Trace } from "./operator/trace.js";
import { Refused } from "./refusal.js";
import { remember } from "./remember.js";

/** New entries of one log, after their commit. */
export interface News {
  readonly log: string;
  readonly entries: readonly Entry[];
  /** When they were committed, ms since epoch by the clock of the process that wrote them; the moment at which they are told of, where nobody says. */
  readonly committedAt?: number;
}

/** One open stream. */
export interface Follower {
  /** Credential hash of the device at the other end. */
  readonly device: string;
  /** What entries call that device. */
  readonly name: string;
  /** It works in a cart that was lent to it: its own is another. */
  readonly isBorrower?: boolean;
  entries(news: News, text: string): void;
  handoff(progress: Progress): void;
  /** The device has to connect again: it follows another log now, was signed out, or the server stops. */
  bye(withinMs?: number): void;
  beat(): void;
  /** What its reader has not taken yet. */
  bufferedBytes(): number;
}

/** A follower's place. It is told of nothing before it stands. */
export interface Following {
  stand(seq: number): void;
  leave(): void;
}

export interface Live {
  follow(log: string, follower: Follower): Following;
  announce(news: readonly News[]): void;
  /** A log has entries up to this seq, committed then: its streams are told those that they lack. */
  remind(log: string, seq: number, committedAt?: number): void;
  /** Ends the streams of a device. */
  bye(device: string): void;
  /** Where a handoff stands that the device has offered. */
  handoff(device: string, progress: Progress): void;
  watch(listener: (news: News) => void): () => void;
  /** Hears that a log has grown, whichever process wrote it: a hint, as the bus gives it. */
  sense(listener: () => void): () => void;
  /** Aborted once this server is to be left: what stands open ends, and nothing of the kind begins. */
  readonly leaving: AbortSignal;
  beat(): void;
  /** Ends the oldest streams of a device until there is room for one more: a phone that comes and goes leaves dead ones behind. */
  makeRoom(device: string, most: number): void;
  /**
   * Takes no more streams, and sends those that stand elsewhere, one after the other, within that time at most; resolves when
   * the last was told.
   */
  drain(withinMs: number): Promise<void>;
  /** Ends every stream, and spreads their return. */
  close(): void;
  /** Who follows what. */
  everyone(): readonly (readonly [log: string, follower: Follower])[];
  isHere(device: string): boolean;
  readonly connections: number;
  /** What all readers together have not taken yet. */
  bufferedBytes(): number;
}

/** How many devices a server that starts again takes in within a second: ten thousand are back in ten. */
const RETURNS_PER_SECOND = 1_000;
/** While a server drains the next may be busy with shoppers: it is sent a hundred a second, unless there is less time. */
const DRAINED_EACH_MS = 10;
/** Whoever is sent away comes back at a moment of its own within this time. */
const RETURN_MS = 1_000;
/** Nobody lags further behind without being cut off; of more the latest are timed. */
const COMMITS = 100;
/** A device with too many streams is not to have its own come and go in a circle. */
const CROWDED_MS = 30_000;

/** The text that an entry is on the stream. */
export function entryText(entry: Entry): string {
  return `data: ${JSON.stringify(encodeEntry(entry))}\n\n`;
}

/** The text with which a stream ends. */
export function byeText(bye: Bye): string {
  return `event: bye\ndata: ${JSON.stringify(bye)}\n\n`;
}

/** The text that a step of a handoff is on the stream. */
export function handoffText(progress: Progress): string {
  return `event: handoff\ndata: ${JSON.stringify(progress)}\n\n`;
}

/** ms since epoch, finer than whole ones. */
export function clockMs(): number {
  return performance.timeOrigin + performance.now();
}

interface Room {
  readonly followers: Set<Follower>;
  stand(seq: number): void;
  announce(news: News): void;
  remind(seq: number, committedAt: number | undefined): void;
}

export interface LiveOptions {
  /** The entries of a log behind a seq. */
  readonly read: (log: string, after: number) => Promise<readonly Entry[]>;
  readonly report: (error: unknown) => void;
  readonly trace?: Trace;
}

export function createLive({ read, report, trace = noTrace }: LiveOptions): Live {
  const rooms = new Map<string, Room>();
  const devices = new Map<string, Set<Follower>>();
  const watchers = new Set<(news: News) => void>();
  const sensing = new Set<() => void>();
  const leaving = new AbortController();

  const everyone = (): (readonly [string, Follower])[] => [...rooms].flatMap(([log, { followers }]) => [...followers].map((one) => [log, one] as const));
  const to = (device: string, say: (follower: Follower) => void): void => [...(devices.get(device) ?? [])].forEach(say);

  const announceOne = (told: News): void => {
    if (told.entries.length === 0) return;
    const news = { committedAt: clockMs(), ...told };
    rooms.get(news.log)?.announce(news);
    for (const watcher of watchers) watcher(news);
    stir();
  };
  const stir = (): void => [...sensing].forEach((listener) => listener());

  return {
    follow(log, follower) {
      if (leaving.signal.aborted) throw new Refused("unavailable", "The server is stopping.");
      const room = rooms.get(log) ?? openRoom(log, { read, report });
      rooms.set(log, room);
      room.followers.add(follower);
      const forget = join(devices, follower.device, follower);
      return {
        stand: (seq) => room.stand(seq),
        leave() {
          forget();
          room.followers.delete(follower);
          if (room.followers.size === 0 && rooms.get(log) === room) rooms.delete(log);
        },
      };
    },
    announce: (news) => trace.span("fan-out", () => news.forEach(announceOne)),
    remind(log, seq, committedAt) {
      rooms.get(log)?.remind(seq, committedAt);
      stir();
    },
    bye: (device) => to(device, (follower) => follower.bye()),
    handoff: (device, progress) => to(device, (follower) => follower.handoff(progress)),
    watch(listener) {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },
    sense(listener) {
      sensing.add(listener);
      return () => sensing.delete(listener);
    },
    leaving: leaving.signal,
    beat: () => everyone().forEach(([, follower]) => follower.beat()),
    makeRoom(device, most) {
      const own = [...(devices.get(device) ?? [])];
      for (const oldest of own.slice(0, Math.max(0, own.length - most + 1))) oldest.bye(CROWDED_MS);
    },
    async drain(withinMs) {
      leaving.abort();
      const all = everyone();
      const eachMs = Math.min(withinMs / all.length, DRAINED_EACH_MS);
      const startedAt = performance.now();
      for (let told = 0; told < all.length; ) {
        await pause(eachMs, undefined, { ref: false });
        const due = eachMs === 0 ? all.length : (performance.now() - startedAt) / eachMs;
        for (; told < Math.min(due, all.length); told += 1) all[told]?.[1].bye(RETURN_MS);
      }
    },
    close() {
      leaving.abort();
      const all = everyone();
      for (const [, follower] of all) follower.bye(Math.floor((all.length * 1_000) / RETURNS_PER_SECOND));
    },
    everyone,
    isHere: (device) => devices.has(device),
    get connections() {
      return everyone().length;
    },
    bufferedBytes: () => everyone().reduce((sum, [, follower]) => sum + follower.bufferedBytes(), 0),
  };
}

/** The streams of one log in this process: what is news to them is made into text once. */
function openRoom(log: string, { read, report }: Pick<LiveOptions, "read" | "report">): Room {
  const followers = new Set<Follower>();
  const commits = createCommits();
  const tell = (entries: readonly Entry[]): void => {
    const text = entries.map(entryText).join("");
    const committedAt = commits.upTo((entries.at(-1) as Entry).seq);
    const news = { log, entries, ...(committedAt !== undefined && { committedAt }) };
    const authors = new Set(entries.map(({ device }) => device));
    // Who made a change shows it already, and hears of it last.
    for (const isAuthor of [false, true]) for (const follower of followers) if (authors.has(follower.name) === isAuthor) follower.entries(news, text);
  };
  const relay = createRelay({ read: (after) => read(log, after), tell, report });
  return {
    followers,
    stand(seq) {
      commits.stand(seq);
      relay.stand(seq);
    },
    announce({ entries, committedAt }) {
      commits.note((entries.at(-1) as Entry).seq, committedAt);
      relay.announce(entries);
    },
    remind(seq, committedAt) {
      commits.note(seq, committedAt);
      relay.remind(seq);
    },
  };
}

/** When what is not told yet was committed, as far as anybody has said. */
function createCommits(): { note(seq: number, at: number | undefined): void; stand(seq: number): void; upTo(seq: number): number | undefined } {
  const commits = new Map<number, number>();
  let told = 0;
  return {
    note(seq, at) {
      if (at !== undefined && seq > told && !commits.has(seq)) remember(commits, seq, at, COMMITS);
    },
    /** What was committed before a stream began is not news to it. */
    stand: (seq) => void (told = Math.max(told, seq)),
    /** The earliest of them: what is told together has waited for as long as the first of it. */
    upTo(seq) {
      told = Math.max(told, seq);
      const known = [...commits].filter(([one]) => one <= seq);
      for (const [one] of known) commits.delete(one);
      return known.length === 0 ? undefined : Math.min(...known.map(([, at]) => at));
    },
  };
}

function join(rooms: Map<string, Set<Follower>>, name: string, follower: Follower): () => void {
  const room = rooms.get(name) ?? new Set();
  rooms.set(name, room.add(follower));
  return () => {
    room.delete(follower);
    if (room.size === 0 && rooms.get(name) === room) rooms.delete(name);
  };
}

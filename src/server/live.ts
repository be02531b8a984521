/** Tells who listens: the streams that follow a log, and whoever watches the server. */
import type { Entry } from "../model/event.js";
import type { Progress } from "../wire/handoff.js";
import { type Bye, encodeEntry } from "../wire/pull.js";
import { Refused } from "./refusal.js";

/** New entries of one log, after their commit. */
export interface News {
  readonly log: string;
  readonly entries: readonly Entry[];
}

/** One open stream. */
export interface Follower {
  /** Credential hash of the device at the other end. */
  readonly device: string;
  entries(news: News, text: string): void;
  handoff(progress: Progress): void;
  /** The device has to connect again: it follows another log now, was signed out, or the server stops. */
  bye(withinMs?: number): void;
  beat(): void;
}

export interface Live {
  follow(log: string, follower: Follower): () => void;
  announce(news: readonly News[]): void;
  /** Speaks to one device, wherever its streams are. */
  tell(device: string, say: (follower: Follower) => void): void;
  watch(listener: (news: News) => void): () => void;
  beat(): void;
  /** Ends every stream, and spreads their return. */
  close(): void;
  readonly connections: number;
}

/** How many devices a server that starts again takes in within a second: ten thousand are back in ten. */
const RETURNS_PER_SECOND = 1_000;

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

export function createLive(): Live {
  const logs = new Map<string, Set<Follower>>();
  const devices = new Map<string, Set<Follower>>();
  const watchers = new Set<(news: News) => void>();
  let isClosed = false;

  const announceOne = (news: News): void => {
    if (news.entries.length === 0) return;
    const followers = logs.get(news.log);
    if (followers !== undefined) {
      const text = news.entries.map(entryText).join("");
      for (const follower of followers) follower.entries(news, text);
    }
    for (const watcher of watchers) watcher(news);
  };

  return {
    follow(log, follower) {
      if (isClosed) throw new Refused("unavailable", "The server is stopping.");
      const leave = [join(logs, log, follower), join(devices, follower.device, follower)];
      return () => leave.forEach((go) => go());
    },
    announce: (news) => news.forEach(announceOne),
    tell(device, say) {
      for (const follower of [...(devices.get(device) ?? [])]) say(follower);
    },
    watch(listener) {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },
    beat: () => everyone(devices).forEach((follower) => follower.beat()),
    close() {
      isClosed = true;
      const all = everyone(devices);
      for (const follower of all) follower.bye(Math.floor((all.length * 1_000) / RETURNS_PER_SECOND));
    },
    get connections() {
      return everyone(devices).length;
    },
  };
}

function everyone(devices: ReadonlyMap<string, ReadonlySet<Follower>>): Follower[] {
  return [...devices.values()].flatMap((set) => [...set]);
}

function join(rooms: Map<string, Set<Follower>>, name: string, follower: Follower): () => void {
  const room = rooms.get(name) ?? new Set();
  rooms.set(name, room.add(follower));
  return () => {
    room.delete(follower);
    if (room.size === 0 && rooms.get(name) === room) rooms.delete(name);
  };
}

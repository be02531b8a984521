/** What the tabs of one device tell each other: every change as it happens, and the whole copy to one that lags. */
import type { Progress } from "../wire/handoff.js";
import type { ProblemCode } from "../wire/problem.js";
import type { Change, Copy } from "./copy.js";
import type { Settings } from "./options.js";
import type { SyncState } from "./pull.js";
import type { Shelf } from "./shelf.js";
import { createTabs } from "./tabs.js";
import { deviceOf, type Visitor } from "./visitor.js";

/** How the leading tab stands with the server. */
export interface Sync {
  readonly state: SyncState;
  readonly reason?: ProblemCode | undefined;
}

/** Each word names its device, since a tab may lag behind a sign-out. */
interface Word {
  readonly device: string | undefined;
  readonly change?: Change;
  readonly sync?: Sync;
  readonly handoff?: Progress;
  /** A tab stands at this seq, and may lack what came after. */
  readonly behind?: number;
  /** Somebody signed in or out, or the cart was forgotten. */
  readonly session?: true;
}

export interface Gossip {
  tell(word: Omit<Word, "device">): void;
  /** What has happened before this tab could hear of it? */
  ask(): void;
  /** Takes part, and wants to lead. */
  join(): void;
  leave(): void;
  readonly isLeading: boolean;
  /** What changes just now was done in another tab. */
  readonly isHearing: boolean;
}

interface Ears {
  readonly lead: (isLeading: boolean) => void;
  readonly state: () => Sync;
  readonly sync: (sync: Sync) => void;
  readonly handoff: (progress: Progress) => void;
  readonly session: () => void;
}

export function createGossip(settings: Settings, shelf: Shelf, visitor: Visitor, copy: Copy, ears: Ears): Gossip {
  let isHearing = false;
  let words: Word[] = [];
  const here = (): string | undefined => visitor.session && deviceOf(visitor.session);

  /** What happens in one go is told in one go. */
  const tell: Gossip["tell"] = (word) => {
    if (words.push({ ...word, device: here() }) === 1) queueMicrotask(speak);
  };
  const speak = (): void => {
    if (words.length > 0) tabs.tell(words);
    words = [];
  };

  /** A tab that has just come lacks what it could not hear: from every tab what is pending, from the leader what was streamed. */
  const answer = (seq: number): void => {
    const { log, seq: reached, hash, confirmed, pending } = copy.replica;
    for (const recorded of pending) tell({ change: { recorded } });
    if (!tabs.isLeading) return;
    tell({ sync: ears.state() });
    if (log && reached > seq) tell({ change: { reset: { log, seq: reached, hash, state: confirmed }, epoch: copy.epoch, included: copy.recent } });
  };

  const take = (change: Change): void => {
    const isOthers = "received" in change || "reset" in change; // who leads reads the stream itself
    if (isOthers && tabs.isLeading) return;
    isHearing = true;
    if (!copy.take(change)) tell({ behind: copy.replica.seq });
    isHearing = false;
  };

  const hear = ({ device, change, sync, handoff, behind, session }: Word): void => {
    if (session || device !== here()) {
      if (session || shelf.read("session")) ears.session();
      return;
    }
    if (change) take(change);
    if (behind !== undefined) answer(behind);
    if (sync && !tabs.isLeading) ears.sync(sync);
    if (handoff) ears.handoff(handoff);
  };

  const tabs = createTabs<readonly Word[]>(settings, shelf, { hear: (said) => said.forEach(hear), lead: () => ears.lead(true), follow: () => ears.lead(false) });

  copy.on((change) => {
    const isNews = "received" in change ? change.received.length > 0 && tabs.isLeading : tabs.isLeading || !("reset" in change);
    if (isNews && !isHearing) tell({ change });
  });

  return {
    tell,
    ask: () => tell({ behind: copy.replica.seq }),
    join: tabs.join,
    leave() {
      speak();
      tabs.leave();
    },
    get isLeading() {
      return tabs.isLeading;
    },
    get isHearing() {
      return isHearing;
    },
  };
}

/** Tabs of one browser share one device: one of them leads (for thrift only), all tell each other what they do. */
import { FOLD } from "../model/state.js";
import type { Settings } from "./options.js";
import type { Shelf } from "./shelf.js";

export interface Tabs<Message> {
  tell(message: Message): void;
  /** Wants to lead from now on; `lead` is called when it does, `follow` when it no longer does. */
  join(): void;
  /** Lets go of lock and channel: the page is hidden away, or the client is closed. */
  leave(): void;
  readonly isLeading: boolean;
}

interface Ears<Message> {
  readonly hear: (message: Message) => void;
  readonly lead: () => void;
  readonly follow: () => void;
}

/** Raised when a word among tabs changes its meaning. Tabs with another build of the library then lead among themselves. */
const WORDS = 2;
/** A tab that is looked at asks so often whether the leading one still answers; two questions without an answer are a no. */
const ASK_MS = 600;
/** A tab takes the lead by force no more often than this, or two slow ones would take it from each other for ever. */
const FORCE_MS = 30_000;

type Word<Message> = { readonly said: Message } | { readonly who: "leads?" | "I" };

/** Without locks or channel, or with a shelf of its own, a tab leads itself; events are safe either way, by their ids. */
export function createTabs<Message>({ site, now }: Settings, shelf: Shelf, { hear, lead, follow }: Ears<Message>): Tabs<Message> {
  const name = `carryover:${site}:${FOLD}.${WORDS}`;
  const locks = shelf.isShared && typeof navigator !== "undefined" ? navigator.locks : undefined;
  let channel: BroadcastChannel | undefined;
  let giveUp: (() => void) | undefined;
  let asking: ReturnType<typeof setInterval> | undefined;
  let isLeading = false;
  let unanswered = 0;
  let forcedAt = -FORCE_MS;

  const post = (word: Word<Message>): void => channel?.postMessage(word);

  const listen = (): void => {
    if (!shelf.isShared || channel !== undefined || typeof BroadcastChannel === "undefined") return;
    channel = new BroadcastChannel(name);
    channel.onmessage = ({ data }: MessageEvent<Word<Message>>) => {
      if ("said" in data) return hear(data.said);
      if (data.who === "I") unanswered = 0;
      else if (isLeading) post({ who: "I" });
    };
  };

  const become = (leads: boolean): void => {
    if (isLeading === leads) return;
    isLeading = leads;
    (leads ? lead : follow)();
  };

  const queue = (manager: LockManager, steal = false): void => {
    const cancel = new AbortController();
    let end = (): void => cancel.abort();
    const stop = (): void => end();
    giveUp = stop;
    // Asked for without a time limit: a queue that people leave has no successor.
    manager.request(name, steal ? { steal } : { signal: cancel.signal }, () => new Promise<void>((done) => {
      if (giveUp !== stop) return done(); // left meanwhile
      end = done;
      become(true);
    })).catch(() => {
      if (giveUp !== stop) return;
      if (!isLeading) return become(true); // no locks for this page: it leads itself
      become(false); // another tab took over while this one did not answer
      queue(manager);
    });
  };

  /** Only a tab that is looked at: hidden ones are slow to answer, and slow to ask, by the browser's will. */
  const ask = (manager: LockManager): void => {
    if (isLeading || giveUp === undefined || globalThis.document?.visibilityState === "hidden") return void (unanswered = 0);
    if (unanswered >= 2 && now() - forcedAt > FORCE_MS) {
      [unanswered, forcedAt] = [0, now()];
      giveUp();
      return queue(manager, true);
    }
    unanswered += 1;
    post({ who: "leads?" });
  };

  listen();
  return {
    get isLeading() {
      return isLeading;
    },
    tell: (said) => post({ said }),
    join() {
      listen();
      if (giveUp !== undefined) return;
      if (locks === undefined) {
        giveUp = () => {};
        return become(true);
      }
      queue(locks);
      if (channel && typeof document !== "undefined") asking = setInterval(ask, ASK_MS, locks);
    },
    leave() {
      clearInterval(asking);
      giveUp?.();
      giveUp = undefined;
      become(false);
      channel?.close();
      channel = undefined;
    },
  };
}

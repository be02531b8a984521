/** Tabs of one browser share one device: one of them leads (for thrift only), all tell each other what they do. */
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

/** Without locks or channel, or with a shelf of its own, a tab leads itself; events are safe either way, by their ids. */
export function createTabs<Message>({ site }: Settings, shelf: Shelf, { hear, lead, follow }: Ears<Message>): Tabs<Message> {
  const name = `carryover:${site}`;
  const locks = shelf.isShared && typeof navigator !== "undefined" ? navigator.locks : undefined;
  let channel: BroadcastChannel | undefined;
  let giveUp: (() => void) | undefined;
  let isLeading = false;

  const listen = (): void => {
    if (!shelf.isShared || channel !== undefined || typeof BroadcastChannel === "undefined") return;
    channel = new BroadcastChannel(name);
    channel.onmessage = ({ data }) => hear(data as Message);
  };

  const become = (leads: boolean): void => {
    if (isLeading === leads) return;
    isLeading = leads;
    (leads ? lead : follow)();
  };

  const queue = (manager: LockManager): void => {
    const cancel = new AbortController();
    // Asked for without a time limit: a queue that people leave has no successor.
    manager.request(name, { signal: cancel.signal }, () => new Promise<void>((release) => {
      giveUp = release;
      become(true);
    })).catch(() => {});
    giveUp = () => cancel.abort();
  };

  listen();
  return {
    get isLeading() {
      return isLeading;
    },
    tell: (message) => channel?.postMessage(message),
    join() {
      listen();
      if (giveUp !== undefined) return;
      if (locks !== undefined) return queue(locks);
      giveUp = () => {};
      become(true);
    },
    leave() {
      giveUp?.();
      giveUp = undefined;
      become(false);
      channel?.close();
      channel = undefined;
    },
  };
}

/** What a browser gives its pages besides a network and storage: a lock, a channel, and word of being hidden, frozen and shown again. */

/** A page as far as the client looks at it. */
export interface Page {
  readonly window: EventTarget;
  readonly document: EventTarget & { visibilityState: "visible" | "hidden" };
  /** Neither hears nor holds anything any more. */
  isGone: boolean;
  /** Its client was closed, and will not join again. */
  isLeft: boolean;
}

export interface Platform {
  openPage(): Page;
  /** Runs what a page does in one go, with what it would find around it. */
  inPage<T>(page: Page, work: () => T): T;
  /** The page is gone without a word: the browser lets go of what it held. */
  release(page: Page): void;
  /** The page that holds a lock whose name begins so. */
  holder(beginning: string): Page | undefined;
  /** Takes the stand-ins away. */
  stop(): void;
}

interface Holder {
  readonly page: Page;
  readonly work: () => Promise<void>;
  readonly signal: AbortSignal;
}

const NAMES = ["window", "document", "navigator", "addEventListener", "BroadcastChannel"] as const;

/** Pages that call the shop by the same key are pages of one browser: their locks and channels bear its name. */
export function createPlatform(): Platform {
  const found = NAMES.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const);
  const surround = (around: Partial<Record<(typeof NAMES)[number], unknown>>): void => {
    for (const name of NAMES) Object.defineProperty(globalThis, name, { value: around[name], configurable: true, writable: true });
  };
  const locks = createLocks();
  let current: Page | undefined;
  const BroadcastChannel = createChannels(() => current);
  surround({ BroadcastChannel });
  return {
    openPage: () => ({ window: new EventTarget(), document: Object.assign(new EventTarget(), { visibilityState: "visible" as const }), isGone: false, isLeft: false }),
    inPage(page, work) {
      const { window, document } = page;
      current = page;
      surround({ window, document, BroadcastChannel, addEventListener: () => {}, navigator: { locks: locks.of(page) } });
      try {
        return work();
      } finally {
        current = undefined;
        surround({ BroadcastChannel });
      }
    },
    release(page) {
      page.isGone = true;
      locks.release(page);
    },
    holder: locks.holder,
    stop() {
      for (const [name, own] of found) own ? Object.defineProperty(globalThis, name, own) : delete (globalThis as Record<string, unknown>)[name];
    },
  };
}

/** Web Locks as far as one exclusive lock with a queue goes. */
function createLocks() {
  const queues = new Map<string, Holder[]>();
  const held = new Map<string, Holder>();

  const next = (name: string): void => {
    const waiting = (queues.get(name) ?? []).filter(({ page, signal }) => !page.isGone && !signal.aborted);
    const holder = held.has(name) ? undefined : waiting.shift();
    queues.set(name, waiting);
    if (holder === undefined) return;
    held.set(name, holder);
    void holder.work().finally(() => letGo(name, holder));
  };
  const letGo = (name: string, holder: Holder): void => {
    if (held.get(name) === holder) held.delete(name);
    next(name);
  };
  return {
    of: (page: Page) => ({
      async request(name: string, { signal }: { signal: AbortSignal }, work: () => Promise<void>): Promise<void> {
        queues.set(name, [...(queues.get(name) ?? []), { page, work, signal }]);
        await Promise.resolve(); // no browser grants a lock before the call returns
        next(name);
      },
    }),
    release(page: Page): void {
      for (const [name, holder] of [...held]) if (holder.page === page) letGo(name, holder);
    },
    holder: (beginning: string): Page | undefined => [...held].find(([name]) => name.startsWith(beginning))?.[1].page,
  };
}

/** BroadcastChannel: every other page of the same browser hears it, in its own turn. */
function createChannels(current: () => Page | undefined) {
  const open = new Map<string, Set<Channel>>();
  const pages = new Map<string, Set<Page>>();

  /** A page that comes back from the back/forward cache opens its channel while nobody looks: it is the one that has none. */
  const pageOf = (name: string): Page | undefined => {
    const known = pages.get(name) ?? new Set();
    const heard = new Set([...(open.get(name) ?? [])].map(({ page }) => page));
    const page = current() ?? [...known].find((other) => !other.isGone && !other.isLeft && !heard.has(other));
    if (page) pages.set(name, known.add(page));
    return page;
  };

  class Channel {
    onmessage: ((event: { data: unknown }) => void) | undefined;
    readonly page: Page | undefined;

    constructor(readonly name: string) {
      this.page = pageOf(name);
      open.set(name, (open.get(name) ?? new Set()).add(this));
    }

    postMessage(data: unknown): void {
      if (this.page?.isGone) return;
      for (const other of open.get(this.name) ?? []) if (other !== this) other.hear(structuredClone(data));
    }

    close(): void {
      open.get(this.name)?.delete(this);
    }

    hear(data: unknown): void {
      queueMicrotask(() => {
        if (!this.page?.isGone && open.get(this.name)?.has(this)) this.onmessage?.({ data });
      });
    }
  }
  return Channel;
}

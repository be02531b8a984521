/** Web Locks as browsers have them, as far as exclusive locks with a queue and taking by force go. */

interface Holder {
  readonly reject: (reason: unknown) => void;
}

export interface Locks {
  request(name: string, options: { signal?: AbortSignal; steal?: boolean }, work: () => Promise<void>): Promise<void>;
}

export function createLocks(): Locks {
  const holders = new Map<string, Holder>();
  const queues = new Map<string, (() => void)[]>();

  const grant = (name: string, work: () => Promise<void>, resolve: () => void, reject: (reason: unknown) => void): void => {
    const holder = { reject };
    holders.set(name, holder);
    void work().then(resolve, reject).finally(() => {
      if (holders.get(name) !== holder) return; // it was taken away meanwhile
      holders.delete(name);
      queues.get(name)?.shift()?.();
    });
  };

  return {
    request: (name, { signal, steal }, work) => new Promise((resolve, reject) => {
      const take = (): void => grant(name, work, resolve, reject);
      const queue = queues.get(name) ?? [];
      queues.set(name, queue);
      signal?.addEventListener("abort", () => {
        const place = queue.indexOf(take);
        if (place < 0) return;
        queue.splice(place, 1);
        reject(new DOMException("The request was aborted.", "AbortError"));
      });
      // No browser grants a lock before the call returns.
      queueMicrotask(() => {
        if (steal) holders.get(name)?.reject(new DOMException("Lock broken by another request with the 'steal' option.", "AbortError"));
        if (steal || (!holders.has(name) && queue.length === 0)) take();
        else queue.push(take);
      });
    }),
  };
}

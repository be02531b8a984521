/** The database as whoever runs the server sees it: how many jobs wait for it, and how long they take. */
import type { Store } from "../store/store.js";
import type { Measures } from "./measures.js";
import type { Trace } from "./trace.js";

/** The same store, observed. A job that has begun does not wait any more, even where it has to begin again. */
export function observedStore(store: Store, { meter, storeSeconds }: Measures, trace: Trace): Store {
  let waiting = 0;
  meter.gauge("carryover_store_waiting", "Jobs that wait for the database to take them up.", () => waiting);

  /** Hands the job over with a word for when it is taken up. */
  const timed = async <T>(name: string, hand: (begun: () => void) => Promise<T>): Promise<T> => {
    const askedAt = performance.now();
    let isWaiting = true;
    waiting += 1;
    const begun = (): void => {
      if (isWaiting) waiting -= 1;
      isWaiting = false;
    };
    try {
      return await trace.span(`store ${name}`, () => hand(begun));
    } finally {
      begun(); // also where it was turned away
      storeSeconds.observe((performance.now() - askedAt) / 1_000, name);
    }
  };

  return {
    isShared: store.isShared,
    get epoch() {
      return store.epoch;
    },
    restored: () => store.restored(),
    read: (job) => timed("read", (begun) => store.read((tx) => {
      begun();
      return job(tx);
    })),
    transact: (job, ahead) => timed("write", (begun) => store.transact((tx) => {
      begun();
      return job(tx);
    }, ahead)),
    shred: () => store.shred(),
    close: () => store.close(),
  };
}

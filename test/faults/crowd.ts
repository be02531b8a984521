/** Ten thousand devices under counted time, each with the patience of the real ones, before a server that comes and goes. */
import { RefusalError } from "../../src/browser/refusal.js";
import { createRetry } from "../../src/browser/retry.js";
import type { Dice } from "./dice.js";

/** Time that passes when told to, with the two calls that the device's patience is made of. */
export interface Hours {
  readonly now: number;
  setTimeout(run: () => void, ms: number): number;
  clearTimeout(id: number): void;
  /** Lets so many milliseconds pass. */
  pass(ms: number): Promise<void>;
}

export function createHours(): Hours {
  const due = new Map<number, Map<number, () => void>>();
  const places = new Map<number, number>();
  let [now, ids] = [0, 0];
  return {
    get now() {
      return now;
    },
    setTimeout(run, ms) {
      const at = now + Math.max(1, Math.trunc(ms)); // as browsers do
      due.set(at, (due.get(at) ?? new Map()).set(++ids, run));
      places.set(ids, at);
      return ids;
    },
    clearTimeout(id) {
      due.get(places.get(id) ?? -1)?.delete(id);
      places.delete(id);
    },
    async pass(ms) {
      await new Promise(setImmediate); // what has happened just now has its consequences first
      for (const end = now + ms; now < end; ) {
        now += 1;
        const jobs = due.get(now);
        due.delete(now);
        if (jobs === undefined) continue;
        for (const [id, run] of jobs) {
          places.delete(id);
          run();
        }
        await new Promise(setImmediate); // what was promised follows
      }
    },
  };
}

export interface Crowd {
  /** The server answers from now on, or does not. */
  isUp: boolean;
  /** Devices whose stream stands. */
  readonly standing: number;
  /** Devices that have something to send. */
  readonly waiting: number;
  /** Every stream ends with a goodbye, and the time within which to come back. */
  bye(withinMs: number): void;
  /** Every stream breaks off. */
  breakOff(): void;
  /** On every so-manyth device somebody does something. */
  shop(oneIn: number): void;
  /** Requests in each second from the first on. */
  perSecond(): number[];
}

/** Devices that follow their log, and send what was done on them. */
export function gather(size: number, hours: Hours, dice: Dice): Crowd {
  const asked: number[] = [];
  const streams = new Set<(error: RefusalError) => void>();
  const random = (bytes: number): Uint8Array => Uint8Array.from({ length: bytes }, () => dice.throw(256));
  const ask = (): void => {
    const second = Math.floor(hours.now / 1_000);
    asked[second] = (asked[second] ?? 0) + 1;
    if (!crowd.isUp) throw new RefusalError("unreachable");
  };
  const end = (reason: () => RefusalError): void => {
    const all = [...streams];
    streams.clear();
    for (const fail of all) fail(reason());
  };

  const follow = (): void => createRetry(random, {
    isDue: () => true,
    async once(succeeded) {
      ask();
      succeeded();
      await new Promise<void>((_, reject) => streams.add(reject));
    },
  }).start();

  const unsent = new Set<number>();
  const senders = Array.from({ length: size }, (_, device) => createRetry(random, {
    isDue: () => unsent.has(device),
    async once() {
      ask();
      unsent.delete(device);
    },
  }));

  const crowd: Crowd = {
    isUp: true,
    get standing() {
      return streams.size;
    },
    get waiting() {
      return unsent.size;
    },
    breakOff: () => end(() => new RefusalError("unreachable")),
    // As browser/pull does: a moment of its own within the time named.
    bye: (withinMs) => end(() => new RefusalError("unavailable", undefined, (withinMs * dice.throw(256)) / 256)),
    shop: (oneIn) => senders.forEach((sender, device) => {
      if (device % oneIn !== 0) return;
      unsent.add(device);
      sender.start();
    }),
    perSecond: () => Array.from(asked, (count = 0) => count),
  };
  senders.forEach(follow);
  return crowd;
}

/** The requests on their way up: what is in them, and how much of it a browser carries on for a page that is gone. */
import type { Event } from "../model/event.js";
import { RefusalError } from "./refusal.js";

/** Browsers carry on 64 KiB, of all requests of a page together; the shop may have some of its own. */
const LASTING_BYTES = 60_000;

interface Flight {
  readonly ids: ReadonlySet<string>;
  readonly lastingBytes: number;
  readonly giveUp: () => void;
}

export interface Flights {
  has(event: Event): boolean;
  readonly count: number;
  /** So many bytes may still be sent so that they outlive the page. */
  readonly room: number;
  /** Resolves or rejects as the first of those under way. */
  first(): Promise<void>;
  /** `send` is told whether the request may outlive the page. */
  start(events: readonly Event[], bytes: number, mayLast: boolean, send: (isLasting: boolean) => Promise<void>): Promise<void>;
  /** Waits for none of them any longer: a page that was away may wait in vain. */
  forget(): void;
}

export function createFlights(): Flights {
  const flights = new Map<Promise<void>, Flight>();

  const room = (): number => [...flights.values()].reduce((left, { lastingBytes }) => left - lastingBytes, LASTING_BYTES);

  return {
    has: ({ id }) => [...flights.values()].some(({ ids }) => ids.has(id)),
    get count() {
      return flights.size;
    },
    get room() {
      return room();
    },
    first: () => Promise.race(flights.keys()),
    start(events, bytes, mayLast, send) {
      const isLasting = mayLast && bytes <= room();
      let giveUp = (): void => {};
      const forgotten = new Promise<never>((_, reject) => (giveUp = () => reject(new RefusalError("unreachable"))));
      const flight = Promise.race([send(isLasting), forgotten]).finally(() => void flights.delete(flight));
      flights.set(flight, { ids: new Set(events.map(({ id }) => id)), lastingBytes: isLasting ? bytes : 0, giveUp });
      return flight;
    },
    forget: () => flights.forEach(({ giveUp }) => giveUp()),
  };
}

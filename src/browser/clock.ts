/** Corrected time: the device's clock, put right by the server's, never running backwards past what was seen. */

export interface Clock {
  /** ms since epoch. */
  now(): number;
  /** A time for a new event: later than every time seen so far. */
  stamp(): number;
  /** Another device's event was made then. */
  saw(at: number): void;
  /** The server's clock showed `server` while a request ran from `sentAt` to now, by the device's own clock. */
  measure(server: number, sentAt: number): void;
}

/**
 * A hybrid logical clock without its counter: a millisecond more is all the order that two numbers for the
 * same thing need. (Kulkarni et al., "Logical Physical Clocks", 2014.)
 */
export function createClock(now: () => number): Clock {
  let offset = 0;
  let latest = 0;
  return {
    now: () => now() + offset,
    stamp: () => (latest = Math.max(Math.round(now() + offset), latest + 1)),
    saw: (at) => void (latest = Math.max(latest, at)),
    measure: (server, sentAt) => void (offset = server - (sentAt + now()) / 2),
  };
}

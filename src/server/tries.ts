/** Counts wrong codes, so that guessing is hopeless and typing is not. */
import { CODES } from "./code.js";
import { Refused } from "./refusal.js";
import { remember } from "./remember.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Wrong codes a minute: from one address, at one place, from everybody together. */
const MOST = { address: 5, place: 20, all: 300 } as const;

/**
 * What guessers may hope for within an hour, all together: the sum of the chances that their wrong guesses had. A guess among
 * 1 000 live codes weighs as much as 1 000 guesses at one; whatever the crowd and the day, they do not get beyond this.
 */
export const HOPE_PER_HOUR = 1e-6;

/** So many addresses and places are remembered; the oldest are forgotten first, and the limit for all stands whatever they do. */
const REMEMBERED = 10_000;

/** Somebody who gives a code or a link. */
export interface Guess {
  readonly address: string;
  /** What was typed may be a guess; a link of 128 random bits is none, and has nothing to wait for but its own address. */
  readonly isTyped: boolean;
  /** The store or kiosk that the code is said to be of. */
  readonly place?: string | undefined;
  /** How many live codes the guess could meet. */
  readonly live: number;
}

export interface Tries {
  /** Refuses when this address, this place or everybody together has guessed wrong too often. */
  check(guess: Guess): void;
  /** Counts one wrong guess. */
  wrong(guess: Guess): void;
}

export function createTries(now: () => number): Tries {
  const [addresses, places, all] = [createCount(now), createCount(now), createCount(now)];
  /** Minute by minute, so that a crowd is not remembered guess by guess. */
  const spent: { readonly since: number; readonly at: number; readonly hope: number }[] = [];

  const refuseUntil = (at: number | undefined): void => {
    if (at !== undefined) throw new Refused("too-many-tries", "Too many wrong codes; wait a while, or scan the code instead.", at - now());
  };

  /** When there is hope to spare again for one guess among so many codes. */
  const overspentUntil = (live: number): number | undefined => {
    while ((spent[0]?.at ?? Infinity) <= now() - HOUR) spent.shift();
    const hope = spent.reduce((sum, minute) => sum + minute.hope, live / CODES);
    return hope > HOPE_PER_HOUR ? (spent[0]?.at ?? now()) + HOUR : undefined;
  };

  return {
    check({ address, isTyped, place, live }) {
      refuseUntil(addresses.fullUntil(address, MOST.address));
      if (!isTyped) return;
      if (place !== undefined) refuseUntil(places.fullUntil(place, MOST.place));
      refuseUntil(all.fullUntil("", MOST.all));
      refuseUntil(overspentUntil(live));
    },
    wrong({ address, isTyped, place, live }) {
      addresses.add(address);
      if (!isTyped) return;
      if (place !== undefined) places.add(place);
      all.add("");
      const last = spent.at(-1);
      const isSameMinute = last !== undefined && last.since > now() - MINUTE;
      const minute = isSameMinute ? (spent.pop() as typeof last) : { since: now(), hope: 0 };
      spent.push({ ...minute, at: now(), hope: minute.hope + live / CODES });
    },
  };
}

interface Count {
  /** When there is room again, if there have been `most` within the last minute. */
  fullUntil(key: string, most: number): number | undefined;
  add(key: string): void;
}

/** How often something happened within the last minute, for each of at most REMEMBERED. */
function createCount(now: () => number): Count {
  const times = new Map<string, readonly number[]>();
  const recent = (key: string): readonly number[] => (times.get(key) ?? []).filter((at) => at > now() - MINUTE);
  return {
    fullUntil(key, most) {
      const found = recent(key);
      return found.length >= most ? (found.at(-most) as number) + MINUTE : undefined;
    },
    add(key) {
      remember(times, key, [...recent(key), now()].slice(-MOST.all), REMEMBERED);
    },
  };
}

/** How often a code may be wrong, so that guessing is hopeless and typing is not; and what this process has counted itself. */
import { CODES } from "./code.js";
import { Refused } from "./refusal.js";
import { remember } from "./remember.js";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** Wrong codes a minute: from one address, at one place, from everybody together. */
export const MOST = { address: 5, place: 20, all: 300 } as const;

/**
 * What guessers may hope for within an hour, all together: the sum of the chances that their wrong guesses had. A guess among
 * 1 000 live codes weighs as much as 1 000 guesses at one; whatever the crowd and the day, they do not get beyond this.
 */
export const HOPE_PER_HOUR = 1e-6;

/** So many addresses and places are remembered; the oldest are forgotten first, and the limit for all stands whatever they do. */
const REMEMBERED = 10_000;
/** How many codes are live changes from second to second, and with it whether there is hope to spare. */
const HOPELESS_MS = 1_000;

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

/** What was counted that concerns a guess, all in ms since epoch. */
export interface Counted {
  /** When the earliest was given of so many wrong codes within a minute as there may be; absent while there are fewer. */
  readonly address?: number | undefined;
  readonly place?: number | undefined;
  readonly all?: number | undefined;
  /** Spent within the hour, and when the first of it was. */
  readonly hope: number;
  readonly since?: number | undefined;
}

/** Which limit is reached, and when there is room again. */
export interface Limit {
  readonly of: "address" | "place" | "all" | "hope";
  readonly until: number;
}

/** The first limit that stands against a guess. */
export function limitOf({ isTyped, live }: Guess, { address, place, all, hope, since }: Counted, now: number): Limit | undefined {
  if (address !== undefined) return { of: "address", until: address + MINUTE };
  if (!isTyped) return undefined;
  if (place !== undefined) return { of: "place", until: place + MINUTE };
  if (all !== undefined) return { of: "all", until: all + MINUTE };
  return hope + live / CODES > HOPE_PER_HOUR ? { of: "hope", until: (since ?? now) + HOUR } : undefined;
}

export function tooMany({ until }: Limit, now: number): Refused {
  return new Refused("too-many-tries", "Too many wrong codes; wait a while, or scan the code instead.", until - now);
}

export interface Tries {
  /** Refuses when this address, this place or everybody together has guessed wrong too often. */
  check(guess: Guess): void;
  /** Counts one wrong guess. */
  wrong(guess: Guess): void;
  /** All processes together have reached a limit: refused here until then, without asking again. */
  note(guess: Guess, limit: Limit): void;
}

export function createTries(now: () => number): Tries {
  const [addresses, places, all] = [createCount(now), createCount(now), createCount(now)];
  const spent = createSpending(now);
  /** Limits that all processes together have reached. */
  const noted = new Map<string, Limit>();

  const counted = ({ address, place }: Guess): Counted => ({
    address: addresses.fullSince(address, MOST.address), place: place === undefined ? undefined : places.fullSince(place, MOST.place), all: all.fullSince("", MOST.all), ...spent.sum(),
  });
  const standing = (guess: Guess): Limit | undefined => Object.values(keysOf(guess)).map((key) => noted.get(key)).find((limit) => limit !== undefined && limit.until > now());

  return {
    check(guess) {
      const limit = limitOf(guess, counted(guess), now()) ?? (guess.isTyped ? standing(guess) : undefined);
      if (limit !== undefined) throw tooMany(limit, now());
    },
    wrong({ address, isTyped, place, live }) {
      addresses.add(address);
      if (!isTyped) return;
      if (place !== undefined) places.add(place);
      all.add("");
      spent.add(live / CODES);
    },
    note: (guess, { of, until }) => remember(noted, keysOf(guess)[of], { of, until: of === "hope" ? Math.min(until, now() + HOPELESS_MS) : until }, REMEMBERED),
  };
}

/** Under which name each limit stands that may be in the way of a guess. */
function keysOf({ address, place = "" }: Guess): Readonly<Record<Limit["of"], string>> {
  return { address: `address ${address}`, place: `place ${place}`, all: "all", hope: `hope ${place}` };
}

/** The hope that was spent within the last hour. */
function createSpending(now: () => number): { add(hope: number): void; sum(): Pick<Counted, "hope" | "since"> } {
  /** Minute by minute, so that a crowd is not remembered guess by guess. */
  const spent: { readonly since: number; readonly at: number; readonly hope: number }[] = [];
  return {
    add(hope) {
      const last = spent.at(-1);
      const isSameMinute = last !== undefined && last.since > now() - MINUTE;
      const minute = isSameMinute ? (spent.pop() as typeof last) : { since: now(), hope: 0 };
      spent.push({ ...minute, at: now(), hope: minute.hope + hope });
    },
    sum() {
      while ((spent[0]?.at ?? Infinity) <= now() - HOUR) spent.shift();
      return { hope: spent.reduce((sum, minute) => sum + minute.hope, 0), since: spent[0]?.at };
    },
  };
}

interface Count {
  /** When the earliest of the last `most` was, if there have been so many within the last minute. */
  fullSince(key: string, most: number): number | undefined;
  add(key: string): void;
}

/** How often something happened within the last minute, for each of at most REMEMBERED. */
function createCount(now: () => number): Count {
  const times = new Map<string, readonly number[]>();
  const recent = (key: string): readonly number[] => (times.get(key) ?? []).filter((at) => at > now() - MINUTE);
  return {
    fullSince: (key, most) => recent(key).at(-most),
    add(key) {
      remember(times, key, [...recent(key), now()].slice(-MOST.all), REMEMBERED);
    },
  };
}

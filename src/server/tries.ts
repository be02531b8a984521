/** Counts wrong codes, so that guessing is hopeless and typing is not. */
import { Refused } from "./refusal.js";

const MINUTE = 60_000;

export interface Tries {
  /** Refuses when this address, or everybody together, has guessed wrong too often within the last minute. */
  check(address: string): void;
  /** Counts one wrong guess. */
  wrong(address: string): void;
}

/** 5 wrong codes a minute from one address, 300 from all together (HANDOFF.md: a breaker for all). */
export function createTries(now: () => number, perAddress = 5, perAll = 300): Tries {
  const byAddress = new Map<string, number[]>();
  let all: number[] = [];
  const recent = (times: readonly number[]): number[] => times.filter((at) => at > now() - MINUTE);

  return {
    check(address) {
      all = recent(all);
      const own = recent(byAddress.get(address) ?? []);
      const first = own.length >= perAddress ? own[0] : all.length >= perAll ? all[0] : undefined;
      if (first !== undefined) throw new Refused("too-many-tries", "Too many wrong codes; wait a minute.", first + MINUTE - now());
    },
    wrong(address) {
      all = [...recent(all), now()];
      byAddress.set(address, [...recent(byAddress.get(address) ?? []), now()]);
      if (byAddress.size > 10_000) for (const [key, times] of byAddress) if (recent(times).length === 0) byAddress.delete(key);
    },
  };
}

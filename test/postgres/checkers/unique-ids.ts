/** Each number of a log was given to one event, and each event was told one number. */
import type { Sent } from "./history.js";

export interface UniqueIds {
  /** Numbers that two events were acknowledged with. */
  readonly twice: readonly number[];
  /** Events that were told two numbers. */
  readonly moved: readonly string[];
}

/** `told` is every acknowledgement of one log, those of repetitions included. */
export function checkUniqueIds(told: readonly Sent[]): UniqueIds {
  const [events, numbers] = [new Map<number, Set<string>>(), new Map<string, Set<number>>()];
  for (const { id, seq } of told) {
    if (seq === undefined) continue;
    events.set(seq, (events.get(seq) ?? new Set()).add(id));
    numbers.set(id, (numbers.get(id) ?? new Set()).add(seq));
  }
  return {
    twice: [...events].filter(([, ids]) => ids.size > 1).map(([seq]) => seq),
    moved: [...numbers].filter(([, seqs]) => seqs.size > 1).map(([id]) => id),
  };
}

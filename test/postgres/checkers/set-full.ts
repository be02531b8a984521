/** Every event that was acknowledged is in the log in the end, once, for good. */
import type { Heard, Sent } from "./history.js";

export interface SetFull {
  /** Acknowledged, and not there. */
  readonly lost: readonly string[];
  /** There more than once. */
  readonly doubled: readonly string[];
  /** There, though nobody sent it. */
  readonly unexpected: readonly string[];
}

/** `sent` and `log` are of one log; `own` are ids that the server wrote in its own name. */
export function checkSetFull(sent: readonly Sent[], log: readonly Heard[], own: ReadonlySet<string> = new Set()): SetFull {
  const times = new Map<string, number>();
  for (const { id } of log) times.set(id, (times.get(id) ?? 0) + 1);
  const known = new Set(sent.map(({ id }) => id));
  return {
    lost: sent.filter(({ id, seq }) => seq !== undefined && !times.has(id)).map(({ id }) => id),
    doubled: [...times].filter(([, n]) => n > 1).map(([id]) => id),
    unexpected: [...times.keys()].filter((id) => !known.has(id) && !own.has(id)),
  };
}

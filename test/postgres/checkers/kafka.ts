/** Whoever listens to a log hears it from where it began: every number, in order, each with the event that the log has there. */
import type { Heard, Listener } from "./history.js";

export interface Kafka {
  /** Heard a number that does not follow the one before: something was passed over. */
  readonly skipped: readonly string[];
  /** Heard a number again, or an earlier one. */
  readonly repeated: readonly string[];
  /** Heard another event under a number than the log has there. */
  readonly otherwise: readonly string[];
  /** Has not heard the log's end, though it had time to. */
  readonly stuck: readonly string[];
}

export function checkKafka(listeners: readonly Listener[], log: readonly Heard[]): Kafka {
  const ids = new Map(log.map(({ seq, id }) => [seq, id]));
  const head = Math.max(0, ...ids.keys());
  const found = listeners.map(({ device, from, heard }) => {
    const steps = heard.map(({ seq }, i) => seq - (heard[i - 1]?.seq ?? from));
    return {
      device,
      skipped: steps.some((step) => step > 1),
      repeated: steps.some((step) => step < 1),
      otherwise: heard.some(({ seq, id }) => ids.get(seq) !== id),
      stuck: Math.max(from, ...heard.map(({ seq }) => seq)) < head,
    };
  });
  const those = (fault: "skipped" | "repeated" | "otherwise" | "stuck"): string[] => found.filter((one) => one[fault]).map(({ device }) => device);
  return { skipped: those("skipped"), repeated: those("repeated"), otherwise: those("otherwise"), stuck: those("stuck") };
}

/** What one job has been told by PostgreSQL already, so that it need not ask again. */
import type { CredentialRow, DeviceRow, HandoffRow, LogRow } from "./store.js";

/** All that was found with the proof of a device. */
export interface Found {
  readonly device: DeviceRow;
  readonly log: LogRow | null;
  readonly loan: HandoffRow | null;
  /** Ids that were asked for, and the seqs of those that stand in the log. */
  readonly events: readonly string[];
  readonly seqs: Readonly<Record<string, number>>;
}

/** Nobody else changes any of it while the job runs; what the job changes itself it takes out. */
export interface Known {
  readonly credentials: Map<string, CredentialRow>;
  readonly devices: Map<string, DeviceRow>;
  readonly logs: Map<string, LogRow>;
  /** By the device that may have borrowed a cart. */
  readonly loans: Map<string, HandoffRow | undefined>;
  /** Whether they were used. */
  readonly proofs: Map<string, boolean>;
  /** The log of the device that the job is for. */
  readonly log: string | undefined;
  /** Undefined when the database has to be asked. */
  seqsOf(log: string, ids: readonly string[]): ReadonlyMap<string, number> | undefined;
  take(found: Found): void;
  /** Entries were added. */
  appended(): void;
  forget(): void;
}

export function createKnown(): Known {
  const [credentials, devices, logs, loans] = [new Map<string, CredentialRow>(), new Map<string, DeviceRow>(), new Map<string, LogRow>(), new Map<string, HandoffRow | undefined>()];
  let own: string | undefined;
  let ahead: { readonly log: string; readonly asked: ReadonlySet<string>; readonly seqs: Readonly<Record<string, number>> } | undefined;
  return {
    credentials, devices, logs, loans, proofs: new Map(),
    get log() {
      return own;
    },
    seqsOf(log, ids) {
      if (ahead === undefined || ahead.log !== log) return undefined;
      const { asked, seqs } = ahead;
      return ids.every((id) => asked.has(id)) ? new Map(ids.flatMap((id) => (Object.hasOwn(seqs, id) ? [[id, seqs[id] as number] as const] : []))) : undefined;
    },
    take({ device, log, loan, events, seqs }) {
      own ??= device.log;
      devices.set(device.hash, device);
      if (log !== null) logs.set(log.id, log);
      loans.set(device.hash, loan ?? undefined);
      if (events.length > 0) ahead = { log: device.log, asked: new Set(events), seqs };
    },
    appended: () => void (ahead = undefined),
    forget: () => [credentials, devices, logs, loans].forEach((rows) => rows.clear()),
  };
}

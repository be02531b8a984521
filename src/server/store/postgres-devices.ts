/** Devices and what proves them, in PostgreSQL; and with the proof all that a request asks for next. */
import { sealKey } from "../credential.js";
import { HANDOFFS } from "./postgres-handoffs.js";
import type { Found, Known } from "./postgres-known.js";
import { ENTRIES, LOGS } from "./postgres-logs.js";
import { createTable, isStorable } from "./postgres-table.js";
import { readHeld, type Work } from "./postgres-work.js";
import type { Ahead, CredentialRow, DeviceRow, Transaction } from "./store.js";

export const DEVICES = createTable<DeviceRow>("devices", {
  hash: "hash", device: "device", site: "site", log: "log", channel: "channel", name: "name", isRevoked: "is_revoked", cameFrom: "came_from",
  seenAt: "seen_at", signedInAt: "signed_in_at", thumbprint: "thumbprint", kiosk: "kiosk", store: "store", kioskStart: "kiosk_start",
});

const CREDENTIALS = createTable<CredentialRow & { readonly seal: string }>("credentials", { hash: "hash", seal: "seal", device: "device", chain: "chain", usedAt: "used_at", retiresAt: "retires_at" });

type Devices = Pick<Transaction, "device" | "putDevice" | "devicesOf" | "logsOfDevices" | "credential" | "credentialsOf" | "credentialBySeal" | "putCredential" | "dropCredential">;

const logOfDevice = `SELECT log FROM ${DEVICES.name} WHERE hash = $1`;

/** `ahead` is what the job will ask for once it knows the device. */
export function devicesIn(work: Work, known: Known, ahead: Ahead | undefined): Devices {
  return { ...devices(work, known), ...credentials(work, known, ahead) };
}

function devices(work: Work, known: Known): Pick<Devices, "device" | "putDevice" | "devicesOf" | "logsOfDevices"> {
  const select = (condition: string, values: readonly unknown[]) => () => work.ask(`SELECT ${DEVICES.columns} FROM ${DEVICES.name} WHERE ${condition}`, values);
  return {
    async device(hash) {
      const seen = known.devices.get(hash);
      if (seen !== undefined) return seen;
      const [found] = await readHeld(work, [logOfDevice, [hash]], select("hash = $1", [hash]), (row) => DEVICES.row(row).log);
      return found && DEVICES.row(found);
    },
    devicesOf: async (log) => (await readHeld(work, ["SELECT $1::text", [log]], select("log = $1 ORDER BY hash", [log]), () => undefined)).map(DEVICES.row),
    async logsOfDevices(hashes) {
      const rows = await work.ask<{ hash: string; log: string }>(`SELECT hash, log FROM ${DEVICES.name} WHERE hash = ANY($1::text[]) AND NOT is_revoked`, [hashes]);
      return new Map(rows.map(({ hash, log }) => [hash, log]));
    },
    async putDevice(row) {
      known.devices.delete(row.hash);
      work.tell(DEVICES.put, DEVICES.values(row));
    },
  };
}

/** What a proof leads to, in one row. */
export interface Proof {
  readonly credential: object;
  readonly device: object | null;
  readonly log: object | null;
  readonly loan: object | null;
}

interface ProofOfOne extends Proof {
  /** Of the events that are to be written, those that stand in the log already. */
  readonly seqs: Readonly<Record<string, number>> | null;
}

const PROVEN = "row_to_json(c) AS credential, row_to_json(d) AS device, row_to_json(l) AS log, row_to_json(h) AS loan";
const LED_TO = `FROM ${CREDENTIALS.name} c LEFT JOIN ${DEVICES.name} d ON d.hash = c.device LEFT JOIN ${LOGS.name} l ON l.id = d.log
  LEFT JOIN ${HANDOFFS.name} h ON h.receiver = d.hash AND h.status = 'lent' WHERE`;

const SEQS = `(SELECT json_object_agg(e.id, e.seq) FROM ${ENTRIES} e WHERE e.log = d.log AND e.id = ANY($2::text[])) AS seqs`;
const PROOF = `SELECT ${PROVEN}, ${SEQS} ${LED_TO}`;
/** Takes hashes of credentials. */
export const PROOFS = `SELECT ${PROVEN} ${LED_TO} c.hash = ANY($1::text[])`;

export const logOfCredential = `SELECT d.log FROM ${CREDENTIALS.name} c JOIN ${DEVICES.name} d ON d.hash = c.device WHERE`;

export function credentialIn({ credential }: Pick<Proof, "credential">): CredentialRow {
  const { seal: _, ...row } = CREDENTIALS.row(credential);
  return row;
}

export function foundIn({ device, log, loan }: Proof, events: readonly string[], seqs: Readonly<Record<string, number>>): Found | undefined {
  return device === null ? undefined : { device: DEVICES.row(device), log: log && LOGS.row(log), loan: loan && HANDOFFS.row(loan), events, seqs };
}

function credentials(work: Work, known: Known, ahead: Ahead | undefined): Omit<Devices, "device" | "putDevice" | "devicesOf" | "logsOfDevices"> {
  /** Not found by this job: whoever is faster to write it makes the job run again. */
  const missed = new Set<string>();
  const prove = async (condition: string, value: string): Promise<CredentialRow | undefined> => {
    const events = (ahead?.credential === value ? ahead.events : []).filter(isStorable);
    const ask = (): Promise<readonly ProofOfOne[]> => work.ask<ProofOfOne>(`${PROOF} ${condition}`, [value, events]);
    const [found] = await readHeld(work, [`${logOfCredential} ${condition}`, [value]], ask, ({ device }) => (device === null ? undefined : DEVICES.row(device).log));
    if (found === undefined) return undefined;
    const rest = foundIn(found, events, found.seqs ?? {});
    if (rest !== undefined) known.take(rest);
    return credentialIn(found);
  };
  return {
    async credential(hash) {
      const found = known.credentials.get(hash) ?? (await prove("c.hash = $1", hash));
      if (found === undefined) missed.add(hash);
      else known.credentials.set(hash, found);
      return found;
    },
    credentialBySeal: (key) => prove("c.seal = $1", key),
    async credentialsOf(device) {
      const read = () => work.ask(`SELECT ${CREDENTIALS.columns} FROM ${CREDENTIALS.name} WHERE device = $1 ORDER BY hash`, [device]);
      const found = await readHeld(work, [logOfDevice, [device]], read, () => undefined);
      return found.map((credential) => credentialIn({ credential }));
    },
    async putCredential(row) {
      known.credentials.delete(row.hash);
      work.tell(missed.delete(row.hash) ? CREDENTIALS.add : CREDENTIALS.put, CREDENTIALS.values({ ...row, seal: sealKey(row.hash) }));
    },
    async dropCredential(hash) {
      known.credentials.delete(hash);
      work.tell(`DELETE FROM ${CREDENTIALS.name} WHERE hash = $1`, [hash]);
    },
  };
}

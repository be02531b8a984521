/** The log in a SQLite file: embedded, durable, nothing to install. */
import { randomBytes } from "node:crypto";
import Database from "libsql";
import type { Entry } from "../../model/event.js";
import { Refused } from "../refusal.js";
import { createGroup } from "./group.js";
import { migrations } from "./migrations.js";
import { isMoved, refuseMoved } from "./moved.js";
import { alone } from "./sqlite-alone.js";
import { credentialsIn, ERASE_CREDENTIALS, ERASE_TOKENS, tokensIn } from "./sqlite-credentials.js";
import { ERASE_OBSERVATIONS, observationsOf } from "./sqlite-observations.js";
import { endpointsIn } from "./sqlite-endpoints.js";
import { refuseNewer } from "./newer.js";
import { farewellIn, feedIn } from "./sqlite-feed.js";
import { kiosksIn } from "./sqlite-kiosks.js";
import { receiptsIn } from "./sqlite-receipts.js";
import { present, rowBy } from "./sqlite-row.js";
import type { DeviceRow, HandoffRow, LogRow, Store, StoredSnapshot, Transaction } from "./store.js";

type Db = InstanceType<typeof Database>;

/** How long another process that writes is waited for. */
const BUSY_MS = 5_000;

/**
 * Opens or makes a database; `:memory:` keeps nothing. Throws when the file cannot be opened or was made by a
 * newer version, or its data was moved to another database.
 */
export function openSqlite(file: string): Store {
  const db = new Database(file);
  // WAL with FULL: an acknowledged commit is on the disk, not only with the operating system.
  // What is erased is overwritten: somebody who was forgotten is not to be found in a copy of the file.
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA busy_timeout = ${BUSY_MS};`);
  refuseMoved(db, file);
  migrate(db);
  const tx = transaction(db);
  // The driver ends the whole process when it is asked after its end.
  let isClosed = false;
  const open = <T>(job: () => Promise<T>): Promise<T> => (!isClosed ? job() : Promise.reject(new Refused("unavailable", "The server has stopped.")));
  const doing = (sql: string): (() => void) => { // read once, not with every push
    const statement = db.prepare(sql);
    return () => void statement.run();
  };
  const group = createGroup({
    look: doing("BEGIN"),
    begin: doing("BEGIN IMMEDIATE"),
    commit: doing("COMMIT"),
    rollback: () => db.inTransaction && db.exec("ROLLBACK"),
    savepoint: doing("SAVEPOINT job"),
    release: doing("RELEASE job"),
    undo: () => db.exec("ROLLBACK TO job; RELEASE job"),
    isOpen: () => db.inTransaction,
  });
  let epoch = epochOf(db);
  return {
    isShared: false,
    get epoch() {
      return epoch;
    },
    restored: async () => void (epoch = await group.add(async () => nextEpoch(db, epoch)).catch(refuse)),
    read: (job) => open(() => group.read(() => job(tx))),
    transact: (job) => open(() => group.add(() => job(tx))).catch(refuse),
    shred: () => open(() => group.between(() => impatiently(db, makeWhole))),
    close: async () => {
      isClosed = true;
      await group.idle();
      if (db.open) makeWhole(db); // to close twice does no harm
      db.close();
    },
  };
}

/** No room for the data, for its index of what was written last, or more than a quota or limit allows. */
const FULL = ["SQLITE_FULL", "SQLITE_IOERR_SHMSIZE", "SQLITE_IOERR_WRITE"];
/** Room is made by people. */
const FULL_RETRY_MS = 10_000;
/** Until the data is in the other database, and whoever moves it has started servers there. */
const MOVED_RETRY_MS = 5_000;

function isFull(error: unknown): boolean {
  return error instanceof Database.SqliteError && FULL.includes(error.code);
}

function refuse(error: unknown): never {
  if (isMoved(error)) throw new Refused("unavailable", "What this server keeps is being moved to another database; this may be sent again.", MOVED_RETRY_MS);
  if (!isFull(error)) throw error;
  throw new Refused("database-full", "The disk of the server takes no more; nothing of this was written, and it may be sent again.", FULL_RETRY_MS, error);
}

function migrate(db: Db): void {
  const { user_version: version } = db.prepare("PRAGMA user_version").get() as { user_version: number };
  refuseNewer("the database", version, migrations.length);
  migrations.slice(version).forEach((step, i) => {
    db.exec(`BEGIN IMMEDIATE; ${step}; PRAGMA user_version = ${version + i + 1}; COMMIT;`);
  });
}

/** Leaves one file with everything in it, for whoever copies it; without room for that, the -wal beside it keeps the rest. */
function makeWhole(db: Db): void {
  try {
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } catch (error) {
    if (!isFull(error)) throw error;
  }
}

/** Whoever reads or writes at this moment is not waited for: the server would stand still. */
function impatiently(db: Db, work: (db: Db) => void): void {
  db.exec("PRAGMA busy_timeout = 0");
  try {
    work(db);
  } finally {
    db.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
  }
}

function drawEpoch(): string {
  return randomBytes(6).toString("base64url");
}

/** Notes how far each log goes that devices of the epoch before have read as well. */
export function nextEpoch(db: Db, before: string): string {
  const drawn = drawEpoch();
  db.prepare("INSERT OR REPLACE INTO restores (log, epoch, head) SELECT id, ?, head FROM logs").run(before);
  db.prepare("UPDATE meta SET value = ? WHERE name = 'epoch'").run(drawn);
  return drawn;
}

function epochOf(db: Db): string {
  db.prepare("INSERT OR IGNORE INTO meta (name, value) VALUES ('epoch', ?)").run(drawEpoch());
  return (db.prepare("SELECT value FROM meta WHERE name = 'epoch'").get() as { value: string }).value;
}

function transaction(db: Db): Transaction {
  return { ...logsOf(db), ...entriesOf(db), ...devicesOf(db), ...credentialsIn(db), ...tokensIn(db), ...handoffsOf(db), ...receiptsIn(db), ...observationsOf(db), ...kiosksIn(db, DEVICE, deviceIn), ...feedIn(db), ...endpointsIn(db), ...alone };
}

type Part<K extends keyof Transaction> = Pick<Transaction, K>;

function logsOf(db: Db): Part<"log" | "heads" | "customerLog" | "logsInto" | "putLog" | "eraseLog" | "expiredLogs"> {
  const columns = "id, site, head, hash, customer, merged_into AS mergedInto, expires_at AS expiresAt";
  const byId = rowBy<LogRow>(db, columns, "logs WHERE id = ?");
  const byCustomer = rowBy<LogRow>(db, columns, "logs WHERE site = ? AND customer = ?");
  const into = db.prepare(`SELECT ${columns} FROM logs WHERE merged_into = ? ORDER BY id`);
  const goOn = db.prepare("UPDATE logs SET head = ?, hash = ? WHERE id = ? AND site = ? AND customer IS ? AND merged_into IS ? AND expires_at IS ?");
  const put = db.prepare("INSERT OR REPLACE INTO logs (id, site, head, hash, customer, merged_into, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)");
  const expired = db.prepare("SELECT id FROM logs WHERE expires_at < ? LIMIT ?");
  const erase = ["handoffs", "devices", "restores", "snapshots", "entries"].map((table) => db.prepare(`DELETE FROM ${table} WHERE log = ?`));
  const ofDevices = [ERASE_OBSERVATIONS, ERASE_CREDENTIALS, ERASE_TOKENS].map((statement) => db.prepare(statement)); // while it is known which they are
  const eraseRow = db.prepare("DELETE FROM logs WHERE id = ?");
  const bidFarewell = farewellIn(db);
  return {
    log: async (id) => byId(id),
    heads: async (ids) => new Map(ids.flatMap((id) => {
      const row = byId(id);
      return row === undefined ? [] : [[id, row.head] as const];
    })),
    customerLog: async (site, customer) => byCustomer(site, customer),
    logsInto: async (id) => into.all(id).map((row) => present<LogRow>(row) as LogRow),
    putLog: async ({ id, site, head, hash, ...row }) => {
      const rest = [row.customer, row.mergedInto, row.expiresAt].map((value) => value ?? null);
      if (goOn.run(head, hash, id, site, ...rest).changes === 0) put.run(id, site, head, hash, ...rest); // most go on, and no index is touched
    },
    eraseLog: async (id, now) => {
      bidFarewell(id, now);
      for (const statement of [...ofDevices, ...erase, eraseRow]) statement.run(id);
    },
    expiredLogs: async (now, limit) => (expired.all(now, limit) as { id: string }[]).map((row) => row.id),
  };
}

function entriesOf(db: Db): Part<"append" | "entries" | "seqsOf" | "hashAt" | "restoredHead" | "snapshot" | "putSnapshot"> {
  const insert = db.prepare("INSERT INTO entries (log, seq, id, hash, body) VALUES (?, ?, ?, ?, ?)");
  const after = db.prepare("SELECT seq, id, body FROM entries WHERE log = ? AND seq > ? ORDER BY seq LIMIT ?");
  const seqOf = db.prepare("SELECT seq FROM entries WHERE log = ? AND id = ?");
  const hashAt = db.prepare("SELECT hash FROM entries WHERE log = ? AND seq = ?");
  const restoredHead = db.prepare("SELECT head FROM restores WHERE log = ? AND epoch = ?");
  const snapshot = db.prepare("SELECT seq, hash, fold, state FROM snapshots WHERE log = ?");
  const putSnapshot = db.prepare("INSERT OR REPLACE INTO snapshots (log, seq, hash, fold, state) VALUES (?, ?, ?, ?, ?)");
  return {
    append: async (log, entries, hashes) => entries.forEach(({ seq, id, ...body }, i) => {
      insert.run(log, seq, id, hashes[i] as number, JSON.stringify(body));
    }),
    entries: async (log, seq, limit) => (after.all(log, seq, limit) as { seq: number; id: string; body: string }[])
      .map((row) => ({ ...(JSON.parse(row.body) as Omit<Entry, "seq" | "id">), seq: row.seq, id: row.id })),
    seqsOf: async (log, ids) => new Map(ids.flatMap((id) => {
      const row = seqOf.get(log, id) as { seq: number } | undefined;
      return row === undefined ? [] : [[id, row.seq] as const];
    })),
    hashAt: async (log, seq) => (hashAt.get(log, seq) as { hash: number } | undefined)?.hash,
    restoredHead: async (log, epoch) => (restoredHead.get(log, epoch) as { head: number } | undefined)?.head,
    snapshot: async (log) => {
      const row = snapshot.get(log) as (Omit<StoredSnapshot, "state"> & { state: string }) | undefined;
      return row && { seq: row.seq, hash: row.hash, fold: row.fold, state: JSON.parse(row.state) };
    },
    putSnapshot: async (log, { seq, hash, fold, state }) => {
      putSnapshot.run(log, seq, hash, fold, JSON.stringify(state));
    },
  };
}

const DEVICE = "hash, device, site, log, channel, name, is_revoked AS isRevoked, seen_at AS seenAt, signed_in_at AS signedInAt, thumbprint, came_from AS cameFrom, kiosk, kiosk_start AS kioskStart, store";

function deviceIn(row: unknown): DeviceRow | undefined {
  return told(present<DeviceRow>(row));
}

function told(device: DeviceRow | undefined): DeviceRow | undefined {
  return device && { ...device, isRevoked: Boolean(device.isRevoked) };
}

function devicesOf(db: Db): Part<"device" | "putDevice" | "devicesOf" | "logsOfDevices"> {
  const byHash = rowBy<DeviceRow>(db, DEVICE, "devices WHERE hash = ?");
  const byLog = db.prepare(`SELECT ${DEVICE} FROM devices WHERE log = ? ORDER BY hash`);
  const put = db.prepare(`INSERT OR REPLACE INTO devices
    (hash, device, site, log, channel, name, is_revoked, seen_at, signed_in_at, thumbprint, came_from, kiosk, kiosk_start, store) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  return {
    device: async (hash) => told(byHash(hash)),
    logsOfDevices: async (hashes) => new Map(hashes.flatMap((hash) => {
      const row = told(byHash(hash));
      return row === undefined || row.isRevoked ? [] : [[hash, row.log] as const];
    })),
    devicesOf: async (log) => byLog.all(log).map((found) => deviceIn(found) as DeviceRow),
    putDevice: async (d) => {
      const rest = [d.seenAt, d.signedInAt, d.thumbprint, d.cameFrom, d.kiosk, d.kioskStart, d.store].map((value) => value ?? null);
      put.run(d.hash, d.device, d.site, d.log, d.channel, d.name ?? null, d.isRevoked ? 1 : 0, ...rest);
    },
  };
}

function handoffsOf(db: Db): Part<"handoff" | "hasHandoff" | "liveHandoffs" | "handoffOf" | "handoffsOf" | "loanTo" | "putHandoff" | "dropHandoffs"> {
  const columns = "id, code_hash AS codeHash, token_hash AS tokenHash, site, mode, status, offerer, log, url, expires_at AS expiresAt, receiver, number, place, looks, ends_at AS endsAt, target, since";
  const byKey = rowBy<HandoffRow>(db, columns, "handoffs WHERE site = ?1 AND (code_hash = ?2 OR token_hash = ?2)");
  const live = db.prepare("SELECT count(*) AS n FROM handoffs WHERE site = ? AND place IS ? AND expires_at >= ? AND status IN ('offered', 'opened', 'to-approve')");
  const byOfferer = rowBy<HandoffRow>(db, columns, "handoffs WHERE offerer = ? ORDER BY expires_at DESC, status = 'declined' LIMIT 1");
  const byLog = db.prepare(`SELECT ${columns} FROM handoffs WHERE log = ? ORDER BY id`);
  const lent = rowBy<HandoffRow>(db, columns, "handoffs WHERE receiver = ? AND status = 'lent'");
  const put = db.prepare("INSERT OR REPLACE INTO handoffs (id, code_hash, token_hash, site, mode, status, offerer, log, url, expires_at, receiver, number, ends_at, target, since, place, looks) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const drop = db.prepare("DELETE FROM handoffs WHERE expires_at < ?1 AND (ends_at IS NULL OR ends_at < ?1)");
  return {
    handoff: async (site, keyHash) => byKey(site, keyHash),
    hasHandoff: async (site, keyHash) => byKey(site, keyHash) !== undefined,
    liveHandoffs: async (site, place, now) => (live.get(site, place ?? null, now) as { n: number }).n,
    handoffOf: async (offerer) => byOfferer(offerer),
    handoffsOf: async (log) => byLog.all(log).map((row) => present<HandoffRow>(row) as HandoffRow),
    loanTo: async (receiver) => lent(receiver),
    putHandoff: async (h) => {
      const more = [h.url, h.expiresAt, h.receiver, h.number, h.endsAt, h.target, h.since, h.place, h.looks].map((value) => value ?? null);
      put.run(h.id, h.codeHash, h.tokenHash, h.site, h.mode, h.status, h.offerer, h.log, ...more);
    },
    dropHandoffs: async (before) => {
      drop.run(before);
    },
  };
}

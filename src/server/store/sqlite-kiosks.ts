/** Screens in stores, in SQLite. */
import type Database from "libsql";
import type { KioskReading, KioskRow, KioskWriting } from "./kiosks.js";
import type { DeviceRow } from "./store.js";

type Db = InstanceType<typeof Database>;

const COLUMNS = "id, site, store, name, code_hash AS codeHash, code_expires_at AS codeExpiresAt, hash, started_at AS startedAt, is_removed AS isRemoved";

/** `deviceIn` makes a device of a row. */
export function kiosksIn(db: Db, deviceColumns: string, deviceIn: (row: unknown) => DeviceRow | undefined): KioskReading & KioskWriting {
  const where = (condition: string) => db.prepare(`SELECT ${COLUMNS} FROM kiosks WHERE ${condition}`);
  const [byId, byCode, byHash] = [where("id = ?"), where("site = ? AND code_hash = ?"), where("site = ? AND hash = ?")];
  const bySite = where("site = ? ORDER BY store, name, id");
  const visits = db.prepare(`SELECT ${deviceColumns} FROM devices WHERE kiosk = ? ORDER BY hash`);
  const put = db.prepare("INSERT OR REPLACE INTO kiosks (id, site, store, name, code_hash, code_expires_at, hash, started_at, is_removed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  return {
    kiosk: async (id) => kioskIn(byId.get(id)),
    kioskByCode: async (site, codeHash) => kioskIn(byCode.get(site, codeHash)),
    kioskByRegistration: async (site, hash) => kioskIn(byHash.get(site, hash)),
    kiosksOf: async (site) => bySite.all(site).map((row) => kioskIn(row) as KioskRow),
    visitsAt: async (kiosk) => visits.all(kiosk).map((row) => deviceIn(row) as DeviceRow),
    putKiosk: async (k) => {
      put.run(k.id, k.site, k.store, k.name, k.codeHash, k.codeExpiresAt, k.hash ?? null, k.startedAt ?? null, k.isRemoved ? 1 : 0);
    },
  };
}

function kioskIn(row: unknown): KioskRow | undefined {
  if (row === undefined || row === null) return undefined;
  const { id, site, store, name, codeHash, codeExpiresAt, hash, startedAt, isRemoved } = row as Record<keyof KioskRow, never>;
  return { id, site, store, name, codeHash, codeExpiresAt, isRemoved: Boolean(isRemoved), ...(hash !== null && { hash }), ...(startedAt !== null && { startedAt }) };
}

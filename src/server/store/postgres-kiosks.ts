/** Screens in stores, in PostgreSQL. A job that writes holds the row of the screen it works on. */
import type { KioskReading, KioskRow, KioskWriting } from "./kiosks.js";
import { DEVICES } from "./postgres-devices.js";
import { createTable } from "./postgres-table.js";
import { readHeld, type Work } from "./postgres-work.js";

const KIOSKS = createTable<KioskRow>("kiosks", {
  id: "id", site: "site", store: "store", name: "name", codeHash: "code_hash", codeExpiresAt: "code_expires_at", hash: "hash", startedAt: "started_at", isRemoved: "is_removed",
});

export function kiosksIn(work: Work): KioskReading & KioskWriting {
  const select = async (condition: string, values: readonly unknown[], order = ""): Promise<readonly KioskRow[]> =>
    (await work.ask(`SELECT ${KIOSKS.columns} FROM ${KIOSKS.name} WHERE ${condition} ${order} ${work.lock}`, values)).map(KIOSKS.row);
  return {
    kiosk: async (id) => (await select("id = $1", [id]))[0],
    kioskByCode: async (site, codeHash) => (await select("site = $1 AND code_hash = $2", [site, codeHash]))[0],
    kioskByRegistration: async (site, hash) => (await select("site = $1 AND hash = $2", [site, hash]))[0],
    kiosksOf: async (site) => select("site = $1", [site], "ORDER BY store, name, id"),
    async visitsAt(kiosk) {
      const read = () => work.ask(`SELECT ${DEVICES.columns} FROM ${DEVICES.name} WHERE kiosk = $1 ORDER BY hash`, [kiosk]);
      const rows = await readHeld(work, [`SELECT log FROM ${DEVICES.name} WHERE kiosk = $1`, [kiosk]], read, (row) => DEVICES.row(row).log);
      return rows.map(DEVICES.row);
    },
    putKiosk: async (row) => work.tell(KIOSKS.put, KIOSKS.values(row)),
  };
}

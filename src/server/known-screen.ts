/** Which of a site's screens a request comes from, by the server's own word. */
import type { Caller } from "../wire/caller.js";
import { hashOf } from "./credential.js";
import { Refused } from "./refusal.js";
import type { Site } from "./sites.js";
import type { KioskRow } from "./store/kiosks.js";
import type { DeviceRow, Reading } from "./store/store.js";

/** What a new device is, by its registration: its store and name are the server's word, whatever its page says. */
export async function screenFor(tx: Reading, site: Site, { kiosk, channel, name }: Caller): Promise<Pick<DeviceRow, "name" | "store" | "kiosk" | "kioskStart">> {
  if (kiosk === undefined) {
    if (site.kiosks === "registered" && channel === "kiosk") throw unknown("Kiosks of this site register first: carryover kiosk add.");
    return name === undefined ? {} : { name };
  }
  const row = await registered(tx, site, kiosk.registration);
  return { name: row.name, store: row.store, kiosk: row.id, kioskStart: kiosk.start };
}

/** The screen of this registration, unless it was removed. */
export async function registered(tx: Reading, site: Site, registration: string): Promise<KioskRow> {
  const row = await tx.kioskByRegistration(site.key, hashOf(registration));
  if (row === undefined || row.isRemoved) throw unknown("This screen was removed, or never registered here.");
  return row;
}

export function unknown(sentence: string): Refused {
  return new Refused("kiosk-unknown", sentence);
}

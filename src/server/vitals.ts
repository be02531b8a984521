/** `carryover vitals`: what shoppers' browsers have measured, read off the database. */
import { siteNamed } from "./config-command.js";
import { insightsOf, periodOf, tableOf } from "./insights.js";
import { openExisting } from "./store/open.js";

export interface VitalsOptions {
  readonly database: string | undefined;
  /** Keys of the configured sites. */
  readonly sites: readonly string[];
  readonly site: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** Resolves to the table. Throws a TypeError that says what is missing. */
export async function vitalsTable({ database, sites, site: named, from, to }: VitalsOptions): Promise<string> {
  if (database === undefined) throw new TypeError("carryover: vitals takes --database FILE.");
  const site = siteNamed(sites, named);
  const store = await openExisting(database);
  try {
    const period = periodOf(site, { ...(from !== undefined && { from }), ...(to !== undefined && { to }) }, Date.now());
    return tableOf(await insightsOf(store, period));
  } finally {
    await store.close();
  }
}

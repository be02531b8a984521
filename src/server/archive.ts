/** For whoever has the database, beside the running server or without one: receipts, everything about a customer, erasure. */
import { type CustomerExport, type Erased, eraseCustomer, exportOf } from "./customer.js";
import { createNotary } from "./notary.js";
import { chainPages, keysOf, linesOf, sealingKey } from "./receipt-set.js";
import { Refused } from "./refusal.js";
import { createKeyring, readSigningKey } from "./signing-key.js";
import { readSites, type SiteConfig } from "./sites.js";
import { openExisting } from "./store/open.js";
import type { Store } from "./store/store.js";

/** What an archive is opened with: what the server is started with. */
export interface ArchiveOptions {
  /** A file, or the address of a PostgreSQL, that is there. */
  readonly database: string;
  readonly sites: readonly SiteConfig[];
  /** As the server's. */
  readonly receiptKey?: string;
  /** ms since epoch; for tests. */
  readonly now?: () => number;
}

/** An open database. */
export interface Archive {
  /** The lines of a file of receipts: the whole chain of a site, or those of one customer. */
  receipts(site: string, customer?: string): AsyncIterable<string>;
  /** Everything that is kept about a customer. */
  exportOf(site: string, customer: string): Promise<CustomerExport>;
  /** Erases it. A server that runs on the same database refuses the customer's devices from then on. */
  erase(site: string, customer: string): Promise<Erased>;
  close(): Promise<void>;
}

/**
 * Opens the database of a server.
 *
 * Throws a TypeError when there is none or the configuration cannot be used.
 *
 * @example
 * const archive = await openArchive({ database: "carryover.db", sites });
 * const everything = await archive.exportOf("pk_shop", "customer-17");
 * await archive.close();
 */
export async function openArchive({ database, sites, receiptKey, now = Date.now }: ArchiveOptions): Promise<Archive> {
  const known = readSites(sites);
  const keyring = createKeyring(receiptKey === undefined ? undefined : await readSigningKey(receiptKey));
  const store = await openExisting(database);
  const keyOf = (site: string): string => {
    if (!known.has(site)) throw new TypeError(`carryover: the configuration names no site ${site}.`);
    return site;
  };
  const notary = createNotary(keyring, () => store.epoch);
  return {
    receipts: (site, customer) => receiptsIn(store, { site: keyOf(site), customer, madeAt: now() }, notary),
    exportOf: async (site, customer) => store.read((tx) => exportOf(tx, keyOf(site), customer, now())),
    erase: async (site, customer) => {
      const { erased } = await store.transact((tx) => eraseCustomer(tx, keyOf(site), customer, now()));
      await store.shred();
      return erased;
    },
    close: () => store.close(),
  };
}

interface Wanted {
  readonly site: string;
  readonly customer: string | undefined;
  readonly madeAt: number;
}

async function* receiptsIn(store: Store, { site, customer, madeAt }: Wanted, notary: ReturnType<typeof createNotary>): AsyncGenerator<string> {
  const key = await sealingKey(store, notary);
  const keys = await store.read((tx) => keysOf(notary, tx, site));
  if (customer === undefined) return yield* linesOf({ site, set: "chain", madeAt, keys, key }, chainPages(store, site));
  const { log, rows } = await store.read(async (tx) => {
    const log = await tx.customerLog(site, customer);
    if (log === undefined) throw new Refused("not-found", "Nothing is kept about a customer of that name.");
    return { log, rows: await tx.receiptsOf(log.id) };
  });
  yield* linesOf({ site, set: "customer", subject: log.id, madeAt, keys, key }, [rows]);
}

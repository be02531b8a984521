/** The shop's server on its file: it can be stopped, go down in the middle of everything, and be started again. */
import { createServer, type News, type Server } from "../../src/server/index.js";
import type { Time } from "./time.js";

export const SITE = "pk_test";
export const SECRET = "a secret of the shop, 32 bytes or more";
export const SHOP_ORIGIN = "https://shop.example";

export interface Shop {
  /** Rejects, as a network does, while there is no server. */
  fetch(request: Request): Promise<Response>;
  /** What the server took for a fault of its own: a finding, and no weather. */
  readonly faults: readonly unknown[];
  /** Says goodbye to everybody and closes the file. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

export async function openShop(time: Time, database: string, hear: (news: News) => void): Promise<Shop> {
  const sites = [{ key: SITE, origins: [SHOP_ORIGIN], customerTokens: { secret: SECRET } }];
  const faults: unknown[] = [];
  let server: Server | undefined;
  const shop: Shop = {
    faults,
    async fetch(request) {
      if (server === undefined) throw new TypeError("Failed to fetch");
      return time.busy(server.fetch(request));
    },
    async stop() {
      const closing = server;
      server = undefined;
      await time.settle(); // what has reached it is done to its end
      await closing?.close();
    },
    async start() {
      if (server !== undefined) return;
      server = await createServer({ database, sites, now: time.now, report: (fault) => faults.push(fault) });
      server.watch(hear);
    },
  };
  await shop.start();
  return shop;
}

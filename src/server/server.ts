/** The server: a database, the shops it works for, and one function from Request to Response. */
import type { ServerType } from "@hono/node-server";
import type { Address } from "./address.js";
import type { Context } from "./context.js";
import { keepErasing } from "./erase.js";
import { createLive, type News } from "./live.js";
import { createLogs } from "./log.js";
import { listenOn, pageScript, stop } from "./node.js";
import { createNotary } from "./notary.js";
import { createRoutes } from "./routes.js";
import { createKeyring, readSigningKey } from "./signing-key.js";
import { readSites, type SiteConfig } from "./sites.js";
import { openStore } from "./store/open.js";
import { createTokenCheck } from "./token.js";
import { keepDelivering } from "./webhooks.js";
import { HEARTBEAT_MS } from "../wire/pull.js";

/** What a server works with. */
export interface ServerOptions {
  /** A file name (SQLite), `:memory:`, or the address of a PostgreSQL 15 or later, `postgres://…`. */
  readonly database: string;
  readonly sites: readonly SiteConfig[];
  /** A PEM file with the Ed25519 key that signs receipts; without it the server makes one and keeps it in the database. */
  readonly receiptKey?: string;
  /**
   * How many proxies of your own stand in front, 0 by default: the address from which codes are tried is then read from what
   * the outermost of them writes into `X-Forwarded-For`. One too many, and everybody can write there what they like.
   */
  readonly trustProxy?: number;
  /** ms since epoch; for tests. */
  readonly now?: () => number;
  /** Hears of faults of the server's own; the console by default. */
  readonly report?: (error: unknown) => void;
}

/** Where a server is to listen. */
export interface ListenOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** 127.0.0.1 by default: another machine is reached only when somebody says so. */
  readonly host?: string;
}

/** A running server. */
export interface Server {
  /** Web-standard request handler: mounts in any framework. `env.incoming` may hold Node's request, for its address. */
  fetch(request: Request, env?: object): Promise<Response>;
  /** Listens on its own; resolves once it answers. */
  listen(options: ListenOptions): Promise<Address>;
  /** Hears of every log's new entries, after they are durable. Returns the function that stops it. */
  watch(listener: (news: News) => void): () => void;
  /** Ends streams, answers what is under way, closes the database. */
  close(): Promise<void>;
}

/**
 * Opens the database and makes a server.
 *
 * Throws a TypeError when the configuration cannot be used, an Error when the database cannot be opened.
 *
 * @example
 * const server = await createServer({ database: "carryover.db", sites: [{ key: "pk_demo", origins: ["https://shop.example"] }] });
 * await server.listen({ port: 8787 });
 */
export async function createServer({ database, sites, receiptKey, trustProxy = 0, now = Date.now, report = console.error }: ServerOptions): Promise<Server> {
  const known = readSites(sites);
  const keyring = createKeyring(receiptKey === undefined ? undefined : await readSigningKey(receiptKey));
  const store = await openStore(database);
  const live = createLive();
  const notary = createNotary(keyring, () => store.epoch);
  const context: Context = { store, live, notary, now, sites: known, proxies: readProxies(trustProxy), logs: createLogs(), verify: createTokenCheck(now) };
  const routes = createRoutes(context, pageScript, report);
  const stopErasing = keepErasing(context, report);
  const stopDelivering = keepDelivering(context, report);
  const heart = setInterval(() => live.beat(), HEARTBEAT_MS);
  heart.unref();
  const listeners = new Set<ServerType>();

  return {
    fetch: async (request, env) => routes.fetch(request, env),
    listen: async (options) => {
      const { server, address } = await listenOn(routes.fetch, options);
      listeners.add(server);
      return address;
    },
    watch: (listener) => live.watch(listener),
    async close() {
      clearInterval(heart);
      live.close();
      await Promise.all([...[...listeners].map(stop), stopErasing(), stopDelivering()]);
      await store.close();
    },
  };
}

function readProxies(trustProxy: unknown): number {
  if (Number.isInteger(trustProxy) && (trustProxy as number) >= 0) return trustProxy as number;
  throw new TypeError(`carryover: trustProxy is the number of your own proxies in front, 0 or more; found ${JSON.stringify(trustProxy)}.`);
}

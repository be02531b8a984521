/** The server: a database, the shops it works for, and one function from Request to Response. */
import type { Address } from "./address.js";
import type { Health } from "./bus/bus.js";
import type { Context } from "./context.js";
import { keepErasing } from "./erase.js";
import { readBus } from "./bus/open.js";
import { type Fleet, joinFleet } from "./fleet.js";
import { createLimits } from "./limits.js";
import { createLive, type News } from "./live.js";
import { createLogs } from "./log.js";
import { listenOn, pageScript } from "./node.js";
import { createNotary } from "./notary.js";
import { readProxies } from "./origin-address.js";
import { createMeasures } from "./operator/measures.js";
import { noNotes, type Notes } from "./operator/notes.js";
import { measureServer, operatorDoor } from "./operator/operator-door.js";
import { createReadiness } from "./operator/readiness.js";
import { observedStore } from "./operator/store.js";
import { findTrace, type Trace } from "./operator/trace.js";
import { calm, type Report, seldom } from "./report.js";
import { createRoutes } from "./routes.js";
import { createKeyring, readSigningKey } from "./signing-key.js";
import { readSites, type SiteConfig } from "./sites.js";
import { openStore } from "./store/open.js";
import { createTokenCheck } from "./token.js";
import { keepDelivering } from "./webhooks.js";
import { HEARTBEAT_MS } from "../wire/pull.js";

/** Read at once where a stream lacks entries. */
const PAGE = 500;

/** What a server works with. */
export interface ServerOptions {
  /** A file name (SQLite), `:memory:`, or the address of a PostgreSQL 15 or later, `postgres://…`. */
  readonly database: string;
  readonly sites: readonly SiteConfig[];
  /**
   * How processes on one database tell each other what is new: `nats://…`. Without it PostgreSQL's own NOTIFY does; a file has
   * one process.
   */
  readonly bus?: string;
  /** A PEM file with the Ed25519 key that signs receipts; without it the server makes one and keeps it in the database. */
  readonly receiptKey?: string;
  /**
   * How many proxies of your own stand in front, 0 by default: the address from which codes are tried is then read from what
   * the outermost of them writes into `X-Forwarded-For`. One too many, and everybody can write there what they like.
   */
  readonly trustProxy?: number;
  /** ms since epoch; for tests. */
  readonly now?: () => number;
  /** Hears of faults of the server's own, and in which request; the console by default. */
  readonly report?: (error: unknown, requestId?: string) => void;
  /** Hears of every request and of the server's own doings; nobody by default. */
  readonly notes?: Notes;
  /** Whoever brings it as a bearer token gets `/metrics` on the public port; without it they are had from `listenForMetrics` alone. */
  readonly metricsSecret?: string;
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
  /** Listens for whoever runs the server: `/metrics`, `/healthz`, `/readyz`, on a port that the public cannot reach. */
  listenForMetrics(options: ListenOptions): Promise<Address>;
  /** What the server counts, as Prometheus reads it. */
  metrics(): string;
  /** Hears of every log's new entries, after they are durable. Returns the function that stops it. */
  watch(listener: (news: News) => void): () => void;
  /**
   * Prepares for the end: `/readyz` says 503, no stream begins, and those that stand are sent elsewhere one after the other,
   * within that time at most. Everything else is answered as before. To be followed by `close`.
   */
  drain(withinMs: number): Promise<void>;
  /** How it stands with what this server depends on. While the bus is away, streams hear of what reached other processes within seconds instead. */
  readonly health: readonly Health[];
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
export async function createServer(options: ServerOptions): Promise<Server> {
  const { report = console.error, notes = noNotes, metricsSecret } = options;
  const trace = await findTrace();
  const { context, fleet } = await createContext(options, report, trace);
  const { live, measures, now, store } = context;
  const readiness = createReadiness({ database: () => store.read((tx) => tx.log("")), others: () => [fleet.health], now });
  const stopMeasuring = measureServer(measures.meter, live, readiness);
  const routes = createRoutes(context, { script: pageScript, report, readiness, notes, trace, metricsSecret });
  const stopErasing = keepErasing(context, report);
  const stopDelivering = keepDelivering(context, calm(report, now));
  const heart = setInterval(() => live.beat(), HEARTBEAT_MS);
  heart.unref();
  const stops: (() => Promise<void>)[] = [];
  const listen = async (fetch: Parameters<typeof listenOn>[0], options: ListenOptions): Promise<Address> => {
    const { address, stop } = await listenOn(fetch, options);
    stops.push(stop);
    return address;
  };

  return {
    fetch: async (request, env) => routes.fetch(request, env),
    listen: (options) => listen(routes.fetch, options),
    listenForMetrics: (options) => listen(operatorDoor(measures.meter, readiness).fetch, options),
    metrics: () => measures.meter.text(),
    watch: (listener) => live.watch(listener),
    drain(withinMs) {
      notes("info", "draining", { streams: live.connections });
      readiness.drain();
      return live.drain(withinMs);
    },
    get health() {
      return [fleet.health];
    },
    async close() {
      clearInterval(heart);
      stopMeasuring();
      live.close();
      await Promise.all([...stops.map((stop) => stop()), stopErasing(), stopDelivering(), fleet.close()]);
      await store.close();
    },
  };
}

async function createContext({ database, bus, sites, receiptKey, trustProxy, now = Date.now }: ServerOptions, report: Report, trace: Trace): Promise<{ context: Context; fleet: Fleet }> {
  const known = readSites(sites);
  const proxies = readProxies(trustProxy);
  const keyring = createKeyring(receiptKey === undefined ? undefined : await readSigningKey(receiptKey));
  readBus(bus);
  const measures = createMeasures();
  const store = observedStore(await openStore(database), measures, trace);
  const reportWeather = seldom(report, now);
  const own = createLive({ read: (log, after) => store.read((tx) => tx.entries(log, after, PAGE)), report: reportWeather, trace });
  const fleet = await joinFleet({ live: own, store, database, bus, now, report: reportWeather });
  const notary = createNotary(keyring, () => store.epoch);
  return {
    context: { store, live: fleet.live, limits: createLimits(now), measures, notary, now, sites: known, proxies, logs: createLogs(), verify: createTokenCheck(now) },
    fleet,
  };
}

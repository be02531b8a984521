/** The server on a port of its own, under Node. */
import { readFile } from "node:fs/promises";
import type { AddressInfo, Socket } from "node:net";
import { serve, type ServerType } from "@hono/node-server";
import type { Address } from "./address.js";

/**
 * So long requests that are under way get to end: what they may wait for in the database, a connection (5 s) and a lock (5 s), and
 * a moment more. Streams see to their own end.
 */
const DRAIN_MS = 12_000;
/** So often is looked meanwhile which lines have nothing left to say. */
const SWEEP_MS = 50;

/** How long a sender may take. */
export interface Patience {
  readonly headersMs: number;
  /** For all of it: a device that gives up after 20 s sends 100 kB at most, which a slow phone manages in that time. */
  readonly requestMs: number;
}

const PATIENCE: Patience = { headersMs: 10_000, requestMs: 30_000 };
/** Late senders are looked for as often as this share of what they are given. */
const LOOKS = 10;

interface Place {
  readonly port: number;
  readonly host?: string;
}

type Fetch = (request: Request, env?: object) => Response | Promise<Response>;

/** A server that listens. */
interface Listening {
  readonly server: ServerType;
  readonly address: Address;
  /** Resolves once all that is under way was answered, or given up. */
  stop(): Promise<void>;
}

export async function listenOn(fetch: Fetch, { port, host = "127.0.0.1" }: Place, { headersMs, requestMs }: Patience = PATIENCE): Promise<Listening> {
  const serverOptions = { headersTimeout: headersMs, requestTimeout: requestMs, connectionsCheckingInterval: headersMs / LOOKS };
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, port, hostname: host, serverOptions }, (info: AddressInfo) => {
      resolve({ server, address: { host, port: info.port, url: `http://${host.includes(":") ? `[${host}]` : host}:${info.port}` }, stop: () => stop(server, unused) });
    });
    server.once("error", reject);
    const unused = unusedOf(server);
  });
}

/** Lines on which nothing was asked yet: browsers open them in advance, and Node would wait for what may be asked on them. */
function unusedOf(server: ServerType): ReadonlySet<Socket> {
  const unused = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    unused.add(socket);
    socket.once("close", () => unused.delete(socket));
  });
  server.on("request", ({ socket }: { readonly socket: Socket }) => unused.delete(socket));
  return unused;
}

async function stop(server: ServerType, unused: ReadonlySet<Socket>): Promise<void> {
  if (!("closeIdleConnections" in server)) return new Promise((resolve) => void server.close(() => resolve()));
  // A line whose stream has just ended is idle only now; left open, its device would ask on it again and again.
  const sweeping = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  const late = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    for (const socket of unused) socket.destroy();
  });
  clearInterval(sweeping);
  clearTimeout(late);
}

/** What pages load from here, as it was built beside this file: the tag, the screens, the journey, and what those load. */
const forPages = /^(tag|ui|journey|link|chunks\/[\w-]+)\.js$/;
const scripts = new Map<string, Promise<string | undefined>>();

export async function pageScript(name: string): Promise<string | undefined> {
  if (!forPages.test(name)) return undefined;
  const found = scripts.get(name) ?? readFile(new URL(name, import.meta.url), "utf8").catch(() => undefined);
  if ((await found) !== undefined) scripts.set(name, found);
  return found;
}

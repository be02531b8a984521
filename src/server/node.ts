/** The server on a port of its own, under Node. */
import { readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { serve, type ServerType } from "@hono/node-server";
import type { Address } from "./address.js";

/** Requests that are under way get this long to end. */
const DRAIN_MS = 2_000;

export async function listenOn(fetch: (request: Request, env?: object) => Response | Promise<Response>, { port, host = "127.0.0.1" }: { port: number; host?: string }): Promise<{ server: ServerType; address: Address }> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, port, hostname: host }, (info: AddressInfo) => {
      resolve({ server, address: { host, port: info.port, url: `http://${host.includes(":") ? `[${host}]` : host}:${info.port}` } });
    });
    server.once("error", reject);
  });
}

export async function stop(server: ServerType): Promise<void> {
  await new Promise<void>((resolve) => {
    const late = setTimeout(() => "closeAllConnections" in server && server.closeAllConnections(), DRAIN_MS);
    server.close(() => {
      clearTimeout(late);
      resolve();
    });
    if ("closeIdleConnections" in server) server.closeIdleConnections();
  });
}

let script: Promise<string | undefined> | undefined;

/** The tag, as it was built beside this file. */
export function tagScript(): Promise<string | undefined> {
  script ??= readFile(new URL("./tag.js", import.meta.url), "utf8").catch(() => undefined);
  return script;
}

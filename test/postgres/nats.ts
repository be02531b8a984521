/** A NATS of a test's own, on a port of this machine, which can be taken away and come back. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { engine } from "../../scripts/engines.mjs";
import { atEnd } from "../server/desk.js";

export interface Nats {
  readonly address: string;
  stop(): Promise<void>;
  start(): Promise<void>;
}

export async function startNats(): Promise<Nats> {
  const port = await freePort();
  let server: ChildProcess | undefined;
  const nats: Nats = {
    address: `nats://127.0.0.1:${port}`,
    async start() {
      server = spawn(engine("nats"), ["-a", "127.0.0.1", "-p", String(port)], { stdio: ["ignore", "ignore", "pipe"] });
      await ready(server);
    },
    async stop() {
      if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
      server.kill("SIGKILL");
      await once(server, "exit");
    },
  };
  await nats.start();
  atEnd(() => nats.stop());
  return nats;
}

async function ready(server: ChildProcess): Promise<void> {
  const said: string[] = [];
  for await (const line of createInterface(server.stderr as NodeJS.ReadableStream)) {
    said.push(line);
    if (!line.includes("Server is ready")) continue;
    server.stderr?.resume();
    return;
  }
  throw new Error(`NATS did not start:\n${said.join("\n")}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

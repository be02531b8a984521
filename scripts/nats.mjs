/** A NATS for tests and measurements: on a port of this machine, taken away and brought back as often as is wanted. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { engine } from "./engines.mjs";

/** Runs already; `start` is for one that was stopped. */
export async function startNats() {
  const port = await freePort();
  let server;
  process.once("exit", () => server?.kill("SIGKILL")); // whoever started it may end before it says stop
  const start = async () => {
    server = spawn(engine("nats"), ["-a", "127.0.0.1", "-p", String(port)], { stdio: ["ignore", "ignore", "pipe"] });
    await ready(server);
  };
  await start();
  return {
    address: `nats://127.0.0.1:${port}`, start,
    async stop() {
      if (server.exitCode !== null || server.signalCode !== null) return;
      server.kill("SIGKILL");
      await once(server, "exit");
    },
  };
}

async function ready(server) {
  const said = [];
  for await (const line of createInterface(server.stderr)) {
    said.push(line);
    if (!line.includes("Server is ready")) continue;
    server.stderr.resume();
    return;
  }
  throw new Error(`NATS did not start:\n${said.join("\n")}`);
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

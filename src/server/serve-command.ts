/** `carryover serve`: serves until it is told to stop, and then leaves in good order. */
import { constants } from "node:os";
import type { Address } from "./address.js";
import { type Config, readConfig } from "./config-command.js";
import { createNotes, factsOf, type NoteForm, noteForms, type Notes } from "./operator/notes.js";
import { databaseNamed, setting } from "./secret-settings.js";
import { createServer, type Server } from "./server.js";

const text = { type: "string" } as const;

/** What `serve` may be told, as `parseArgs` takes it. */
export const serveFlags = { port: text, host: text, database: text, config: text, log: text, bus: text, "metrics-port": text, "metrics-host": text, "drain-ms": text };

export const serveUsage = `carryover serve [--port 8787] [--host 127.0.0.1] [--database carryover.db] [--config carryover.config.json] [--bus nats://…]
                [--log off|text|json] [--metrics-port 9464] [--metrics-host 127.0.0.1] [--drain-ms 10000]
carryover check-config [--config carryover.config.json]`;

/** How long streams are given to go elsewhere. */
const DRAIN_MS = 10_000;
const LOOPBACK = ["127.0.0.1", "localhost", "::1"];

export type ServeValues = { readonly [name in keyof typeof serveFlags]?: string };

/** Resolves to the exit code, once it has ended. */
export async function serve(values: ServeValues): Promise<number> {
  const [port, metricsPort] = [portOf("port", values.port ?? "8787"), values["metrics-port"] && portOf("metrics-port", values["metrics-port"])] as const;
  const drainMs = msOf(values["drain-ms"]);
  const notes = createNotes(formOf(values.log), (lines) => process.stdout.write(lines));
  const config = await readConfig(values.config);
  const host = hostFor(config, values.host);
  const stopped = signalled();
  const server = await start(values, config, notes); // after all that could be wrong: before it, no database is made
  const address = await server.listen({ port, host });
  const metrics = typeof metricsPort === "number" ? await server.listenForMetrics({ port: metricsPort, host: values["metrics-host"] ?? "127.0.0.1" }) : undefined;
  greet(config, address, metrics);
  notes("info", "listening", { port: address.port });
  const signal = await stopped;
  process.once("SIGTERM", leave).once("SIGINT", leave);
  notes("info", "stopping", { signal });
  await server.drain(drainMs);
  await server.close();
  notes("info", "stopped");
  await new Promise(setImmediate); // with the turn, notes go out
  return 0;
}

async function start({ database, log, bus }: ServeValues, { isDemo: _, ...config }: Config, notes: Notes): Promise<Server> {
  const metricsSecret = await setting("CARRYOVER_METRICS_SECRET");
  const isNoted = log !== undefined && log !== "off";
  return createServer({
    ...config, notes, database: await databaseNamed(database), ...(bus !== undefined && { bus }), ...(metricsSecret !== undefined && { metricsSecret }),
    ...(isNoted && { report: (error, requestId) => notes("error", "fault", { requestId, ...factsOf(error) }) }),
  });
}

function greet({ isDemo = false }: Config, { url }: Address, metrics: Address | undefined): void {
  if (isDemo) console.log("No --config: serving the demo site pk_demo on loopback only.");
  if (metrics !== undefined) console.log(`metrics at ${metrics.url}/metrics`);
  console.log(`carryover listening on ${url}`);
}

/** Resolves to the first signal to stop. */
function signalled(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => (["SIGTERM", "SIGINT"] as const).forEach((signal) => process.once(signal, resolve)));
}

/** Whoever asks twice is in a hurry: what is acknowledged is on the disk, and everything else comes again. */
function leave(signal: NodeJS.Signals): never {
  process.exit(128 + constants.signals[signal]);
}

function hostFor({ isDemo = false }: Config, host = "127.0.0.1"): string {
  if (isDemo && !LOOPBACK.includes(host)) throw new TypeError("carryover: the demo site is served on loopback only; give --config to serve others.");
  return host;
}

function portOf(flag: string, value: string): number {
  const port = Number(value);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new TypeError(`carryover: --${flag} takes a whole number from 0 to 65535; found ${value}.`);
  return port;
}

function msOf(value = String(DRAIN_MS)): number {
  const ms = Number(value);
  if (!Number.isInteger(ms) || ms < 0 || ms > 3_600_000) throw new TypeError(`carryover: --drain-ms takes a whole number of milliseconds up to an hour; found ${value}.`);
  return ms;
}

function formOf(value = "off"): NoteForm {
  const form = noteForms.find((known) => known === value);
  if (form === undefined) throw new TypeError(`carryover: --log takes ${noteForms.join(", ")}; found ${value}.`);
  return form;
}

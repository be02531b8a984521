/** The `carryover` command. */
import { parseArgs } from "node:util";
import { readConfig } from "./config-command.js";
import { customerCommands, customerUsage, runForCustomer } from "./customer-command.js";
import { kioskUsage, runForKiosks } from "./kiosk-command.js";
import { noteRestored } from "./restored.js";
import { createServer } from "./server.js";
import { titleOf } from "./store/title.js";
import { runVerify, verifyUsage } from "./verify-command.js";
import { vitalsTable } from "./vitals.js";

const usage = `carryover serve [--port 8787] [--host 127.0.0.1] [--database carryover.db] [--config carryover.config.json] [--bus nats://…]
carryover restored --database carryover.db
carryover audit URL
carryover doctor URL
carryover vitals --database carryover.db [--config carryover.config.json] [--site pk_demo] [--from 2026-11-01] [--to 2026-12-01]
${customerUsage}
${kioskUsage}
${verifyUsage}

serve: serves the log that the devices of a shop share. Without --config: the demo site pk_demo, on loopback only.
restored: says that the database was put back from a backup, before it is served again. Devices then send what it lacks.
audit: opens a shop in a browser and reports what it keeps and sends before a choice, after refusing, and after withdrawing.
doctor: what would make devices forget sooner than they should, or keeps them from the server.
vitals: what browsers have measured of the shop's pages, by channel; the last 28 days where no time is named.
receipts: what was decided about consent, signed and chained. verify-receipts: finds any byte of it that was changed.
export, erase: everything that is kept about a customer.
kiosk: the screens in stores; each is announced here, and takes its code once.`;

/** Runs the command; resolves to the exit code once it has ended. */
export async function run(args: readonly string[]): Promise<number> {
  // Loaded when it is asked for: a server that serves has no browser to drive.
  if (args[0] === "audit") return (await import("../audit/command.js")).runAudit(args.slice(1));
  if (args[0] === "doctor") return (await import("../doctor/command.js")).runDoctor(args.slice(1));
  if (args[0] === "verify-receipts") return runVerify(args.slice(1));
  if (args[0] === "kiosk") return runForKiosks(args.slice(1));
  if (customerCommands.includes(args[0] ?? "")) return runForCustomer(args);
  const { values, positionals } = parseArgs({
    args: [...args], allowPositionals: true,
    options: {
      port: { type: "string" }, host: { type: "string" }, database: { type: "string" }, config: { type: "string" }, site: { type: "string" },
      from: { type: "string" }, to: { type: "string" }, bus: { type: "string" }, help: { type: "boolean" },
    },
  });
  if (values.help !== true && positionals[0] === "serve") return serve(values);
  if (values.help !== true && positionals[0] === "restored") return restored(values.database);
  if (values.help !== true && positionals[0] === "vitals") return vitals(values);
  console.log(usage);
  return values.help ? 0 : 2;
}

interface ServeOptions {
  readonly port?: string;
  readonly host?: string;
  readonly database?: string;
  readonly config?: string;
  readonly bus?: string;
}

/** Serves until it is told to stop. */
async function serve(values: ServeOptions): Promise<number> {
  const config = await readConfig(values.config);
  const host = values.host ?? "127.0.0.1";
  if (values.config === undefined && !["127.0.0.1", "localhost", "::1"].includes(host)) {
    throw new TypeError("carryover: the demo site is served on loopback only; give --config to serve others.");
  }
  const stopped = new Promise<void>((resolve) => ["SIGTERM", "SIGINT"].forEach((signal) => process.once(signal, () => resolve())));
  const port = portOf(values.port); // before a database is made for nothing
  const server = await createServer({ database: values.database ?? "carryover.db", ...config, ...(values.bus !== undefined && { bus: values.bus }) });
  const { url } = await server.listen({ port, host });
  if (values.config === undefined) console.log("No --config: serving the demo site pk_demo on loopback only.");
  console.log(`carryover listening on ${url}`);
  await stopped;
  await server.close();
  return 0;
}

async function restored(database: string | undefined): Promise<number> {
  if (database === undefined) throw new TypeError("carryover: restored takes --database FILE, the file that was put back.");
  console.log(`${titleOf(database)} has the new epoch ${await noteRestored(database)}: devices will ask anew, and send again what it lacks.`);
  return 0;
}

async function vitals({ database, config, site, from, to }: ServeOptions & { readonly site?: string; readonly from?: string; readonly to?: string }): Promise<number> {
  const { sites } = await readConfig(config);
  console.log(await vitalsTable({ database, sites: sites.map(({ key }) => key), site, from, to }));
  return 0;
}

function portOf(value = "8787"): number {
  const port = Number(value);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new TypeError(`carryover: --port takes a whole number from 0 to 65535; found ${value}.`);
  return port;
}

run(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof TypeError || error instanceof Error ? error.message : error);
    process.exit(1);
  },
);

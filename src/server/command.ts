/** The `carryover` command. */
import { parseArgs } from "node:util";
import { backUp } from "./backup.js";
import { checkConfig, readConfig } from "./config-command.js";
import { customerCommands, customerUsage, runForCustomer } from "./customer-command.js";
import { kioskUsage, runForKiosks } from "./kiosk-command.js";
import { migrateUsage, runMigrate } from "./migrate-command.js";
import { noteRestored } from "./restored.js";
import { databaseNamed } from "./secret-settings.js";
import { serve, serveFlags, serveUsage, type ServeValues } from "./serve-command.js";
import { titleOf } from "./store/title.js";
import { runVerify, verifyUsage } from "./verify-command.js";
import { vitalsTable } from "./vitals.js";

const usage = `${serveUsage}
carryover backup --to FILE [--database carryover.db]
carryover restored --database carryover.db
${migrateUsage}
carryover audit URL
carryover doctor URL
carryover vitals --database carryover.db [--config carryover.config.json] [--site pk_demo] [--from 2026-11-01] [--to 2026-12-01]
${customerUsage}
${kioskUsage}
${verifyUsage}

serve: serves the log that the devices of a shop share. Without --config: the demo site pk_demo, on loopback only.
check-config: says whether a server could be started with this, or what is wrong with it.
backup: copies a SQLite database while a server writes to it.
restored: says that the database was put back from a backup, before it is served again. Devices then send what it lacks.
migrate: moves everything from a SQLite file into a PostgreSQL, while devices are connected; --undo serves the file again.
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
  if (args[0] === "migrate") return runMigrate(args.slice(1));
  if (args[0] === "kiosk") return runForKiosks(args.slice(1));
  if (customerCommands.includes(args[0] ?? "")) return runForCustomer(args);
  const { values, positionals } = parseArgs({
    args: [...args], allowPositionals: true,
    options: { ...serveFlags, site: { type: "string" }, from: { type: "string" }, to: { type: "string" }, help: { type: "boolean" } },
  });
  const task = values.help ? undefined : tasks[positionals[0] ?? ""];
  if (task !== undefined) return task(values);
  console.log(usage);
  return values.help ? 0 : 2;
}

interface Values extends ServeValues {
  /** Where a backup goes, or the day until which vitals are shown. */
  readonly to?: string;
  readonly from?: string;
  readonly site?: string;
}

const tasks: Readonly<Record<string, (values: Values) => Promise<number>>> = { serve, "check-config": check, backup, restored, vitals };

async function check({ config }: Values): Promise<number> {
  console.log(await checkConfig(config));
  return 0;
}

async function backup({ database, to }: Values): Promise<number> {
  if (to === undefined) throw new TypeError("carryover: backup takes --to FILE, the name of the copy.");
  console.log(`${to} is a whole copy, of ${await backUp(await databaseNamed(database), to)} entries.`);
  return 0;
}

async function restored({ database }: Values): Promise<number> {
  if (database === undefined) throw new TypeError("carryover: restored takes --database FILE, the file that was put back.");
  console.log(`${titleOf(database)} has the new epoch ${await noteRestored(database)}: devices will ask anew, and send again what it lacks.`);
  return 0;
}

async function vitals({ database, config, site, from, to }: Values): Promise<number> {
  const { sites } = await readConfig(config);
  console.log(await vitalsTable({ database, sites: sites.map(({ key }) => key), site, from, to }));
  return 0;
}

run(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof TypeError || error instanceof Error ? error.message : error);
    process.exit(1);
  },
);

/** The commands for whoever has the database: a file of receipts, everything about a customer, erasure. */
import { parseArgs } from "node:util";
import { type Archive, openArchive } from "./archive.js";
import { readConfig } from "./config-command.js";
import { databaseNamed } from "./secret-settings.js";

export const customerUsage = `carryover receipts --site pk_… [--customer ID] > FILE
carryover export --site pk_… --customer ID > FILE
carryover erase --site pk_… --customer ID
  each with [--database carryover.db] [--config carryover.config.json], beside the running server or without one`;

const tasks: Record<string, (archive: Archive, site: string, customer: string | undefined) => Promise<void>> = {
  receipts: async (archive, site, customer) => {
    for await (const line of archive.receipts(site, customer)) await say(line);
  },
  export: async (archive, site, customer) => say(`${JSON.stringify(await archive.exportOf(site, named(customer)), undefined, 2)}\n`),
  erase: async (archive, site, customer) => say(`${JSON.stringify({ erased: await archive.erase(site, named(customer)) })}\n`),
};

export const customerCommands = Object.keys(tasks);

/** Runs `receipts`, `export` or `erase`; resolves to the exit code. */
export async function runForCustomer([task = "", ...args]: readonly string[]): Promise<number> {
  const { values: { database, config, site, customer } } = parseArgs({
    args, options: { database: { type: "string" }, config: { type: "string" }, site: { type: "string" }, customer: { type: "string" } },
  });
  if (site === undefined) throw new TypeError(`carryover: ${task} takes --site, the key that stands in the shop's pages.`);
  const archive = await openArchive({ database: await databaseNamed(database), ...(await readConfig(config)) });
  try {
    await tasks[task]?.(archive, site, customer);
  } finally {
    await archive.close();
  }
  return 0;
}

function named(customer: string | undefined): string {
  if (customer === undefined) throw new TypeError("carryover: --customer says about whom, by the shop's own name for them.");
  return customer;
}

/** Resolves once the output has taken it: whoever reads slowly holds it up, and nothing is cut off when the process ends. */
async function say(text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => process.stdout.write(text, (error) => (error ? reject(error) : resolve())));
}

/** The configuration that the commands take: a file, or the demo site where none is given. */
import { readFile } from "node:fs/promises";
import type { SiteConfig } from "./sites.js";

/** The site that is served when nobody has configured one: pages on this machine only. */
const demo: SiteConfig = {
  key: "pk_demo",
  secretKey: "sk_demo",
  origins: ["http://localhost:*", "http://127.0.0.1:*"],
  customerTokens: { secret: "carryover-demo-secret-of-at-least-32-bytes" },
};

export interface Config {
  readonly sites: readonly SiteConfig[];
  /** A PEM file with the key that signs receipts. */
  readonly receiptKey?: string;
  /** How many proxies of one's own stand in front. */
  readonly trustProxy?: number;
}

/** Reads it; whether the sites in it can be used is told by the server. */
export async function readConfig(file: string | undefined): Promise<Config> {
  if (file === undefined) return { sites: [demo] };
  const text = await readFile(file, "utf8").catch(() => {
    throw new TypeError(`carryover: --config names ${file}, which cannot be read.`);
  });
  const { sites = [], receiptKey, trustProxy } = (parsed(text, file) as Config | null) ?? {};
  if (receiptKey !== undefined && typeof receiptKey !== "string") throw new TypeError(`carryover: receiptKey in ${file} is the name of a PEM file.`);
  return { sites, ...(receiptKey !== undefined && { receiptKey }), ...(trustProxy !== undefined && { trustProxy }) };
}

/** The site a command is about; where there is only one, it needs no name. */
export function siteNamed(keys: readonly string[], named: string | undefined): string {
  const site = named ?? (keys.length === 1 ? keys[0] : undefined);
  if (site === undefined || !keys.includes(site)) throw new TypeError(`carryover: --site takes one of ${keys.join(", ")}; found ${named ?? "none"}.`);
  return site;
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new TypeError(`carryover: ${file} is not JSON.`);
  }
}

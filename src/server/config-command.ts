/** The configuration that the commands take: a file, the environment, or the demo site where neither is given. */
import { readFile } from "node:fs/promises";
import { readProxies } from "./origin-address.js";
import { databaseNamed, setting } from "./secret-settings.js";
import { readSigningKey } from "./signing-key.js";
import { readSites, type SiteConfig } from "./sites.js";
import { kindOf } from "./store/open.js";

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
  /** Nobody has configured anything. */
  readonly isDemo?: boolean;
}

const NAMES = ["sites", "receiptKey", "trustProxy"];

/** Reads it; whether the sites in it can be used is told by the server. What the environment says of sites stands instead of the file's. */
export async function readConfig(file: string | undefined): Promise<Config> {
  const named = await setting("CARRYOVER_SITES");
  const sites = named === undefined ? undefined : { sites: parsed(named, "CARRYOVER_SITES") as readonly SiteConfig[] };
  if (file === undefined) return sites ?? { sites: [demo], isDemo: true };
  return { ...(await readConfigFile(file)), ...sites };
}

async function readConfigFile(file: string): Promise<Config> {
  const text = await readFile(file, "utf8").catch(() => {
    throw new TypeError(`carryover: --config names ${file}, which cannot be read.`);
  });
  const config = (parsed(text, file) as Config | null) ?? {};
  const odd = Object.keys(config).find((name) => !NAMES.includes(name));
  if (odd !== undefined) throw new TypeError(`carryover: ${file} says ${odd}; it may say ${NAMES.join(", ")}.`);
  const { sites = [], receiptKey, trustProxy } = config as Partial<Config>;
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

/** Says whether a server could be started with this: resolves to a sentence, or throws one as a TypeError. */
export async function checkConfig(file: string | undefined): Promise<string> {
  const { sites, receiptKey, trustProxy, isDemo = false } = await readConfig(file);
  const known = [...readSites(sites).keys()];
  if (receiptKey !== undefined) await readSigningKey(receiptKey);
  readProxies(trustProxy);
  kindOf(await databaseNamed(undefined));
  await setting("CARRYOVER_METRICS_SECRET");
  return isDemo ? "No configuration: the demo site pk_demo would be served, on loopback only." : `A server can be started with this: it serves ${known.join(", ")}.`;
}

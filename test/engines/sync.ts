/** The server as it is published, with its database in a file, which can be stopped and started again on the same port. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { SignJWT } from "jose";
import type { Entry } from "../../src/model/event.js";
import type { Server, SiteConfig } from "../../src/server/index.js";

const SECRET = "a secret of the shop, 32 bytes or more";
const SITE: SiteConfig = { key: "pk_shop", secretKey: "sk_shop", origins: ["http://127.0.0.1:*"], customerTokens: { secret: SECRET } };

type Module = typeof import("../../src/server/index.js");

/** An entry as the server has written it; what it carries is its type's matter. */
export interface WrittenEntry extends Entry {
  readonly data: any;
}

export interface Sync {
  readonly port: number;
  stop(): Promise<void>;
  start(): Promise<void>;
  /** The ids of all events that any log has taken in since the first start, by type. */
  readonly taken: (type: string) => ReadonlySet<string>;
  /** All entries of a type that were written since the first start. */
  readonly entries: (type: string) => readonly WrittenEntry[];
  /** Ids that one log has taken in twice: there must never be one. */
  readonly doubled: readonly string[];
  /** What went wrong inside the server, which no device is told. */
  readonly faults: readonly unknown[];
  /** The shop's signed word for who this is. */
  token(customer: string): Promise<string>;
  /** As whoever runs the server announces a screen: resolves to its code. */
  announce(store: string, name: string): Promise<string>;
  close(): Promise<void>;
}

/** What a shop configures; `also` is the key of a second site beside it. */
export type SyncSite = Partial<SiteConfig> & { readonly also?: string };

export async function createSync({ also, ...site }: SyncSite = {}): Promise<Sync> {
  const { createServer } = (await import(/* @vite-ignore */ pathToFileURL("dist/server.js").href)) as Module;
  const folder = mkdtempSync(join(tmpdir(), "carryover-server-"));
  const taken = new Map<string, Set<string>>();
  const written: Entry[] = [];
  const numbered = new Set<string>();
  const doubled: string[] = [];
  const faults: unknown[] = [];
  let server: Server | undefined;
  let port = 0;

  const note = (log: string, entry: Entry): void => {
    const { type, id } = entry;
    written.push(entry);
    if (numbered.has(`${log} ${id}`)) doubled.push(id);
    numbered.add(`${log} ${id}`);
    taken.set(type, (taken.get(type) ?? new Set()).add(id));
  };

  const sync = {
    get port() {
      return port;
    },
    async start() {
      const options = { database: join(folder, "carryover.db"), sites: [{ ...SITE, ...site }, ...(also === undefined ? [] : [{ ...SITE, key: also }])], report: (error: unknown) => void faults.push(error) };
      server = await createServer(options);
      server.watch(({ log, entries }) => entries.forEach((entry) => note(log, entry)));
      ({ port } = await server.listen({ port }));
    },
    async stop() {
      await server?.close();
      server = undefined;
    },
    entries: (type: string) => written.filter((entry) => entry.type === type) as WrittenEntry[],
    taken: (type: string) => taken.get(type) ?? new Set<string>(),
    doubled,
    faults,
    token: (customer: string) => new SignJWT({}).setProtectedHeader({ alg: "HS256" }).setSubject(customer)
      .setExpirationTime("1h").sign(new TextEncoder().encode(SECRET)),
    async announce(store: string, name: string) {
      const [config, file] = [join(folder, "sites.json"), join(folder, "carryover.db")];
      writeFileSync(config, JSON.stringify({ sites: [SITE] }));
      const { stdout } = await promisify(execFile)(process.execPath, ["dist/command.js", "kiosk", "add", "--store", store, "--name", name, "--database", file, "--config", config]);
      return /Code: (\S+)/.exec(stdout)?.[1] ?? "";
    },
    async close() {
      await sync.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await sync.start();
  return sync;
}

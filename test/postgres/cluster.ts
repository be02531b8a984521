/** A PostgreSQL of the tests' own: made in a temporary folder, reached by a socket in it, stopped and gone at the end. */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { chownSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { TestProject } from "vitest/node";
import { engine } from "../../scripts/engines.mjs";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder with the socket, and the folder with the programs. */
    readonly postgres: { readonly socket: string; readonly bin: string };
  }
}

export interface Cluster {
  readonly socket: string;
  readonly bin: string;
  /** Kills it as a power cut would, waits for nobody, and starts it again. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const cluster = await startCluster();
  provide("postgres", { socket: cluster.socket, bin: cluster.bin });
  return () => cluster.stop();
}

/** As shops run it: what is committed is on the disk. Only memory is spared. */
const SETTINGS = ["listen_addresses=", "shared_buffers=64MB", "max_connections=200", "fsync=on", "synchronous_commit=on", "deadlock_timeout=100ms"];

export async function startCluster(): Promise<Cluster> {
  const bin = dirname(realpathSync(engine("postgres"))); // a link on the path has not its neighbours beside it
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "carryover-postgres-")));
  const who = identity();
  if (who !== undefined) chownSync(folder, who.uid, who.gid);
  const data = join(folder, "data");
  execFileSync(join(bin, "initdb"), ["-D", data, "-U", "carryover", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"], { ...who, stdio: ["ignore", "ignore", "inherit"] });
  const start = (): Promise<ChildProcess> => ready(spawn(join(bin, "postgres"), ["-D", data, "-k", folder, ...SETTINGS.flatMap((setting) => ["-c", setting])], { ...who, stdio: ["ignore", "ignore", "pipe"] }));
  let server = await start();
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    server.kill(signal);
    if (server.exitCode === null && server.signalCode === null) await once(server, "exit");
  };
  return {
    socket: folder, bin,
    async crash() {
      await end("SIGQUIT"); // its children end with it, and nothing is written any more
      server = await start();
    },
    async stop() {
      await end("SIGINT");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL will not run as root. */
function identity(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = ["-u", "-g"].map((flag) => Number(execFileSync("id", [flag, "nobody"], { encoding: "utf8" }))) as [number, number];
  return { uid, gid };
}

async function ready(server: ChildProcess): Promise<ChildProcess> {
  const said: string[] = [];
  for await (const line of createInterface(server.stderr as NodeJS.ReadableStream)) {
    said.push(line);
    if (line.includes("ready to accept connections")) {
      server.stderr?.resume();
      return server;
    }
  }
  throw new Error(`PostgreSQL did not start:\n${said.join("\n")}`);
}

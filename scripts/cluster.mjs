/** A PostgreSQL for tests and measurements: made in a temporary folder, reached by a socket in it, stopped and gone at the end. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { engine } from "./engines.mjs";

/** As shops run it: what is committed is on the disk. Only memory is spared, and a deadlock found sooner. */
const SETTINGS = ["listen_addresses=", "shared_buffers=64MB", "max_connections=200", "fsync=on", "synchronous_commit=on", "deadlock_timeout=100ms"];

/** `socket` and `bin` are folders; `crash` ends it as a power cut would, and starts it again. */
export async function startCluster() {
  const bin = dirname(realpathSync(engine("postgres"))); // a link on the path has not its neighbours beside it
  const socket = realpathSync(mkdtempSync(join(tmpdir(), "carryover-postgres-")));
  const who = identity();
  if (who !== undefined) chownSync(socket, who.uid, who.gid);
  const data = join(socket, "data");
  execFileSync(join(bin, "initdb"), ["-D", data, "-U", "carryover", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"], { ...who, stdio: ["ignore", "ignore", "inherit"] });
  const args = ["-D", data, "-k", socket, ...SETTINGS.flatMap((setting) => ["-c", setting])];
  const start = () => ready(spawn(join(bin, "postgres"), args, { ...who, stdio: ["ignore", "ignore", "pipe"] }));
  let server = await start();
  process.once("exit", () => server.kill("SIGQUIT")); // whoever started it may end before it says stop
  const end = async (signal) => {
    server.kill(signal);
    if (server.exitCode === null && server.signalCode === null) await once(server, "exit");
  };
  return {
    socket, bin,
    /** Of the process whose children the others are. */
    get pid() {
      return server.pid;
    },
    address: (database = "postgres") => `postgres://carryover@localhost/${database}?host=${socket}`,
    async crash() {
      await end("SIGQUIT"); // its children end with it, and nothing is written any more
      server = await start();
    },
    async stop() {
      await end("SIGINT");
      rmSync(socket, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL will not run as root. */
function identity() {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = ["-u", "-g"].map((flag) => Number(execFileSync("id", [flag, "nobody"], { encoding: "utf8" })));
  return { uid, gid };
}

async function ready(server) {
  const said = [];
  for await (const line of createInterface(server.stderr)) {
    said.push(line);
    if (!line.includes("ready to accept connections")) continue;
    server.stderr.resume();
    return server;
  }
  throw new Error(`PostgreSQL did not start:\n${said.join("\n")}`);
}

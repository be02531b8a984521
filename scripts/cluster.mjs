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
  const place = newPlace();
  run(place, "initdb", ["-D", place.data, "-U", "carryover", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]);
  return clusterIn(place);
}

/**
 * Starts another that holds what `primary` holds and follows it as long as it lives; it only reads until it is promoted.
 * `mayLag`: commits are acknowledged without it.
 */
export async function startStandby(primary, { mayLag = false } = {}) {
  const place = newPlace();
  run(place, "pg_basebackup", ["-h", primary.socket, "-U", "carryover", "-D", place.data, "-X", "stream", "-c", "fast", "-d", `application_name=${NAME}`, "-R"]);
  const standby = await clusterIn(place);
  // Asked of the primary after the copy was made, so that the standby asks it of nobody once it is promoted.
  if (!mayLag) primary.ask(`ALTER SYSTEM SET synchronous_standby_names = '${NAME}'`, "SELECT pg_reload_conf()");
  return standby;
}

/** How the standby is called by what follows it. */
const NAME = "standby";

/** A temporary folder with the rights that PostgreSQL wants. */
function newPlace() {
  const bin = dirname(realpathSync(engine("postgres"))); // a link on the path has not its neighbours beside it
  const socket = realpathSync(mkdtempSync(join(tmpdir(), "carryover-postgres-")));
  const who = identity();
  if (who !== undefined) chownSync(socket, who.uid, who.gid);
  return { bin, socket, who, data: join(socket, "data") };
}

function run({ bin, who }, program, args) {
  return execFileSync(join(bin, program), args, { ...who, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}

async function clusterIn(place) {
  const { bin, socket, who, data } = place;
  const args = ["-D", data, "-k", socket, ...SETTINGS.flatMap((setting) => ["-c", setting])];
  const start = () => ready(spawn(join(bin, "postgres"), args, { ...who, stdio: ["ignore", "ignore", "pipe"] }));
  let server = await start();
  const leave = () => server.kill("SIGQUIT");
  process.once("exit", leave); // whoever started it may end before it says stop
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
    /** Each by itself, outside of a transaction. */
    ask: (...statements) => run(place, "psql", ["-h", socket, "-U", "carryover", "-d", "postgres", "-XAtq", "-v", "ON_ERROR_STOP=1", ...statements.flatMap((sql) => ["-c", sql])]).trim(),
    promote: () => void run(place, "psql", ["-h", socket, "-U", "carryover", "-d", "postgres", "-XAtq", "-c", "SELECT pg_promote()"]),
    async crash() {
      await end("SIGQUIT"); // its children end with it, and nothing is written any more
      server = await start();
    },
    /** For good: `SIGKILL`, as if the machine had gone, or `SIGQUIT`. */
    kill: end,
    async stop() {
      await end("SIGINT");
      process.removeListener("exit", leave);
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
    if (!/ready to accept (read-only )?connections/.test(line)) continue;
    server.stderr.resume();
    return server;
  }
  throw new Error(`PostgreSQL did not start:\n${said.join("\n")}`);
}

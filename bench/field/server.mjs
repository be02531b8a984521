/** A contender's server in a process of its own, over a folder of its own, and what the system says of that process. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as rest } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const collector = fileURLToPath(new URL("servers/collect.mjs", import.meta.url));
/** Linux counts a process's time in hundredths of a second. */
const TICK_MS = 10;

/** `database` replaces the contender's own file, where it is a PostgreSQL. */
export async function startServer(contender, database) {
  const folder = mkdtempSync(join(tmpdir(), "carryover-field-"));
  const { program, args = [], env = {} } = contender.server({ folder, database });
  const server = spawn(process.execPath, ["--no-warnings", "--expose-gc", "--import", collector, program, ...args], { cwd: folder, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "inherit"] });
  const kill = () => server.kill("SIGKILL"); // whatever becomes of us, no server stays behind
  process.once("exit", kill);
  const lines = createInterface(server.stdout);
  const url = await said(lines, server, /listening on (http:\S+)$/);
  return {
    url, folder,
    cpuMs: () => cpuMs(server.pid),
    residentKb: () => residentKb(server.pid),
    collect: () => collect(server, lines),
    /** Resolves to the bytes that were on its disk in the end. */
    async stop() {
      server.kill("SIGTERM");
      const late = setTimeout(kill, 5_000);
      if (server.exitCode === null && server.signalCode === null) await once(server, "exit");
      clearTimeout(late);
      process.removeListener("exit", kill);
      const stored = bytesIn(folder);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
      return stored;
    },
  };
}

/** Resolves to what stands in the next line of that form. */
function said(lines, server, form) {
  return new Promise((resolve, reject) => {
    const gone = () => reject(new Error("The server ended before it said what was waited for."));
    const read = (line) => {
      const [, what] = form.exec(line) ?? [];
      if (what === undefined) return;
      lines.removeListener("line", read);
      server.removeListener("exit", gone);
      resolve(what);
    };
    lines.on("line", read);
    server.once("exit", gone);
  });
}

/** More than once: what the first round has let go of, the next gives back. Resolves to the bytes that are left in use. */
async function collect(server, lines) {
  let left;
  for (let i = 0; i < 3; i += 1) {
    const told = said(lines, server, /^holding (\d+) bytes$/);
    server.kill("SIGUSR2");
    left = Number(await told);
    await rest(300);
  }
  return left;
}

/** The time that the process has had of the machine's cores, its threads included. */
function cpuMs(pid) {
  const [, ...fields] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1).split(" ");
  return (Number(fields[10]) + Number(fields[11])) * TICK_MS;
}

/** What the process holds of the machine's memory. */
function residentKb(pid) {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
}

function bytesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + lstatSync(join(entry.parentPath, entry.name)).size, 0);
}

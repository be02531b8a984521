/** Runs another program to its end with its output in view; when it fails, this one ends too, with the same exit code. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** Runs a program, or says why it could not be started. */
export function run(program, args, options = {}) {
  const { status, error } = spawnSync(program, args, { stdio: "inherit", ...options });
  if (error !== undefined) process.stderr.write(`${program} could not be started: ${error.message}\n`);
  if (status !== 0) process.exit(status ?? 1);
}

/** Runs a tool of node_modules with this very Node, by the path of its script: no shell, the same on every system. */
export function tool(script, args) {
  run(process.execPath, [join("node_modules", script), ...args]);
}

/** Runs the npm that started us, or the one on the PATH. */
export function npm(args) {
  const own = process.env.npm_execpath ?? "";
  if (own.endsWith("npm-cli.js")) return run(process.execPath, [own, ...args]);
  return run("npm", args, { shell: process.platform === "win32" });
}

/** Installs packages where that can be done unasked: on Debian and its kin, as root. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const APT = "/usr/bin/apt-get";

export function mayInstall() {
  return process.getuid?.() === 0 && existsSync(APT);
}

/** Installs the packages and returns undefined, or returns what apt-get had to say. Lists are refreshed only when needed. */
export function install(packages) {
  const args = ["install", "-y", "--no-install-recommends", ...packages];
  if (apt(args) === undefined) return undefined;
  return apt(["update"]) ?? apt(args);
}

function apt(args) {
  const { status, error, stderr } = spawnSync(APT, args, {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    stdio: ["ignore", "ignore", "pipe"],
    encoding: "utf8",
  });
  return status === 0 ? undefined : (error?.message ?? stderr.trim());
}

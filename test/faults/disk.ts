/** Disks that can be filled and cleared while a server writes to them. */
import { execFileSync } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { atEnd } from "../server/desk.js";

export interface Disk {
  readonly folder: string;
  /** From now on it takes nothing more from this process. */
  fill(pid: number): void;
  /** There is room again. */
  clear(pid: number): void;
}

/** The ways to come by such a disk here. A file system of one's own is the real thing, and wants a machine that lets us mount one. */
export function disks(): readonly (readonly [name: string, make: () => Disk])[] {
  const limited = ["limit on the size of files", limitedDisk] as const;
  return mayMount() ? [["disk of 128 MB", ownDisk], limited] : [limited];
}

const quietly = { stdio: "pipe" } as const;

function ownDisk(): Disk {
  const folder = mkdtempSync(join(tmpdir(), "carryover-disk-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=128m", "tmpfs", folder], quietly);
  atEnd(() => {
    execFileSync("umount", ["--lazy", folder], quietly);
    rmSync(folder, { recursive: true });
  });
  const ballast = join(folder, "ballast");
  return { folder, fill: () => fillWith(ballast), clear: () => rmSync(ballast) };
}

/** Writes until no page more fits: somebody else may be writing as well. */
function fillWith(ballast: string): void {
  const page = Buffer.alloc(4_096);
  try {
    for (;;) appendFileSync(ballast, page);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  }
}

/** What every Linux has: the system refuses this process to write any file beyond its first page. */
function limitedDisk(): Disk {
  const folder = mkdtempSync(join(tmpdir(), "carryover-disk-"));
  atEnd(() => rmSync(folder, { recursive: true }));
  const limit = (pid: number, bytes: string): void => void execFileSync("prlimit", [`--pid=${pid}`, `--fsize=${bytes}:unlimited`], quietly);
  return { folder, fill: (pid) => limit(pid, "4096"), clear: (pid) => limit(pid, "unlimited") };
}

function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), "carryover-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], quietly);
    const isAnother = statSync(folder).dev !== statSync(tmpdir()).dev;
    execFileSync("umount", [folder], quietly);
    return isAnother;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

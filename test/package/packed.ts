/** Packs the package once for all tests of this folder and installs it into an empty shop, as npm would, without a network. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** The packed file. */
    readonly tarball: string;
    /** The root folder of a shop that has it installed. */
    readonly shop: string;
  }
}

export function setup({ provide }: TestProject): () => void {
  const room = realpathSync(mkdtempSync(join(tmpdir(), "carryover-package-")));
  const tarball = pack(room);
  const shop = join(room, "shop");
  install(tarball, shop);
  provide("tarball", tarball);
  provide("shop", shop);
  return () => rmSync(room, { recursive: true, force: true });
}

function pack(into: string): string {
  // What is packed is the dist that is there: scripts/ready.mjs has just seen to it.
  const args = ["pack", "--ignore-scripts", "--json", "--loglevel=error", "--pack-destination", into];
  const answer = execFileSync("npm", args, { encoding: "utf8", shell: process.platform === "win32" });
  const [{ filename }] = JSON.parse(answer) as [{ filename: string }];
  return join(into, filename);
}

function install(tarball: string, shop: string): void {
  const home = join(shop, "node_modules/carryover");
  mkdirSync(home, { recursive: true });
  execFileSync("tar", ["-xzf", tarball, "--strip-components=1", "-C", home]);
  writeFileSync(join(shop, "package.json"), JSON.stringify({ name: "shop", private: true, type: "module" }));
  const { dependencies } = JSON.parse(readFileSync(join(home, "package.json"), "utf8")) as { dependencies: object };
  for (const name of Object.keys(dependencies)) link(name, shop);
}

function link(name: string, shop: string): void {
  const at = join(shop, "node_modules", name);
  mkdirSync(dirname(at), { recursive: true });
  symlinkSync(resolve("node_modules", name), at, "junction");
}

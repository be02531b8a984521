/** What dist/ is made of, as one number: when it differs from the stamp in dist/, the build is out of date. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const BUILD_STAMP = "dist/.sources";

const SETTINGS = ["package.json", "package-lock.json", "rollup.config.mjs", "tsconfig.json", "tsconfig.base.json"];

/** The hash of every source and of every file that says how to build them. Run from the root of the repository. */
export function sourcesHash() {
  const sources = readdirSync("src", { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).replaceAll("\\", "/"))
    .sort();
  const hash = createHash("sha256");
  for (const file of [...SETTINGS, ...sources]) hash.update(`${file}\0`).update(readFileSync(file)).update("\0");
  return hash.digest("hex");
}

/** The stamp of the build that is there, or undefined. */
export function builtHash() {
  try {
    return readFileSync(BUILD_STAMP, "utf8");
  } catch {
    return undefined;
  }
}

/** Sees to it that dist/ is what the sources say, and makes of it the bundle that a shop's own build would make. */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** A folder with `tag.js`, `journey.js` and `link.js` as they are published, and a shop's minified bundles of the package: `app.js`, and `bound.js` with a key. */
    readonly bundles: string;
  }
}

/** What a shop that installs the package writes: one import, one call; on a kiosk, which names its start page, two. */
const APP = `
  import { createClient } from "./dist/index.js";
  import { kioskScreen } from "./dist/kiosk.js";
  const { home, ...options } = JSON.parse(document.currentScript.dataset.options);
  if (home) options.kiosk = { ...options.kiosk, screen: (window.kioskPage = kioskScreen({ home, keeps: ({ kind, name }) => kind === "window" && /^tab \\d/.test(name), known: (who) => (window.kioskIs = who) })) };
  window.carryover = createClient({ ...options, key: window.key });
`;

/** The key that binds a device, as a shop's bundle has it. */
const BOUND = `
  import { boundKey } from "./dist/bound.js";
  window.key = boundKey();
`;

export function setup({ provide }: TestProject): () => void {
  execFileSync(process.execPath, ["scripts/ready.mjs"], { stdio: "inherit" });
  const room = realpathSync(mkdtempSync(join(tmpdir(), "carryover-bundles-")));
  for (const [name, contents] of [["app.js", APP], ["bound.js", BOUND]] as const) {
    buildSync({ stdin: { contents, resolveDir: process.cwd() }, outfile: join(room, name), bundle: true, minify: true, format: "iife", target: "es2022" });
  }
  for (const name of ["tag.js", "journey.js", "link.js"]) copyFileSync(join("dist", name), join(room, name));
  provide("bundles", room);
  return () => rmSync(room, { recursive: true, force: true });
}

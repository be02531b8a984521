/** Builds dist/ from nothing: the declarations first (writing them is the type check), then the code. */
import { rmSync, writeFileSync } from "node:fs";
import { tool } from "./run.mjs";
import { BUILD_STAMP, sourcesHash } from "./sources.mjs";

const hash = sourcesHash();
rmSync("dist", { recursive: true, force: true });
tool("typescript/bin/tsc", ["-b"]);
tool("rollup/dist/bin/rollup", ["-c", "--silent"]);
writeFileSync(BUILD_STAMP, hash);

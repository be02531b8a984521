/** Writes docs/openapi.json from the schemas that the server checks requests with: `npm run openapi`. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const folder = mkdtempSync(join("node_modules", ".openapi-")); // beside the packages that it imports
try {
  const outfile = join(folder, "document.mjs");
  await build({ entryPoints: ["scripts/openapi/document.ts"], bundle: true, platform: "node", format: "esm", packages: "external", outfile, logLevel: "error" });
  const { textOf } = await import(pathToFileURL(outfile).href);
  writeFileSync("docs/openapi.json", textOf(JSON.parse(readFileSync("package.json", "utf8")).version));
} finally {
  rmSync(folder, { recursive: true });
}

/** Bundles as shops do: esbuild, minified, for browsers; and what that weighs on the way to the visitor. */
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));

/** The text of one script; `contents` is its entry, in this folder, `alias` what it calls others. */
export async function bundle(contents, { alias, format = "iife" } = {}) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: here, loader: "js" }, alias, format, bundle: true, minify: true, write: false, platform: "browser", target: "es2022", mainFields: ["browser", "module", "main"],
    define: { "process.env.NODE_ENV": '"production"', "process.env": "{}", global: "globalThis" }, logLevel: "error", external: ["node:*"],
  });
  return outputFiles[0].text;
}

export function brotliBytes(text) {
  return brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
}

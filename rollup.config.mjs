/** How the sources become the files a shop loads. Run `tsc -b` first: a folder sees its neighbours by their declarations. */
import { chmodSync, readFileSync } from "node:fs";
import { resolve as pathOf } from "node:path";
import nodeResolve from "@rollup/plugin-node-resolve";
import terser from "@rollup/plugin-terser";
import typescript from "@rollup/plugin-typescript";
import { licences } from "./scripts/licences.mjs";

const { dependencies, peerDependencies } = JSON.parse(readFileSync("package.json", "utf8"));

/** One compiler per folder, each with that folder's own lib and types, so that no file is compiled more laxly than checked. */
const compilers = (...folders) =>
  folders.map((folder) =>
    typescript({
      tsconfig: `src/${folder}/tsconfig.json`,
      filterRoot: pathOf("src"),
      include: folder === "." ? "*.ts" : `${folder}/**/*.ts`,
      noEmitOnError: true,
      outDir: "dist",
      sourceMap: true,
      // The declarations are written by tsc -b; what is left is only the code.
      composite: false,
      incremental: false,
      declaration: false,
      declarationMap: false,
      tsBuildInfoFile: null,
    }),
  );

/** Everything a page needs is in the file: a shop installs no second package for the browser. */
const bundled = nodeResolve({ browser: true, exportConditions: ["browser"] });

const modules = {
  dir: "dist",
  format: "es",
  sourcemap: true,
  entryFileNames: "[name].js",
  chunkFileNames: "chunks/[name].js",
  hoistTransitiveImports: false,
};

const executable = {
  name: "executable",
  writeBundle: (output) => chmodSync(pathOf(output.dir, "command.js"), 0o755),
};

/** The forms of messages are checked by the server only; reading their parts has no effect, so a page need not carry them. */
const treeshake = { propertyReadSideEffects: false };

/** The drawing of QR codes, the page of preferences and notices come only when they are shown. */
const chunkOf = (id) => {
  if (/node_modules.uqr/.test(id)) return "qr";
  return /src.ui.(?!preferences|notice|index)/.test(id) ? "screens" : undefined;
};

/**
 * The tag starts at once, so nearly all of it runs: told so, Chromium compiles it on another thread while it comes in, and not
 * function by function when they are first called. https://v8.dev/blog/explicit-compile-hints
 */
const EAGER = "//# allFunctionsCalledOnLoad";

/** A warning today is a broken shop tomorrow: the build stops at the first. */
const onwarn = (warning) => {
  throw Object.assign(new Error(warning.message), warning);
};

export default [
  {
    treeshake,
    input: { index: "src/index.ts", model: "src/model/index.ts", ui: "src/ui/index.ts", consent: "src/consent/index.ts", sources: "src/sources/index.ts", scan: "src/scan/index.ts" },
    plugins: [...compilers("model", "wire", "browser", "consent", "ui", "sources", "scan", "."), bundled, licences],
    output: { ...modules, manualChunks: chunkOf },
    onwarn,
  },
  {
    treeshake,
    // In one file of its own: it is loaded by the tag as well, once a shopper allows it.
    input: "src/journey/index.ts",
    plugins: [...compilers("model", "wire", "browser", "journey"), bundled, licences],
    output: { file: "dist/journey.js", format: "es", sourcemap: true, plugins: [terser({ ecma: 2022, module: true })] },
    onwarn,
  },
  {
    treeshake,
    // Only for shops that ask for it.
    input: "src/bound/index.ts",
    plugins: [...compilers("model", "wire", "browser", "bound"), bundled, licences],
    output: { file: "dist/bound.js", format: "es", sourcemap: true },
    onwarn,
  },
  {
    treeshake,
    input: "src/kiosk/index.ts",
    plugins: [...compilers("model", "wire", "browser", "kiosk"), bundled, licences],
    output: { file: "dist/kiosk.js", format: "es", sourcemap: true, plugins: [terser({ ecma: 2022, module: true })] },
    onwarn,
  },
  {
    treeshake,
    // Likewise: the tag loads it where an address asks for a cart.
    input: "src/browser/from-link.ts",
    plugins: [...compilers("model", "browser"), bundled, licences],
    output: { file: "dist/link.js", format: "es", sourcemap: true, plugins: [terser({ ecma: 2022, module: true })] },
    onwarn,
  },
  {
    treeshake,
    input: "src/tag/tag.ts",
    plugins: [...compilers("model", "wire", "browser", "consent", "tag"), bundled, licences],
    output: { file: "dist/tag.js", format: "iife", sourcemap: true, plugins: [terser({ ecma: 2022, compress: { passes: 2 }, format: { preamble: EAGER } })] },
    onwarn,
  },
  {
    input: { server: "src/server/index.ts", command: "src/server/command.ts" },
    // The command may use what no shop is offered; the server looks for the tag beside its own file, so it must stay where it is.
    preserveEntrySignatures: "allow-extension",
    external: [/^node:/, ...Object.keys({ ...dependencies, ...peerDependencies }).map((name) => new RegExp(`^${name}(/|$)`))],
    plugins: [...compilers("model", "wire", "audit", "doctor", "server"), executable],
    output: {
      ...modules,
      // One file for all of the server, beside tag.js, which it serves; the command is only a way to start it, or the audit.
      manualChunks: (id) => (/src.(audit|doctor)./.test(id) ? "audit" : id.endsWith("command.ts") ? undefined : "server"),
      banner: ({ name }) => (name === "command" ? "#!/usr/bin/env node" : ""),
    },
    onwarn,
  },
];

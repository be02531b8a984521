/** The modules as they are loaded: by Node, by a bundler for the browser, by a page. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";
import { expect, inject, test } from "vitest";

const shop = inject("shop");
const home = join(shop, "node_modules/carryover");

function inNode(code: string): string {
  return execFileSync(process.execPath, ["--input-type=module", "--eval", code], { cwd: shop, encoding: "utf8", stdio: "pipe" });
}

function bundle(contents: string, platform: "browser" | "node", plugins: Plugin[] = []) {
  const stdin = { contents, resolveDir: shop };
  return build({ stdin, bundle: true, write: false, format: "esm", platform, plugins, logLevel: "silent", metafile: true });
}

test.each([
  ["carryover", "createClient"],
  ["carryover/model", "applyCart"],
  ["carryover/sources", "tcfSource"],
  ["carryover/journey", "startJourney"],
  ["carryover/bound", "boundKey"],
  ["carryover/kiosk", "kioskScreen"],
  ["carryover/scan", "parseBarcode"],
  ["carryover/server", "createServer"],
])("%s can be imported in Node and has %s", (name, key) => {
  expect(inNode(`const all = await import("${name}"); console.log(typeof all["${key}"])`).trim()).toBe("function");
});

test("carryover/ui can be imported where there is no page, as a server that renders one does", () => {
  expect(() => inNode(`await import("carryover/ui")`)).not.toThrow();
});

test("the version can be read from carryover/package.json", () => {
  const manifest = JSON.parse(readFileSync("package.json", "utf8"));
  const read = `import { createRequire } from "node:module"; console.log(createRequire(import.meta.url)("carryover/package.json").version)`;
  expect(inNode(read).trim()).toBe(manifest.version);
});

test("what is inside of the package is nobody's business", () => {
  expect(() => inNode(`await import("carryover/dist/index.js")`)).toThrow(/ERR_PACKAGE_PATH_NOT_EXPORTED/);
});

test("a bundler for the browser refuses the server", async () => {
  const refused = bundle(`import { createServer } from "carryover/server"; createServer({})`, "browser");
  await expect(refused).rejects.toThrow(/carryover\/server/);
});

test("a bundler for Node takes the server", async () => {
  const { outputFiles } = await bundle(
    `import { createServer } from "carryover/server"; createServer({})`,
    "node",
    [nativePartsStayOutside],
  );
  expect(outputFiles[0]?.text).toContain("createServer");
});

test.each(["index.js", "model.js", "ui.js", "sources.js", "consent.js", "journey.js", "bound.js", "kiosk.js", "scan.js"])("%s asks the browser for nothing that is not in the package", async (entry) => {
  const { metafile } = await bundle(`export * from "./node_modules/carryover/dist/${entry}"`, "browser");
  const inputs = Object.keys(metafile.inputs).filter((input) => input !== "<stdin>");
  expect(inputs.filter((input) => !/node_modules\/carryover\/dist\//.test(input))).toEqual([]);
});

test("the validation of the server is not in the browser's part", async () => {
  for (const entry of ["index.js", "model.js", "ui.js", "sources.js", "consent.js", "journey.js", "kiosk.js", "scan.js"]) {
    const { outputFiles } = await bundle(`export * from "./node_modules/carryover/dist/${entry}"`, "browser");
    expect(outputFiles[0]?.text, entry).not.toMatch(/valibot|~standard|~run/);
  }
});

test("the screens know the client by its type only", async () => {
  const { metafile } = await bundle(`import "carryover/ui"`, "browser");
  const inputs = Object.keys(metafile.inputs).filter((input) => input !== "<stdin>");
  expect(inputs.filter((input) => !/dist\/(ui|chunks\/(qr|screens|preferences|notice))\.js$/.test(input))).toEqual([]);
});

test("the tag is one classic script that leaves no name behind but its own", () => {
  const code = readFileSync(join(home, "dist/tag.js"), "utf8");
  expect(() => new Function(code)).not.toThrow();
  expect(code).not.toMatch(/\bimport\s*[{"']|\brequire\(|\bexport\s*[{*]/);
  expect(code.match(/\bimport\(/g)).toHaveLength(3); // the screens, when plain markup asks for them, the journey, when the shopper allows it, and links, when the address is one
  expect(code).toMatch(/^\/\/# allFunctionsCalledOnLoad\n(!function|\(function|\(\(\)=>|!\(\(\)=>)/); // and is compiled while it comes in
});

test("the server hands out the tag and the journey that were built with it", async () => {
  const code = `import { createServer } from "carryover/server";
    const server = await createServer({ database: ":memory:", sites: [{ key: "pk_demo", origins: ["https://shop.example"] }] });
    const answer = await server.fetch(new Request("http://127.0.0.1/tag.js"));
    const journey = await server.fetch(new Request("http://127.0.0.1/journey.js"));
    console.log(answer.status, answer.headers.get("content-type"), journey.status, (await answer.text()).length);
    await server.close();`;
  const length = readFileSync(join(home, "dist/tag.js"), "utf8").length;
  expect(inNode(code).trim()).toMatch(new RegExp(`^200 text/javascript\\b.* 200 ${length}$`));
});

test("a shop that only folds carts ships nothing of consent or of the network", async () => {
  const { outputFiles } = await bundle(`import { applyCart, emptyCart } from "carryover/model"; console.log(applyCart, emptyCart)`, "browser");
  expect(outputFiles[0]?.text).not.toMatch(/fetch\(|indexedDB|consent/i);
});

const nativePartsStayOutside: Plugin = {
  name: "native parts stay outside",
  setup({ onResolve }) {
    onResolve({ filter: /^libsql$/ }, ({ path }) => ({ path, external: true }));
  },
};

/** What a shop gets when it installs the package. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { expect, inject, test } from "vitest";

const home = join(inject("shop"), "node_modules/carryover");
const manifest = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
const files = readdirSync(home, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(home.length + 1).replaceAll("\\", "/"));

test("the tarball holds the built files, their sources for the debugger, the licence and nothing else", () => {
  const known = /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|dist\/.+\.(js|js\.map|d\.ts|d\.ts\.map|txt)|src\/.+\.ts)$/;
  expect(files.filter((file) => !known.test(file))).toEqual([]);
  expect(files).toEqual(expect.arrayContaining(["package.json", "LICENSE", "README.md", "CHANGELOG.md"]));
});

test("every file that package.json names is in the tarball", () => {
  const named = JSON.stringify([manifest.exports, manifest.bin]).match(/(\.\/)?dist\/[^"]+/g) ?? [];
  expect(named.length).toBeGreaterThan(8);
  expect(named.filter((file) => !existsSync(join(home, file)))).toEqual([]);
});

test("every script in the tarball has a map, and every map finds its sources", () => {
  const scripts = files.filter((file) => file.endsWith(".js"));
  for (const script of scripts) {
    const code = readFileSync(join(home, script), "utf8");
    expect(code, script).toMatch(/\n\/\/# sourceMappingURL=[\w.-]+\.js\.map\s*$/);
    const { sources, sourcesContent } = JSON.parse(readFileSync(join(home, `${script}.map`), "utf8"));
    expect(sourcesContent?.length ?? 0, script).toBe(sources.length);
  }
});

test("every declaration leads an editor to its source", () => {
  for (const map of files.filter((file) => file.endsWith(".d.ts.map"))) {
    const { sources } = JSON.parse(readFileSync(join(home, map), "utf8"));
    const missing = sources.filter((source: string) => !existsSync(join(home, map, "..", source)));
    expect(missing, map).toEqual([]);
  }
});

test("the command can be run as it is", () => {
  const command = join(home, manifest.bin.carryover);
  expect(readFileSync(command, "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
  if (process.platform !== "win32") expect(statSync(command).mode & 0o111).toBe(0o111);
});

test("who has not installed puppeteer-core is told how to get it, and serving needs none of it", () => {
  const audit = spawnSync(process.execPath, [join(home, manifest.bin.carryover), "audit", "http://127.0.0.1:9/"], { encoding: "utf8" });
  expect([audit.status, audit.stdout, audit.stderr]).toEqual([2, "", "carryover audit drives a browser through puppeteer-core, which is not installed: npm install --save-dev puppeteer-core\n"]);
  expect(readFileSync(join(home, "dist/server.js"), "utf8")).not.toContain("puppeteer");
  expect(files.filter((file) => file.endsWith(".d.ts") && /puppeteer/.test(readFileSync(join(home, file), "utf8")))).toEqual([]);
});

test("what is bundled in carries the licences of those who wrote it", () => {
  const notices = readFileSync(join(home, "dist/LICENCES.txt"), "utf8");
  const bundled = files.filter((file) => file.endsWith(".js.map")).flatMap((map) => {
    const { sources } = JSON.parse(readFileSync(join(home, map), "utf8")) as { sources: string[] };
    return sources.flatMap((source) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? []);
  });
  for (const name of new Set(bundled)) expect(notices).toContain(`\n${name} `);
});

test("publint finds nothing to object to", async () => {
  const tarball = readFileSync(inject("tarball"));
  const { messages } = await publint({ pack: { tarball: new Uint8Array(tarball).buffer }, strict: true });
  expect(messages.map((message) => formatMessage(message, manifest))).toEqual([]);
});

test("attw finds that the types are right under every way of resolving an ES module", () => {
  // The package is ESM only, so the profile is esm-only; tag.js is a classic script and has no types to be wrong.
  const attw = "node_modules/@arethetypeswrong/cli/dist/index.js";
  const flags = ["--profile", "esm-only", "--exclude-entrypoints", "./tag.js", "--no-definitely-typed", "--format", "json"];
  const answer = execFileSync(process.execPath, [attw, inject("tarball"), ...flags], { encoding: "utf8" });
  const { analysis } = JSON.parse(answer);
  expect(Object.keys(analysis.entrypoints).sort()).toEqual([".", "./bound", "./consent", "./journey", "./kiosk", "./model", "./package.json", "./scan", "./server", "./sources", "./ui"]);
});

/** A fresh clone is made ready by one script, and what it cannot do it says in one sentence. */
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { debianPackages, ENGINES, findEngine, missing } from "../../scripts/engines.mjs";
import { builtHash, sourcesHash } from "../../scripts/sources.mjs";
import { importsOf, sourcesIn } from "./sources.js";

const room = mkdtempSync(join(tmpdir(), "carryover-ready-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));

/** A PATH with Node and nothing else. */
const bare = join(room, "bin");
beforeAll(() => {
  mkdirSync(bare);
  symlinkSync(process.execPath, join(bare, "node"));
});

test("what makes a clone ready needs nothing but Node itself", () => {
  const ready = sourcesIn(["scripts"]).filter(({ path }) => /\/(ready|engines|debian|run|sources|build)\.mjs$/.test(path));
  const foreign = ready.flatMap(importsOf).filter((name) => !name.startsWith("scripts/") && !builtinModules.includes(name.replace("node:", "")));
  expect(ready).toHaveLength(6);
  expect(foreign).toEqual([]);
});

test("what was built is what the sources say now, and a clone that is ready is left as it is, without a word", () => {
  // Were it not, the script would build, and take the files from under the other tests.
  expect(builtHash()).toBe(sourcesHash());
  const { status, stdout, stderr } = ready(process.cwd(), process.env);
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" });
});

test("an older lock, or none of the packages, leads to an installation", () => {
  const clone = cloneWith({ installed: "1.0.0", locked: "1.0.1" });
  expect(ready(clone, { PATH: bare, npm_execpath: fakeNpm() }).stdout).toContain("carryover: installing packages …\nnpm was asked: ci");
  rmSync(join(clone, "node_modules"), { recursive: true });
  expect(ready(clone, { PATH: bare, npm_execpath: fakeNpm() }).stdout).toContain("npm was asked: ci");
});

test("the lock names the parts for every system, without which npm would refuse to install from it anywhere", () => {
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as { packages: Record<string, { optionalDependencies?: object }> };
  const absent = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) => {
    const isLocked = (name: string): boolean => `node_modules/${name}` in packages || `${path}/node_modules/${name}` in packages;
    return Object.keys(optionalDependencies).filter((name) => !isLocked(name)).map((name) => `${path} needs ${name}`);
  });
  expect(absent).toEqual([]);
});

test("packages that are there are not installed again, also when some are for other systems", () => {
  const clone = cloneWith({ installed: "1.0.0", locked: "1.0.0" });
  expect(ready(clone, { PATH: bare, npm_execpath: fakeNpm() }).stdout).not.toContain("npm was asked");
});

test("a browser that is named but not there is a failure in one sentence", () => {
  const { status, stderr } = ready(process.cwd(), { ...process.env, CARRYOVER_CHROMIUM: "/nowhere/chromium" }, "--browsers");
  expect(status).toBe(1);
  expect(stderr).toBe("CARRYOVER_CHROMIUM is set to /nowhere/chromium, but no Chromium answers there: correct it, or unset it.\n");
});

test("every engine says what it is, what Debian calls it, and what to do elsewhere", () => {
  for (const { title, env, commands, debian, elsewhere } of Object.values(ENGINES)) {
    expect([title, env, debian, elsewhere].every((text) => text.length > 1)).toBe(true);
    expect(env).toMatch(/^CARRYOVER_[A-Z]+$/);
    expect(elsewhere).toMatch(/^[a-z].*\.$/);
    expect(commands.length).toBeGreaterThan(0);
  }
});

test("a fresh Debian is asked once for each package, and brings three engines, a screen, a database and a bus", () => {
  expect(debianPackages(Object.keys(ENGINES))).toEqual(["chromium", "firefox-esr", "webkit2gtk-driver", "xvfb", "postgresql", "nats-server"]);
  expect(debianPackages(["webkit"])).toEqual(["webkit2gtk-driver"]);
  expect(missing("screen")).toBe('Xvfb, a screen for WebKit, is missing: on Debian run "apt-get install xvfb" as root; elsewhere run the tests in a container with Debian: WebKitGTK is the WebKit that runs without Apple\'s systems.');
});

test("a browser that is on no PATH is found where its system keeps it, whatever its version", () => {
  const { places } = ENGINES.webkit;
  const home = join(room, "usr");
  for (const version of ["4.0", "4.1"]) {
    mkdirSync(join(home, `webkit2gtk-${version}`), { recursive: true });
    symlinkSync(process.execPath, join(home, `webkit2gtk-${version}`, "MiniBrowser"));
  }
  try {
    ENGINES.webkit.places = [`${room}/u*/webkit2gtk-4.*/MiniBrowser`];
    expect(findEngine("webkit")).toBe(join(home, "webkit2gtk-4.1", "MiniBrowser"));
    ENGINES.webkit.places = [`${room}/u*/webkit2gtk-5.*/MiniBrowser`];
    expect(findEngine("webkit")).toBeUndefined();
  } finally {
    ENGINES.webkit.places = places;
  }
});

test("a command that is there but does not work is not taken for a browser", () => {
  const broken = join(room, "broken");
  mkdirSync(broken);
  for (const command of ENGINES.chromium.commands) {
    writeFileSync(join(broken, command), "#!/bin/sh\nexit 1\n");
    chmodSync(join(broken, command), 0o755);
  }
  const find = `import { findEngine } from "./scripts/engines.mjs"; console.log(findEngine("chromium"))`;
  const PATH = [broken, bare].join(delimiter);
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "--eval", find], { env: { PATH }, encoding: "utf8" });
  expect(stdout.trim()).not.toContain(broken);
});

test("CI runs the tests as everybody runs them", () => {
  expect(readFileSync(".ci/run", "utf8")).toMatch(/^#!\/usr\/bin\/env bash\n(#.*\n)?set -euo pipefail\n(cd .*\n)?npm test\n$/);
});

function ready(clone: string, env: NodeJS.ProcessEnv, ...flags: string[]) {
  return spawnSync(process.execPath, [join(clone, "scripts/ready.mjs"), ...flags], { env, encoding: "utf8" });
}

/** A clone that has come as far as installing: of one package, and of one that is for another system. */
function cloneWith({ installed, locked }: { installed: string; locked: string }): string {
  const clone = mkdtempSync(join(room, "clone-"));
  cpSync("scripts", join(clone, "scripts"), { recursive: true });
  const other = { version: "2.0.0", optional: true };
  write(clone, "package-lock.json", { packages: { "": {}, "node_modules/one": { version: locked }, "node_modules/other": other } });
  write(clone, "node_modules/.package-lock.json", { packages: { "node_modules/one": { version: installed } } });
  return clone;
}

function write(clone: string, path: string, value: object): void {
  mkdirSync(dirname(join(clone, path)), { recursive: true });
  writeFileSync(join(clone, path), JSON.stringify(value));
}

/** Stands in for npm: says what it was asked, and fails, so that nothing is built. */
function fakeNpm(): string {
  const script = join(room, "npm-cli.js");
  if (!existsSync(script)) writeFileSync(script, `console.log("npm was asked: " + process.argv[2]); process.exit(1);`);
  return script;
}

/** The house keeps its plan: which room may know which, how large a room gets, and how a file introduces itself. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { functionsOf, hasDefaultExport, importsOf, sourcesIn } from "./sources.js";

const src = sourcesIn(["src"]);
const all = [...src, ...sourcesIn(["test", "scripts", "bench", "examples"])];

/** What each room may see: of the house, and of the packages. Sockets and storage of the system are the server's only. */
const plan: Record<string, { readonly rooms: readonly string[]; readonly packages: readonly (string | RegExp)[] }> = {
  "src/model": { rooms: ["src/model"], packages: [] },
  "src/wire": { rooms: ["src/wire", "src/model"], packages: ["valibot"] },
  "src/browser": { rooms: ["src/browser", "src/wire", "src/model"], packages: ["idb-keyval", "eventsource-parser"] },
  "src/consent": { rooms: ["src/consent", "src/browser", "src/model"], packages: [] },
  "src/ui": { rooms: ["src/ui", "src/browser"], packages: ["uqr"] },
  "src/journey": { rooms: ["src/journey", "src/browser", "src/wire", "src/model"], packages: ["web-vitals"] },
  "src/bound": { rooms: ["src/bound", "src/browser", "src/wire"], packages: ["idb-keyval"] },
  "src/kiosk": { rooms: ["src/kiosk", "src/browser", "src/wire", "src/model"], packages: [] },
  "src/scan": { rooms: ["src/scan", "src/browser", "src/model"], packages: [] },
  "src/sources": { rooms: ["src/sources", "src/browser"], packages: [] },
  "src/tag": { rooms: ["src/tag", "src/consent", "src/browser"], packages: [] },
  "src/audit": { rooms: ["src/audit"], packages: [/^node:/, "puppeteer-core"] },
  "src/doctor": { rooms: ["src/doctor", "src/audit"], packages: [/^node:/, "puppeteer-core"] },
  "src/server": { rooms: ["src/server", "src/wire", "src/model", "src/audit", "src/doctor"], packages: [/^node:/, "@nats-io/transport-node", "@opentelemetry/api", ...dependencies()] },
};

test("every file in src stands in a room of the plan, but for the public entry", () => {
  expect(src.map(({ path }) => roomOf(path)).filter((room) => !(room in plan))).toEqual(["src"]);
});

test("the public entry re-exports and does nothing else", () => {
  const entry = src.find(({ path }) => path === "src/index.ts");
  const seen = entry === undefined ? [] : importsOf(entry).map(roomOf);
  expect(seen.filter((room) => !["src/browser", "src/wire", "src/model"].includes(room))).toEqual([]);
  expect(entry?.text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/export (type )?\{[^}]*\} from "[^"]+";/g, "").trim()).toBe("");
});

test.each(Object.keys(plan))("%s sees only what the plan lets it see", (room) => {
  const { rooms, packages } = plan[room] ?? { rooms: [], packages: [] };
  const isAllowed = (name: string): boolean => name.startsWith("src/")
    ? rooms.includes(roomOf(name))
    : packages.some((known) => (typeof known === "string" ? name === known || name.startsWith(`${known}/`) : known.test(name)));
  const trespasses = src
    .filter(({ path }) => roomOf(path) === room)
    .flatMap((source) => importsOf(source).filter((name) => !isAllowed(name)).map((name) => `${source.path} imports ${name}`));
  expect(trespasses).toEqual([]);
});

test("the screens, the journey, the scanners and the consent platforms use no more of the device than its types", () => {
  const runtime = src.filter(({ path }) => /^src\/(ui|sources|journey|bound|scan)\//.test(path)).filter(({ text }) => /^(import|export) (?!type)[^;]*"\.\.\/browser/m.test(text));
  expect(runtime.map(({ path }) => path)).toEqual([]);
});

test("neither the wire nor the server nor the device's post knows what a cart is (a wishlist changes model and ui only)", () => {
  const post = /^src\/(wire|server)\/|^src\/browser\/(push|pull|retry|tabs|shelf)\.ts$/;
  const known = src.filter(({ path }) => post.test(path)).flatMap((source) => {
    return importsOf(source).filter((name) => /^src\/model\/cart/.test(name)).map((name) => `${source.path} imports ${name}`);
  });
  expect(known).toEqual([]);
});

test("imports name the file as it will be called: .js, which Node and every bundler understand", () => {
  const loose = src.flatMap((source) => importsOf(source).filter((name) => name.startsWith("src/") && !name.endsWith(".js")));
  expect(loose).toEqual([]);
});

test("no file has more than 300 lines", () => {
  const long = all.map(({ path, text }) => ({ path, lines: text.trimEnd().split("\n").length })).filter(({ lines }) => lines > 300);
  expect(long).toEqual([]);
});

test("nine functions of ten have fewer than 30 lines", () => {
  const spans = src.flatMap(functionsOf);
  const long = spans.filter(({ lines }) => lines >= 30);
  expect(long.length, long.map(({ name }) => name).join("\n")).toBeLessThanOrEqual(spans.length / 10);
});

test("there is no drawer where things are thrown that have no place", () => {
  const drawer = /(^|[/.-])(utils?|helpers?|commons?|libs?|shared|misc|types|managers?)([/.-]|$)/i;
  expect(all.map(({ path }) => path).filter((path) => drawer.test(path))).toEqual([]);
});

test("every file opens with a sentence that says what it is for", () => {
  const opening = /^(#!.*\n)?\/\*\*\s[^/]*?[\p{L}`"]/u;
  const sentence = /^(?:#!.*\n)?\/\*\*([\s\S]*?)\*\//;
  const mute = all.filter(({ text }) => !opening.test(text) || !/[.:!?]/.test(sentence.exec(text)?.[1] ?? ""));
  expect(mute.map(({ path }) => path)).toEqual([]);
});

test("nothing is left for later, and no test is left out or singled out", () => {
  const later = /\b(TO[D]O|FIX[M]E|X{2}X)\b|\b(test|it|describe|suite)\.(sk[i]p|on[l]y|to[d]o|sk[i]pIf|run[I]f)\b/;
  expect(all.filter(({ text }) => later.test(text)).map(({ path }) => path)).toEqual([]);
});

test("everything exported has a name of its own", () => {
  expect(src.filter(hasDefaultExport).map(({ path }) => path)).toEqual([]);
});

test("each room is compiled with its own idea of what surrounds it, and none more laxly than the rest", () => {
  for (const room of Object.keys(plan)) {
    const { extends: base, compilerOptions } = JSON.parse(readFileSync(`${room}/tsconfig.json`, "utf8"));
    expect(base, room).toBe("../../tsconfig.base.json");
    expect(Object.keys(compilerOptions).sort(), room).toEqual(["lib", "tsBuildInfoFile", "types"]);
    const { lib, types } = compilerOptions as { lib: string[]; types: string[] };
    expect(types, room).toEqual(["src/server", "src/audit", "src/doctor"].includes(room) ? ["node"] : []);
    expect(lib.some((name) => name.startsWith("DOM")), room).toBe(["src/browser", "src/consent", "src/ui", "src/sources", "src/journey", "src/bound", "src/kiosk", "src/scan", "src/tag", "src/audit", "src/doctor"].includes(room));
  }
});

test("every room of the tests is run", () => {
  const config = readFileSync("vitest.config.ts", "utf8");
  const rooms = readdirSync("test", { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(rooms.map(({ name }) => name).filter((name) => !config.includes(`"${name}"`))).toEqual([]);
});

function roomOf(path: string): string {
  return path.split("/").slice(0, -1).slice(0, 2).join("/");
}

function dependencies(): string[] {
  return Object.keys(JSON.parse(readFileSync("package.json", "utf8")).dependencies);
}

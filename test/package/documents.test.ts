/** What the documents show works as shown: their blocks are compiled, run and read against the installed package. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { Script } from "node:vm";
import { Window } from "happy-dom";
import { beforeAll, expect, inject, test } from "vitest";
import { type Block, blocksIn, documents } from "./blocks.js";
import { complaintsAbout, ways, withoutTypes } from "./compiler.js";

const shop = inject("shop");
const bin = join(shop, "node_modules/.bin");
const blocks = documents().flatMap(blocksIn);

/** A document's own folder within the shop: what its blocks write, they write there. */
const folderOf = ({ document }: Block): string => join(shop, "documents", document);
const database = `postgres://carryover@localhost/postgres?host=${inject("postgres").socket}`;
const env = { ...process.env, PATH: bin + delimiter + process.env.PATH, DATABASE_URL: database, NEW_DATABASE_URL: database.replace("/postgres?", "/moved?") };

beforeAll(() => {
  execFileSync(join(inject("postgres").bin, "createdb"), ["-h", inject("postgres").socket, "-U", "carryover", "moved"]);
  mkdirSync(bin, { recursive: true });
  if (!existsSync(join(bin, "carryover"))) symlinkSync(join(shop, "node_modules/carryover/dist/command.js"), join(bin, "carryover"));
  for (const block of blocks) mkdirSync(folderOf(block), { recursive: true });
  for (const block of those("file")) writeFileSync(join(folderOf(block), block.name), block.code);
});

test("README.md and the documents show code", () => {
  expect(blocks.length).toBeGreaterThan(0);
});

test("every block of TypeScript is at least compiled", () => {
  const unchecked = blocks.filter(({ language, task }) => language === "ts" && !["check", "run"].includes(task));
  expect(unchecked.map(({ at }) => at)).toEqual([]);
});

test("every task named in a block is one that is done", () => {
  const tasks = ["", "ts check", "ts run", "js run", "sh run", "sh serve", "html tag", "json file"];
  const odd = blocks.filter(({ language, task }) => task !== "" && !tasks.includes(`${language} ${task}`));
  expect(odd.map(({ at, task }) => `${at} ${task}`)).toEqual([]);
});

each("check", "ts", "the TypeScript at %s compiles", compile);

each("run", "ts", "the TypeScript at %s compiles and runs", (block) => {
  compile(block);
  runInNode(block, withoutTypes(block.code));
});

each("run", "js", "the JavaScript at %s runs", (block) => runInNode(block, block.code));

each("run", "sh", "the commands at %s run", (block) => {
  execFileSync("bash", ["-euo", "pipefail", "-c", block.code], { cwd: folderOf(block), env, timeout: 60_000, stdio: "pipe" });
});

each("serve", "sh", "the server started at %s says where it listens, and stops when asked", async (block) => {
  const command = block.code.trim().replace(/^npx /, "exec ");
  const server = spawn("bash", ["-euo", "pipefail", "-c", command], { cwd: folderOf(block), env, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(server, "exit");
  try {
    expect(await firstLine(server.stdout, /listening on/, ended)).toMatch(/^carryover listening on http:\/\/127\.0\.0\.1:\d+$/);
  } finally {
    server.kill("SIGTERM");
  }
  expect((await ended)[0]).toBe(0);
});

each("tag", "html", "the page at %s uses the tag and markup that it knows", ({ code }) => {
  const { document } = new Window({ settings: { disableJavaScriptFileLoading: true } });
  document.body.innerHTML = code;
  const scripts = [...document.querySelectorAll("script")];
  for (const script of scripts.filter((one) => one.hasAttribute("src") && /tag\.js$/.test(one.getAttribute("src") ?? ""))) {
    expect(script.hasAttribute("async")).toBe(true);
    expect(script.getAttribute("data-site")).toMatch(/^pk_/);
  }
  for (const script of scripts.filter((one) => one.textContent.trim() !== "")) expect(() => new Script(script.textContent)).not.toThrow();
  expect(document.querySelector("[src$='tag.js'], [data-carryover-add], [data-consent], script, carryover-consent, carryover-handoff")).not.toBeNull();
});

/** One test for each block with this task; no test at all where no document has such a block. */
function each(task: string, language: string, title: string, check: (block: Block) => unknown): void {
  for (const block of those(task)) if (block.language === language) test(title.replace("%s", block.at), () => check(block));
}

function those(task: string): Block[] {
  return blocks.filter((block) => block.task === task);
}

const fileFor = (block: Block, ending: string): string => join(folderOf(block), `${block.at.replaceAll(/\W/g, "-")}.${ending}`);

let judged: Map<string, string[]> | undefined;

/** All of them together, once: each alone would have the compiler read the whole package again. */
function compile(block: Block): void {
  judged ??= complaintsAbout(new Map([...those("check"), ...those("run")].filter(({ language }) => language === "ts").map((one) => {
    // A block that imports nothing may still await: it is a module all the same.
    return [fileFor(one, "ts"), `${one.code}\nexport {};\n`];
  })), { ...ways.nodenext, lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"], types: ["node"] });
  expect([judged.get(""), judged.get(fileFor(block, "ts"))]).toEqual([[], []]);
}

function runInNode(block: Block, code: string): void {
  const file = fileFor(block, "mjs");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, code);
  execFileSync(process.execPath, [resolve(file)], { cwd: folderOf(block), env, timeout: 60_000, stdio: "pipe" });
}

async function firstLine(stream: NodeJS.ReadableStream, wanted: RegExp, ended: Promise<unknown>): Promise<string | undefined> {
  const lines = createInterface(stream);
  void ended.then(() => lines.close());
  for await (const line of lines) if (wanted.test(line)) return line;
  return undefined;
}

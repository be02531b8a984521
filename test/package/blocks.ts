/** Finds the blocks of code in the documents and says, by their info strings, what is to be done with each. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * ```` ```ts check ```` is type-checked · `ts run` is type-checked and run · `js run`, `sh run` are run ·
 * `sh serve` is started, must say that it listens, and must stop cleanly · `html tag` is read as a page ·
 * `json file NAME` is written beside the blocks of the same document before they run.
 */
export interface Block {
  /** `README.md:12`. */
  readonly at: string;
  readonly document: string;
  readonly language: string;
  /** What to do: `check`, `run`, `serve`, `tag`, `file`, or empty for a block that is only to be read. */
  readonly task: string;
  readonly name: string;
  readonly code: string;
}

const fence = /^```(\w+)?[ \t]*(\w+)?[ \t]*(\S+)?[^\n]*\n([\s\S]*?)^```[ \t]*$/gm;

/** The documents a shop reads. */
export function documents(): string[] {
  const docs = existsSync("docs") ? readdirSync("docs", { recursive: true, encoding: "utf8" }) : [];
  const paths = ["README.md", ...docs.map((name) => join("docs", name).replaceAll("\\", "/"))];
  return paths.filter((path) => path.endsWith(".md") && existsSync(path));
}

export function blocksIn(document: string): Block[] {
  const text = readFileSync(document, "utf8");
  return [...text.matchAll(fence)].map(({ index, 1: language = "", 2: task = "", 3: name = "", 4: code = "" }) => {
    const line = text.slice(0, index).split("\n").length;
    return { at: `${document}:${line}`, document, language, task, name, code };
  });
}

/** Whatever a shop can import tells its editor what it is. */
import { join } from "node:path";
import ts from "typescript";
import { expect, inject, test } from "vitest";
import { ways } from "./compiler.js";

const types = join(inject("shop"), "node_modules/carryover/dist/types");
const entries = ["index.d.ts", "model/index.d.ts", "ui/index.d.ts", "sources/index.d.ts", "consent/index.d.ts", "journey/index.d.ts", "bound/index.d.ts", "kiosk/index.d.ts", "scan/index.d.ts", "server/index.d.ts"].map((name) => join(types, name));
const program = ts.createProgram(entries, { ...ways.nodenext, skipLibCheck: true, types: [] });
const checker = program.getTypeChecker();

test.each(entries.map((entry) => [entry.slice(types.length + 1), entry]))("everything exported by %s has a sentence of its own", (_, entry) => {
  expect(exportsOf(entry).length).toBeGreaterThan(0);
  expect(exportsOf(entry).filter((symbol) => wordsOn(symbol) === "").map(({ name }) => name)).toEqual([]);
});

test("the two functions that everything starts with show an example", () => {
  const starts = entries.flatMap(exportsOf).filter(({ name }) => ["createClient", "createServer"].includes(name));
  expect(starts.map(({ name }) => name).sort()).toEqual(["createClient", "createServer"]);
  for (const start of starts) expect(start.getJsDocTags(checker).map(({ name }) => name), start.name).toContain("example");
});

function exportsOf(entry: string): ts.Symbol[] {
  const file = program.getSourceFile(entry);
  const module = file === undefined ? undefined : checker.getSymbolAtLocation(file);
  const symbols = module === undefined ? [] : checker.getExportsOfModule(module);
  return symbols.map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol));
}

function wordsOn(symbol: ts.Symbol): string {
  return ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim();
}

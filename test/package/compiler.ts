/** Compiles what a shop might write, against the installed package: every declaration checked, none skipped. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import ts from "typescript";

export const ways = {
  nodenext: { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
  bundler: { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
};

/** Writes the file and returns what the compiler objects to, as sentences. */
export function complaints(file: string, code: string, options: ts.CompilerOptions): string[] {
  return [...complaintsAbout(new Map([[file, code]]), options).values()].flat();
}

/** The same for many files at once, by file: what they share is read once. What is about none of them stands under "". */
export function complaintsAbout(files: ReadonlyMap<string, string>, options: ts.CompilerOptions): Map<string, string[]> {
  for (const [file, code] of files) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, code);
  }
  const program = ts.createProgram([...files.keys()], {
    target: ts.ScriptTarget.ES2022,
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    // The compiler's own declarations are not ours to check, and they take most of the time.
    skipDefaultLibCheck: true,
    noEmit: true,
    typeRoots: [resolve("node_modules/@types")],
    ...options,
  });
  const found = new Map<string, string[]>([...files.keys(), ""].map((file) => [file, []]));
  for (const { file: where, messageText, start } of ts.getPreEmitDiagnostics(program)) {
    const line = where === undefined || start === undefined ? 0 : where.getLineAndCharacterOfPosition(start).line + 1;
    const name = [...files.keys()].find((file) => where !== undefined && resolve(file) === resolve(where.fileName)) ?? "";
    found.get(name)?.push(`${where?.fileName ?? ""}:${line} ${ts.flattenDiagnosticMessageText(messageText, "\n")}`);
  }
  return found;
}

/** The same code without its types. */
export function withoutTypes(code: string): string {
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true };
  return ts.transpileModule(code, { compilerOptions }).outputText;
}

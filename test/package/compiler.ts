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
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, code);
  const program = ts.createProgram([file], {
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
  return ts.getPreEmitDiagnostics(program).map(({ file: where, messageText, start }) => {
    const line = where === undefined || start === undefined ? 0 : where.getLineAndCharacterOfPosition(start).line + 1;
    return `${where?.fileName ?? ""}:${line} ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
  });
}

/** The same code without its types. */
export function withoutTypes(code: string): string {
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true };
  return ts.transpileModule(code, { compilerOptions }).outputText;
}

/** Reads the sources as text and as syntax, for the test of the house. */
import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import ts from "typescript";

export interface Source {
  /** The path from the root of the repository, `src/model/cart.ts`. */
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
}

export interface Span {
  readonly name: string;
  readonly lines: number;
}

/** All sources below the folders that end as given, in the order of their paths; folders that are not there hold none. */
export function sourcesIn(folders: readonly string[], ends = /\.(ts|js|mjs)$/): Source[] {
  return folders.flatMap(filesIn).filter((path) => ends.test(path)).sort().map((path) => {
    const text = readFileSync(path, "utf8");
    return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) };
  });
}

/** What is installed below a folder is not ours. */
function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name).replaceAll("\\", "/");
      if (entry.isDirectory()) return entry.name === "node_modules" ? [] : filesIn(path);
      return entry.isFile() ? [path] : [];
    });
  } catch {
    return [];
  }
}

/** Everything a file imports or re-exports, types too, also by `import()`: a path from the root, or the name of a package. */
export function importsOf({ path, tree }: Source): string[] {
  const names: string[] = [];
  const visit = (node: ts.Node): void => {
    const named = (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) ? node.moduleSpecifier
      : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword ? node.arguments[0]
      : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) ? node.argument.literal
      : undefined;
    if (named !== undefined && ts.isStringLiteral(named)) names.push(named.text);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return names.map((name) => (name.startsWith(".") ? posix.join(posix.dirname(path), name) : name));
}

/** The functions that have a name: an arrow passed on in the middle of a line is a part of the function around it. */
export function functionsOf({ path, tree }: Source): Span[] {
  const spans: Span[] = [];
  const lineAt = (position: number): number => tree.getLineAndCharacterOfPosition(position).line;
  const visit = (node: ts.Node): void => {
    if (hasName(node)) {
      const lines = lineAt(node.getEnd()) - lineAt(node.getStart()) + 1;
      spans.push({ name: `${path}:${lineAt(node.getStart()) + 1} (${lines} lines)`, lines });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return spans;
}

function hasName(node: ts.Node): boolean {
  if (ts.isFunctionDeclaration(node) || ts.isConstructorDeclaration(node) || ts.isAccessor(node)) return node.body !== undefined;
  if (ts.isMethodDeclaration(node)) return node.body !== undefined;
  const isValue = ts.isArrowFunction(node) || ts.isFunctionExpression(node);
  return isValue && (ts.isVariableDeclaration(node.parent) || ts.isPropertyAssignment(node.parent) || ts.isPropertyDeclaration(node.parent));
}

/** Whether a file exports something without a name. */
export function hasDefaultExport({ tree }: Source): boolean {
  return tree.statements.some((statement) => {
    const isDefault = ts.canHaveModifiers(statement)
      && ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword);
    return isDefault === true || ts.isExportAssignment(statement);
  });
}

/** Reads the shapes of what travels off the sources, without their comments and layout. */
import { createHash } from "node:crypto";
import ts from "typescript";
import { sourcesIn } from "../package/sources.js";

const printer = ts.createPrinter({ removeComments: true });

/** Declarations of a file that shape a message: types, schemas and the numbers in them; not what is done with them. */
function shapesOf(tree: ts.SourceFile, only?: readonly string[]): string[] {
  return tree.statements.flatMap((statement) => {
    const isShape = ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement) || ts.isVariableStatement(statement);
    if (!isShape) return [];
    const name = ts.isVariableStatement(statement) ? statement.declarationList.declarations[0]?.name.getText(tree) ?? "" : statement.name.text;
    if (only !== undefined && !only.includes(name)) return [];
    return [printer.printNode(ts.EmitHint.Unspecified, statement, tree).replace(/\s+/g, " ")];
  });
}

function hashOf(lines: readonly string[]): string {
  return createHash("sha256").update(lines.join("\n")).digest("hex").slice(0, 12);
}

/** A short hash for each page of the wire. */
export function wireHashes(): Record<string, string> {
  const pages = sourcesIn(["src/wire"]).map(({ path, tree }) => [path.replace(/^src\/wire\/|\.ts$/g, ""), hashOf(shapesOf(tree))] as const);
  return Object.fromEntries(pages);
}

/** What the messages carry is declared in the model; logs hold it for years. */
const carried: Record<string, readonly string[]> = {
  "src/model/event.ts": ["Event", "Origin", "Entry"],
  "src/model/cart-events.ts": ["CartData"],
  "src/model/consent.ts": ["Scope", "ConsentDecided", "ConsentRule"],
  "src/model/adoption.ts": ["Adoption"],
  "src/model/replica.ts": ["Snapshot"],
  "src/model/admission.ts": ["Objection"],
};

export function carriedHashes(): Record<string, string> {
  const sources = sourcesIn(["src/model"]).filter(({ path }) => path in carried);
  return Object.fromEntries(sources.map(({ path, tree }) => [path.replace(/^src\/model\/|\.ts$/g, ""), hashOf(shapesOf(tree, carried[path]))]));
}

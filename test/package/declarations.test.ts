/** The declarations as a shop's compiler reads them, every one of them checked, with and without a page, with and without Node. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import ts from "typescript";
import { beforeAll, expect, inject, test } from "vitest";

const shop = inject("shop");

const page = `
import { createClient } from "carryover";
import "carryover/ui";
const shop = createClient({ site: "pk_demo" });
const line: string = shop.cart.add("SCHOEN-42", 2, { options: { maat: "42" } });
shop.cart.setQuantity(line, 3);
const stop: () => void = shop.subscribe(() => {});
const may: boolean = shop.consent.allows("analytics");
stop();
shop.close();
export { may };
`;

const till = `
import { applyCart, emptyCart, viewCart } from "carryover/model";
export const lines = viewCart(emptyCart);
export const fold: typeof applyCart = applyCart;
`;

const backend = `
import { createServer } from "carryover/server";
const server = await createServer({ database: ":memory:", sites: [] });
export const answer: Response = await server.fetch(new Request("http://127.0.0.1:8787/"));
`;

/** Who reads the declarations: what they import, and what their surroundings are made of. */
const readers = {
  "a page": { code: page, lib: ["lib.es2022.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"], types: [] },
  "a till with neither page nor Node": { code: till, lib: ["lib.es2022.d.ts"], types: [] },
  "a server without a page": { code: backend, lib: ["lib.es2023.d.ts"], types: ["node"] },
};

const ways = {
  nodenext: { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
  node16: { module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 },
  bundler: { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
};

const pairs = Object.keys(readers).flatMap((reader) => Object.keys(ways).map((way) => [reader, way] as const));

beforeAll(() => {
  mkdirSync(join(shop, "node_modules/@types"), { recursive: true });
  symlinkSync(resolve("node_modules/@types/node"), join(shop, "node_modules/@types/node"), "junction");
});

test.each(pairs)("%s compiles under %s", (reader, way) => {
  const { code, lib, types } = readers[reader as keyof typeof readers];
  expect(complaints(`${reader}.${way}.ts`, code, { lib, types, ...ways[way as keyof typeof ways] })).toEqual([]);
});

test("a wrong use is seen: the check does check", () => {
  const { lib, types } = readers["a page"];
  const wrong = `import { createClient } from "carryover"; createClient({ site: 1 }); document.nonsense;`;
  expect(complaints("wrong.ts", wrong, { lib, types, ...ways.bundler })).toHaveLength(2);
});

function complaints(name: string, code: string, options: ts.CompilerOptions): string[] {
  const file = join(shop, name.replaceAll(" ", "-"));
  writeFileSync(file, code);
  const program = ts.createProgram([file], {
    target: ts.ScriptTarget.ES2022,
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
    typeRoots: [join(shop, "node_modules/@types")],
    ...options,
  });
  return ts.getPreEmitDiagnostics(program).map(({ file: where, messageText }) => {
    return `${where?.fileName ?? ""}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
  });
}

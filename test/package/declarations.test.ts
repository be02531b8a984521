/** The declarations as a shop's compiler reads them, every one of them checked, with and without a page, with and without Node. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { complaints, ways } from "./compiler.js";

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

const pairs = Object.keys(readers).flatMap((reader) => Object.keys(ways).map((way) => [reader, way] as const));

test.each(pairs)("%s compiles under %s", (reader, way) => {
  const { code, lib, types } = readers[reader as keyof typeof readers];
  expect(complaints(fileOf(`${reader} ${way}`), code, { lib, types, ...ways[way as keyof typeof ways] })).toEqual([]);
});

test("a wrong use is seen: the check does check", () => {
  const { lib, types } = readers["a page"];
  const wrong = `import { createClient } from "carryover"; createClient({ site: 1 }); document.nonsense;`;
  expect(complaints(fileOf("wrong"), wrong, { lib, types, ...ways.bundler })).toHaveLength(2);
});

test("the tests are compiled as strictly as the sources", () => {
  const { status, stdout } = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "test"], { encoding: "utf8" });
  expect(stdout).toBe("");
  expect(status).toBe(0);
}, 120_000);

function fileOf(name: string): string {
  return join(shop, "readers", `${name.replaceAll(" ", "-")}.ts`);
}

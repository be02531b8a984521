/** Hands out the files of the examples and the built library; nothing else on this disk can be reached. */
import { readFile } from "node:fs/promises";
import { extname, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const examples = resolve(root, "examples");

const kinds = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".map": "application/json",
};

/** What stands elsewhere than under its own name. */
const elsewhere = { "/carryover.js": "dist/index.js", "/uqr.js": "node_modules/uqr/dist/index.mjs" };

/** The built library: its entries, the parts they share, and the maps that lead back to its sources. */
const built = /^\/((index|tag|ui)|chunks\/[\w.-]+)\.js(\.map)?$/;

/**
 * The answer to a GET for one of the example's pages, with the shared shop under `/shop/`.
 * @param {string} example
 * @param {string} path
 */
export async function fileResponse(example, path) {
  const file = fileOf(example, path);
  const body = file && (await readFile(file).catch(() => undefined));
  if (body === undefined) return new Response("There is nothing here.\n", { status: 404 });
  const type = kinds[extname(file).replace(".mjs", ".js")] ?? "application/octet-stream";
  return new Response(body, { headers: { "content-type": type, "cache-control": "no-cache", "x-content-type-options": "nosniff" } });
}

function fileOf(example, path) {
  if (Object.hasOwn(elsewhere, path)) return resolve(root, elsewhere[path]);
  if (built.test(path)) return resolve(root, "dist", `.${path}`);
  const name = path.endsWith("/") ? `${path}index.html` : path;
  const base = name.startsWith("/shop/") ? examples : resolve(examples, example);
  const file = resolve(base, `.${name}`);
  return file.startsWith(base + sep) && extname(file) in kinds ? file : undefined;
}

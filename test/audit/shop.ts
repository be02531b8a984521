/** Small shops on loopback, one that asks about cookies as it should and others that each do one thing wrong. */
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { fileResponse } from "../../examples/devices/files.mjs";
import { listen } from "../engines/line.js";
import { createServer as createSync, type Server } from "../../src/server/index.js";

/** What a shop does differently from one that does it right; all is script or markup of its page. */
export interface Habits {
  readonly head?: string;
  readonly body?: string;
  /** Style and attributes of the two answers on the first layer. */
  readonly accept?: string;
  readonly refuse?: string;
  /** Attributes of the box for statistics on the second layer. */
  readonly box?: string;
  /** What is written when everything is accepted, beside the answer. */
  readonly granted?: string;
  /** What is done when it is refused or taken back. */
  readonly withdrawn?: string;
  /** What runs on each page, whatever was answered. */
  readonly always?: string;
  /** Whether the answer is kept. */
  readonly isKept?: boolean;
}

export interface Shops {
  /** The address of a shop with these habits. */
  open(habits?: Habits): string;
  /** The address of a page written as it is; `{other}` is the origin of somebody else. */
  show(html: string): string;
  /** The demo shop of this repository: its page with the tag. */
  readonly demo: string;
  close(): Promise<void>;
}

/** Keeps something for statistics. */
export const GRANTED = `document.cookie = "_stats=1; path=/; max-age=86400"; localStorage.setItem("_stats", "1");`;
/** Removes it again. */
export const WITHDRAWN = `document.cookie = "_stats=; path=/; max-age=0"; localStorage.removeItem("_stats");`;

/** A shop of our own making: the second layer is a dialog that the foot of the page leads to. */
function pageOf({ head = "", body = "", accept = "", refuse = "", box = "", granted = GRANTED, withdrawn = WITHDRAWN, always = "", isKept = true }: Habits): string {
  return `<!doctype html><html lang="nl"><meta charset="utf-8"><title>Schoen en boek</title><link rel="icon" href="data:,">
<style>body { height: 3000px } section { position: fixed; inset: auto 0 0; background: #fff; padding: 1em }
button { width: 160px; height: 44px; font: 600 16px sans-serif; background: #1d4f9f; color: #fff }</style>${head}
<h1>Schoen en boek</h1><form><label><input type="checkbox" checked>Cadeaupapier</label></form>${body}
<section id="question" hidden><p>Mogen wij meten?</p><button id="refuse" ${refuse}>Alles weigeren</button><button id="accept" ${accept}>Alles accepteren</button></section>
<button id="back">Cookie-instellingen</button>
<dialog id="layer"><label><input type="checkbox" id="box" ${box}>Statistiek</label><label><input type="checkbox" checked disabled>Noodzakelijk</label>
<button id="none">Alles weigeren</button><button id="own">Mijn keuze bewaren</button></dialog>
<script>
  const at = (id) => document.getElementById(id);
  const answer = (isGranted) => {
    if (${isKept}) localStorage.setItem("carryover:pk:choice", String(isGranted));
    at("question").hidden = true;
    at("layer").close();
    if (isGranted) { ${granted} } else { ${withdrawn} }
  };
  at("question").hidden = localStorage.getItem("carryover:pk:choice") !== null;
  at("accept").onclick = () => answer(true);
  at("refuse").onclick = at("none").onclick = () => answer(false);
  at("own").onclick = () => answer(at("box").checked);
  at("back").onclick = () => at("layer").showModal();
  ${always}
</script>`;
}

export async function createShops(): Promise<Shops> {
  const pages = new Map<string, string>();
  const sync = await createSync({ database: ":memory:", sites: [{ key: "pk_demo", origins: ["http://127.0.0.1:*"] }] });
  const server = createServer((request, response) => void answer(request, response, pages, sync));
  const port = await listen(server);
  const show = (html: string): string => {
    const path = `/shop-${pages.size}`;
    // Two names of this machine are two parties to a browser.
    pages.set(path, html.replaceAll("{other}", `http://localhost:${port}`));
    return `http://127.0.0.1:${port}${path}`;
  };
  return {
    show,
    open: (habits = {}) => show(pageOf(habits)),
    demo: `http://127.0.0.1:${port}/`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await sync.close();
    },
  };
}

/** The built library and the demo lie beside the pages; the server's own cookie is one that no script may read. */
async function answer(request: IncomingMessage, response: ServerResponse, pages: ReadonlyMap<string, string>, sync: Server): Promise<void> {
  const { url = "/" } = request;
  const { pathname } = new URL(url, "http://shop");
  const page = pages.get(pathname);
  if (page !== undefined) return void response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page);
  if (pathname === "/keep") return void response.writeHead(204, { "set-cookie": "_server=1; Path=/; HttpOnly; Max-Age=86400" }).end();
  if (pathname === "/pixel") return void response.writeHead(204).end();
  if (pathname.startsWith("/v1/")) return void (await serve(sync, request, response));
  if (pathname === "/demo/config.json") return void response.writeHead(200, { "content-type": "application/json" }).end("{}");
  if (pathname.startsWith("/cookieconsent")) {
    const type = pathname.endsWith(".css") ? "text/css" : "text/javascript";
    return void response.writeHead(200, { "content-type": type }).end(readFileSync(`node_modules/vanilla-cookieconsent/dist${pathname}`));
  }
  const file = await fileResponse("tag", pathname);
  response.writeHead(file.status, Object.fromEntries(file.headers)).end(Buffer.from(await file.arrayBuffer()));
}

/** The demo's own server, which takes what is decided on record. */
async function serve(sync: Server, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { authorization } = request.headers;
  const asked = new Request(`http://127.0.0.1${request.url ?? ""}`, { method: "POST", body: Buffer.concat(chunks), headers: { ...(authorization !== undefined && { authorization }) } });
  const answered = await sync.fetch(asked);
  response.writeHead(answered.status, Object.fromEntries(answered.headers));
  const reader = answered.body?.getReader();
  response.once("close", () => void reader?.cancel());
  for (let piece = await reader?.read(); piece && !piece.done; piece = await reader?.read()) response.write(piece.value);
  response.end();
}

/** A shop's web server on a port, and so an origin, of its own; it remembers what it was asked for. */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { inject } from "vitest";
import { listen } from "./line.js";

/** What makes a shop's page: where the library comes from, what stands in the body, what the server adds. */
export interface ShopPage {
  /** Script tags of the head, in order. */
  readonly scripts?: readonly string[];
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Origin {
  readonly url: string;
  /** Paths asked for, in order. */
  readonly requests: string[];
  /** Resolves when a page asks for `/wall`, which is answered when the function is called, and not before. */
  wall(): Promise<() => void>;
  /** Puts a page at a path. */
  show(path: string, page: ShopPage): void;
  /** Puts a script at a path. */
  put(path: string, text: string): void;
  close(): Promise<void>;
}

/** Notes what no page should see: errors, broken promises, breaches of the content security policy. */
const WATCH = `
  window.seen = { errors: [], violations: [], runs: [] };
  Object.defineProperty(window, "shop", { get: () => window.carryover });
  addEventListener("error", (event) => seen.errors.push(String(event.message)));
  addEventListener("unhandledrejection", (event) => seen.errors.push(String(event.reason)));
  addEventListener("securitypolicyviolation", (event) => seen.violations.push(event.violatedDirective + " " + event.blockedURI));
  addEventListener("pageshow", (event) => event.persisted && seen.runs.push("restored"));
`;

/** A shop's minified bundle of the package as version 0.1.0 was. */
const OLDER = new URL("older/0.1.0.js", import.meta.url);

const bundle = (name: string): string => readFileSync(join(inject("bundles"), name), "utf8");

export async function createOrigin(): Promise<Origin> {
  const pages = new Map<string, ShopPage>();
  const scripts = new Map([["/watch.js", WATCH], ["/tag.js", bundle("tag.js")], ["/journey.js", bundle("journey.js")], ["/link.js", bundle("link.js")], ["/app.js", bundle("app.js")], ["/older/0.1.0.js", readFileSync(OLDER, "utf8")]]);
  const requests: string[] = [];
  let standing: ((letGo: () => void) => void) | undefined;
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://shop");
    requests.push(pathname);
    if (pathname === "/wall") return void standing?.(() => response.end());
    const [page, text] = [pages.get(pathname), scripts.get(pathname)];
    if (page !== undefined) response.writeHead(200, { "content-type": "text/html; charset=utf-8", ...page.headers }).end(htmlOf(page));
    else if (text !== undefined) response.writeHead(200, { "content-type": "text/javascript; charset=utf-8" }).end(text);
    else response.writeHead(404).end();
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    wall: () => new Promise((resolve) => (standing = resolve)),
    show: (path, page) => void pages.set(path, page),
    put: (path, text) => void scripts.set(path, text),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The icon in the page itself keeps browsers from asking for one. */
function htmlOf({ scripts = [], body = "" }: ShopPage): string {
  return `<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>Schoen en boek</title>
<link rel="icon" href="data:,">${scripts.join("\n")}</head><body>${body}</body></html>`;
}

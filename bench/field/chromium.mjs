/** Chromium for the measurements, which reaches nothing but this machine; what it asked of others is counted. */
import { createServer } from "node:http";
import { once } from "node:events";
import puppeteer from "puppeteer-core";
import { engine } from "../../scripts/engines.mjs";

/** Every name but loopback's leads nowhere. */
const NOWHERE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1";

export async function launch() {
  return puppeteer.launch({ executablePath: engine("chromium"), args: ["--headless=new", "--no-sandbox", "--disable-gpu", NOWHERE] });
}

/** A page in a profile of its own; `outside` gathers the hosts that it would have reached. */
export async function newcomer(browser) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  const outside = new Set();
  watchOutside(page, outside);
  return { context, page, outside };
}

export function watchOutside(page, outside) {
  page.on("request", (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (/^(http|ws)s?:$/.test(protocol) && hostname !== "127.0.0.1") outside.add(hostname);
  });
}

/** A web server on loopback; `answers` says for each path what it answers, "*" for all others. */
export async function serve(answers) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://127.0.0.1");
    const [type, body] = (answers[pathname] ?? answers["*"] ?? (() => ["text/plain", ""]))(request);
    response.writeHead(200, { "content-type": type, "access-control-allow-origin": request.headers.origin ?? "*", "access-control-allow-headers": "*", "access-control-allow-credentials": "true" }).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => (server.closeAllConnections(), server.close()) };
}

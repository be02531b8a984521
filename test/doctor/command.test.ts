/** The doctor at work: on real pages, with a real server behind, and with what stands in front of one. */
import { createServer as createHttp, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { engine } from "../../scripts/engines.mjs";
import { resolveNames } from "../../src/doctor/names.js";
import { askServer } from "../../src/doctor/server.js";
import { createServer } from "../../src/server/index.js";
import { run } from "../server/command.js";
import { atEnd, tempFile } from "../server/desk.js";

const open: Server[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A web server of the test's; resolves to its address. */
async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createHttp(answer);
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const pageWith = (body: string, headers: Record<string, string> = {}): Promise<string> =>
  serve((_, response) => response.writeHead(200, { "content-type": "text/html", ...headers }).end(`<!doctype html><title>Winkel</title><link rel="icon" href="data:,">${body}`));

const doctor = (...args: string[]) => run(["doctor", ...args, "--browser", engine("chromium")]);

/** The real thing, told another time if need be. */
async function syncServer(aheadMs = 0): Promise<string> {
  const server = await createServer({ database: ":memory:", now: () => Date.now() + aheadMs, sites: [{ key: "pk_demo", origins: ["http://shop.test"] }] });
  atEnd(() => server.close());
  return (await server.listen({ port: 0 })).url;
}

/** Passes everything on to a server, with something done to the answer. */
const proxyTo = (to: string, change: (headers: Headers, body: string) => void, isHolding = false): Promise<string> => serve((request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => void parts.push(part)).on("end", async () => {
    if (isHolding && request.url === "/v1/pull") return; // until it ends, which it does not
    const { origin = "", authorization } = request.headers;
    const answer = await fetch(to + request.url, { method: "POST", body: Buffer.concat(parts), headers: { origin, ...(authorization !== undefined && { authorization }) } });
    const headers = new Headers(answer.headers);
    change(headers, String(Buffer.concat(parts)));
    response.writeHead(answer.status, Object.fromEntries([...headers].filter(([name]) => !/encoding|length/.test(name))));
    response.end(await answer.text());
  });
});

test("a shop in good health ends with 0; one whose tag stands there twice, under a policy that keeps it from its server, with 1, and says both", async () => {
  const server = run(["serve", "--port", "0", "--database", tempFile()]);
  const url = await server.listening();
  const tag = `<script src="${url}/tag.js" data-site="pk_demo"></script>`;
  const [well, ill] = [await pageWith(tag), await pageWith(tag + tag, { "content-security-policy": "connect-src 'self'" })];
  const [first, second] = [doctor(well), doctor(ill, "--json")];
  expect([await first.ended, await second.ended]).toEqual([0, 1]);
  expect(first.said()).toBe(`carryover doctor ${well}\n\nNothing was found.\n`);
  const { findings, seen } = JSON.parse(second.said());
  expect(findings.map(({ rule }: { rule: string }) => rule)).toEqual(["twice", "connect-src"]);
  expect(seen).toMatchObject({ isRunning: true, answer: "taken", endpointNames: { addresses: ["127.0.0.1"] } });
});

test.each<[string, () => Promise<string[]>, RegExp]>([
  ["no address", async () => [], /^carryover doctor URL/],
  ["an address that is none", async () => ["ftp://shop.example"], /found ftp:/],
  ["a page without the tag", async () => [await pageWith("<p>Winkel</p>")], /no tag of carryover/],
  ["a page that is not there", async () => ["http://127.0.0.1:9/"], /does not open/],
])("%s: it says so in a sentence and ends with 2", async (_, args, sentence) => {
  const { ended, said } = doctor(...(await args()));
  expect(await ended).toBe(2);
  expect(said().trim()).toMatch(sentence);
  expect(said()).not.toMatch(/^\s+at /m);
});

test("a server that knows the page takes it, and a stream comes through; the visitor that asked is gone afterwards", async () => {
  const [url, bodies]: [string, string[]] = [await syncServer(), []];
  await askServer("http://shop.test/", await proxyTo(url, (_, body) => void bodies.push(body), true), "pk_demo", 2_500);
  expect(bodies).toHaveLength(2); // a push and a sign-out
  const { status } = await fetch(`${url}/v1/push`, { method: "POST", body: JSON.stringify({ ...JSON.parse(bodies[0] ?? "{}"), log: "x".repeat(16) }) });
  expect(status).toBe(401);
  const asked = await askServer("http://shop.test/", url, "pk_demo");
  expect(asked).toMatchObject({ answer: "taken" });
  expect([Math.abs(asked.clockMs ?? Infinity) < 5_000, (asked.streamMs ?? Infinity) < 4_000]).toEqual([true, true]);
});

test("a foreign page, an unknown site, nobody there: each is told by its name", async () => {
  const url = await syncServer();
  expect((await askServer("http://other.test/", url, "pk_demo")).answer).toBe("origin-refused");
  expect((await askServer("http://shop.test/", url, "pk_other")).answer).toBe("site-unknown");
  expect((await askServer("http://shop.test/", "http://127.0.0.1:9", "pk_demo")).answer).toBe("unreachable");
});

test("a clock that is wrong is measured", async () => {
  const { clockMs } = await askServer("http://shop.test/", await syncServer(3_600_000), "pk_demo");
  expect(Math.abs((clockMs ?? 0) - 3_600_000)).toBeLessThan(5_000);
});

test("something in front of the server that takes its CORS headers away, or answers itself, is noticed", async () => {
  const url = await syncServer();
  expect((await askServer("http://shop.test/", await proxyTo(url, (headers) => headers.delete("access-control-allow-origin")), "pk_demo")).answer).toBe("unreadable");
  expect((await askServer("http://shop.test/", await pageWith("a portal"), "pk_demo")).answer).toBe("unreadable");
});

test("a proxy that holds streams back is noticed", async () => {
  const { answer, streamMs } = await askServer("http://shop.test/", await proxyTo(await syncServer(), () => {}, true), "pk_demo", 1_000);
  expect([answer, streamMs]).toEqual(["taken", Infinity]);
});

test("an address is its own name, and a name that leads nowhere has no address", async () => {
  expect([await resolveNames("127.0.0.1"), await resolveNames("[::1]"), await resolveNames("nowhere.invalid")]).toEqual([
    { cnames: [], addresses: ["127.0.0.1"] }, { cnames: [], addresses: ["::1"] }, { cnames: [], addresses: [] },
  ]);
});

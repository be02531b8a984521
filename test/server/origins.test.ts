/** Which pages may speak for which shop, and what a browser is told before it lets them. */
import { expect, test } from "vitest";
import { PATHS } from "../../src/wire/version.js";
import { added, createDesk, type Desk, expectRefusal, ORIGIN, site, stranger } from "./desk.js";

const other = { key: "pk_other", origins: ["https://other.example", "http://localhost:*"] };

async function preflight({ server }: Desk, path: string, origin: string): Promise<Response> {
  const headers = { origin, "access-control-request-method": "POST", "access-control-request-headers": "authorization" };
  return server.fetch(new Request(`https://sync.example${path}`, { method: "OPTIONS", headers }));
}

test("a page of the shop may push, and a browser may show it the answer", async () => {
  const desk = await createDesk({ sites: [site, other] });
  const { status, headers } = await desk.post(PATHS.push, { ...stranger(), events: [added("BOEK-1")] }, { headers: { origin: ORIGIN } });
  expect(status).toBe(200);
  expect(headers.get("access-control-allow-origin")).toBe(ORIGIN);
  expect(headers.get("access-control-expose-headers")).toBe("retry-after, x-request-id");
  expect(headers.get("vary")).toBe("origin");
  expect(headers.get("access-control-allow-credentials")).toBeNull(); // no cookie is ever sent
});

test.each([
  "https://evil.example", "https://shop.example.evil.example", "https://evilshop.example", "http://shop.example", "https://shop.example:8443",
  "https://sub.shop.example", "https://SHOP.example", "null", "", "https://shop.example/", "https://other.example",
])("a page of %s may not speak for the shop, and no browser shows it a word", async (origin) => {
  const desk = await createDesk({ sites: [site] });
  const answer = await desk.post(PATHS.push, { ...stranger(), events: [added("BOEK-1")] }, { headers: { origin } });
  expectRefusal(answer, "origin-refused", 403);
  expect(answer.headers.get("access-control-allow-origin")).toBeNull();
});

test("a page of one shop may not speak for another shop of the same server, but is told why", async () => {
  const desk = await createDesk({ sites: [site, other] });
  const answer = await desk.post(PATHS.push, { ...stranger(), events: [] }, { headers: { origin: "https://other.example" } });
  expectRefusal(answer, "origin-refused", 403);
  expect(answer.headers.get("access-control-allow-origin")).toBe("https://other.example");
});

test.each([
  ["http://localhost:5173", true], ["http://localhost:80", true], ["http://localhost:", false], ["http://localhost", true],
  ["http://localhost:5173.evil.example", false], ["http://localhost:80@evil.example", false], ["https://localhost:5173", false], ["http://localhost.evil.example:80", false],
])("a site that allows any port of localhost: %s may speak: %s", async (origin, may) => {
  const desk = await createDesk({ sites: [other] });
  const { status } = await desk.post(PATHS.push, { ...stranger({ site: "pk_other" }), events: [] }, { headers: { origin } });
  expect(status).toBe(may ? 200 : 403);
});

test("a program that is no page names no origin and is served", async () => {
  const desk = await createDesk();
  expect((await desk.post(PATHS.push, { ...stranger(), events: [] })).status).toBe(200);
});

test("before its first stream a browser asks whether it may, and hears yes for pages of the shop only", async () => {
  const desk = await createDesk();
  for (const path of Object.values(PATHS)) {
    const { status, headers } = await preflight(desk, path, ORIGIN);
    expect(status).toBe(204);
    expect(headers.get("access-control-allow-origin")).toBe(ORIGIN);
    expect(headers.get("access-control-allow-methods")).toBe("POST");
    expect(headers.get("access-control-allow-headers")).toContain("authorization");
    expect(Number(headers.get("access-control-max-age"))).toBeGreaterThan(600);
    expect((await preflight(desk, path, "https://evil.example")).headers.get("access-control-allow-origin")).toBeNull();
  }
});

test("a refusal may be read by the page as well, or the shop would see only a failed request", async () => {
  const desk = await createDesk();
  const answer = await desk.post(PATHS.push, "not a message", { headers: { origin: ORIGIN } });
  expectRefusal(answer, "request-malformed", 400);
  expect(answer.headers.get("access-control-allow-origin")).toBe(ORIGIN);
});

test("a site key that is not of this server, and a channel that the site does not declare, are refused", async () => {
  const desk = await createDesk();
  expectRefusal(await desk.post(PATHS.push, { ...stranger({ site: "pk_nobody" }), events: [] }), "site-unknown", 403);
  expectRefusal(await desk.post(PATHS.push, { ...stranger({ site: "__proto__" }), events: [] }), "site-unknown", 403);
  const refused = await desk.post(PATHS.push, { ...stranger({ channel: "whatsapp" }), events: [] });
  expectRefusal(refused, "channel-unknown", 403);
  expect((refused.body as { detail: string }).detail).toContain("web, app, kiosk, store");
});

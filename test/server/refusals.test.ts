/** Whatever is handed in, the answer is what was asked for or a refusal with a sentence, and a refusal changes nothing. */
import { beforeEach, expect, test } from "vitest";
import type { Problem } from "../../src/wire/problem.js";
import { PATHS } from "../../src/wire/version.js";
import { type Good, goodRequests, noMessages, spoiled } from "./badness.js";
import { added, type Answer, createDesk, type Desk, emptyDatabase, expectRefusal, stranger, type Voice } from "./desk.js";
import { readLedger } from "./ledger.js";

let desk: Desk;
let who: Voice;
let good: Good[];
let ledger: ReturnType<typeof readLedger>;

beforeEach(async () => {
  const database = emptyDatabase();
  desk = await createDesk({ database });
  ledger = readLedger(database);
  who = stranger();
  await desk.push(who, [added("BOEK-1")]);
  good = goodRequests(who, await desk.token("anna"));
});

const addresses = Object.values(PATHS);

test("the table below has one good request for every address", () => {
  expect(good.map(({ path }) => path).sort()).toEqual([...addresses].sort());
});

test.each(noMessages)("%s in the place of a message is refused at every address", async (_, body) => {
  const before = ledger.text();
  for (const path of addresses) {
    const answer = await desk.post(path, body);
    expectRefusal(answer, codeOf(answer), 400);
    expect(["request-malformed", "version-unknown"]).toContain(codeOf(answer));
  }
  expect(ledger.text()).toBe(before);
  expect(desk.faults).toEqual([]);
});

test.each(addresses)("%s refuses each part that is missing or of the wrong kind, and nothing changes", async (path) => {
  const headers = { authorization: `Bearer ${who.credential}` };
  for (const bad of spoiled(good.find((g) => g.path === path) as Good)) {
    const before = ledger.text();
    const answer = await desk.post(bad.path, bad.body, { headers });
    if (answer.status < 300) continue; // another value that the form allows as well
    expectRefusal(answer, codeOf(answer));
    expect(answer.status, `${path} ${bad.part}`).toBeLessThan(500);
    expect(ledger.text()).toBe(before);
  }
  expect(desk.faults).toEqual([]);
});

test("another version of the wire is refused by name, so that an old page can say: reload", async () => {
  for (const { path, body } of good) {
    expectRefusal(await desk.post(path, { ...body, v: 2 }), "version-unknown", 400);
  }
});

test("more than 256 KiB is refused unread, whether the length was announced or not", async () => {
  const body = JSON.stringify({ ...good[0]?.body, padding: "x".repeat(256 * 1024) });
  for (const path of addresses) {
    expectRefusal(await desk.post(path, body), "request-too-large", 413);
    expectRefusal(await desk.post(path, body, { headers: { "content-length": String(body.length) } }), "request-too-large", 413);
  }
});

test("an address that takes a message takes no other method, and an unknown one takes nothing", async () => {
  const ask = async (method: string, path: string): Promise<Answer> => {
    const response = await desk.server.fetch(new Request(`https://sync.example${path}`, { method }));
    return { status: response.status, headers: response.headers, body: method === "HEAD" ? {} : await response.json() };
  };
  for (const path of addresses) {
    for (const method of ["GET", "PUT", "PATCH", "DELETE"]) {
      const answer = await ask(method, path);
      expectRefusal(answer, "method-refused", 405);
      expect(answer.headers.get("allow")).toBe("POST");
    }
    expect((await ask("HEAD", path)).status).toBe(405);
  }
  for (const path of ["/", "/v1", "/v1/", "/v1/pushes", "/v1/push/", "/v2/push", "/favicon.ico", "/v1/../etc/passwd", "/%00", "/%ff", "/v1/%zz"]) {
    expectRefusal(await ask("GET", path), "not-found", 404);
    expectRefusal(await desk.post(path, "{}"), "not-found", 404);
  }
});

test("the body counts, not what its type says: a page that is being left may say text/plain", async () => {
  for (const type of ["text/plain", "application/json", "application/x-www-form-urlencoded", "x"]) {
    const { status } = await desk.post(PATHS.push, { ...who, events: [] }, { headers: { "content-type": type } });
    expect(status).toBe(200);
  }
});

test("no refusal repeats what was sent: neither the credential nor the token nor the cart", async () => {
  const secret = "hush-hush";
  for (const { path, body } of good) {
    for (const part of Object.keys(body)) {
      const { body: said } = await desk.post(path, { ...body, [part]: `${secret}\u0000` });
      expect(JSON.stringify(said)).not.toContain(secret);
      expect(JSON.stringify(said)).not.toContain(who.credential);
    }
  }
});

function codeOf({ body }: Answer): string {
  return (body as Problem).code;
}

/** What the server writes down for whoever runs it: one line for each matter, and nothing about a shopper. */
import { expect, test } from "vitest";
import { createNotes, factsOf, type Note } from "../../src/server/operator/notes.js";
import { PATHS } from "../../src/wire/version.js";
import { run } from "./command.js";
import { added, createDesk, event, id, observed, signed, stranger, tempFile } from "./desk.js";
import { readStream } from "./stream.js";

const DEMO_SECRET = "carryover-demo-secret-of-at-least-32-bytes";

const notesIn = (text: string): Note[] => text.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as Note);

test("a whole journey is in the notes, and no credential, token, name, address, product or code of it", async () => {
  const server = run(["serve", "--port", "0", "--database", tempFile(), "--log", "json"]);
  const url = await server.listening();
  const who = stranger({ site: "pk_demo" });
  const { credential, ...rest } = who;
  const token = await signed({ sub: "anna.peeters@shop.example", exp: Math.floor(Date.now() / 1_000) + 600 }, DEMO_SECRET);
  const headers = { authorization: `Bearer ${credential}`, "x-forwarded-for": "203.0.113.77" };
  const post = async (path: string, body: unknown, more: Record<string, string> = {}): Promise<unknown> => {
    const answer = await fetch(url + path, { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body), headers: { ...headers, ...more } });
    return answer.json().catch(() => ({}));
  };
  const pushed = await post(PATHS.push, { ...who, name: "Annas telefoon", events: [added("SCHOEN-4711", 2), event("field-set", { line: "SCHOEN-4711", name: "note", value: "voor moeder" })] }) as { log: string };
  await post(PATHS.signIn, { ...who, token, merge: "union", consent: "newest" });
  await post(PATHS.signIn, { ...who, token: `${token}x`, merge: "union", consent: "newest" });
  await post(PATHS.observe, { ...who, visitAt: Date.now(), observations: [observed("page-viewed", { page: "/privé" })] });
  const offered = await post(PATHS.offer, { ...stranger({ site: "pk_demo" }), mode: "copy" }) as { token?: string; code?: string };
  await post(PATHS.preview, { ...who, key: "BCDFGHJK" });
  await post(PATHS.push, `{"v":1,"site":"pk_demo","credential":"${credential}","events":[{"line":"SCHOEN-4711"`);
  await post(`/v1/push/${credential}?token=${token}`, {});
  await fetch(`${url}/v1/customers/anna.peeters%40shop.example/export`, { headers: { authorization: "Bearer sk_demo" } });
  const stream = readStream(await fetch(url + PATHS.pull, { method: "POST", headers, body: JSON.stringify(rest) }));
  await stream.wait("snapshot");
  server.child.kill("SIGTERM");
  expect(await server.ended).toBe(0);

  const notes = notesIn(server.said());
  expect(notes.filter(({ message }) => message === "answered").map(({ route, status, code }) => [route, status, code])).toEqual([
    [PATHS.push, 200, undefined], [PATHS.signIn, 200, undefined], [PATHS.signIn, 401, "token-refused"], [PATHS.observe, 200, undefined], [PATHS.offer, 200, undefined],
    [PATHS.preview, 410, "handoff-gone"], [PATHS.push, 400, "request-malformed"], ["other", 404, "not-found"], ["/v1/customers/:customer/export", 200, undefined], [PATHS.pull, 200, undefined],
  ]);
  for (const { time, level, requestId, ms, site, status } of notes.filter(({ message }) => message === "answered")) {
    expect([new Date(time).toISOString(), level, typeof ms, /^[\w-]{36}$/.test(requestId ?? "")]).toEqual([time, "info", "number", true]);
    if (status === 200) expect(["pk_demo", undefined]).toContain(site);
  }
  expect(notes.map(({ message }) => message).filter((message) => message !== "answered")).toEqual(["listening", "stopping", "draining", "stopped"]);
  const [device, secret] = credential.split(".") as [string, string];
  const secrets = [device, secret, ...token.split("."), pushed.log, offered.token, offered.code, "anna", "peeters", "SCHOEN", "moeder", "telefoon", "privé", "BCDFGHJK", "203.0.113", "sk_demo", "127.0.0.1:"];
  const written = server.said().split("\n").filter((line) => line.startsWith("{")).join("\n");
  expect(secrets.filter((one) => one !== undefined && written.includes(one))).toEqual([]);
});

test("a request keeps the name that the balancer gave it, and gets one where it has none or none that is fit", async () => {
  const notes: Note[] = [];
  const desk = await createDesk({ notes: (level, message, facts) => void notes.push({ level, message, time: "", ...facts }) });
  const named = async (name?: string): Promise<string | null> => (await desk.post(PATHS.push, { ...stranger(), events: [] }, { headers: name === undefined ? {} : { "x-request-id": name } })).headers.get("x-request-id");
  expect(await named("lb-7_A")).toBe("lb-7_A");
  const [own, long, odd] = [await named(), await named("x".repeat(65)), await named("a b\"{}")];
  for (const name of [own, long, odd]) expect(name).toMatch(/^[0-9a-f-]{36}$/);
  expect(new Set([own, long, odd]).size).toBe(3);
  expect(notes.map(({ requestId }) => requestId)).toEqual(["lb-7_A", own, long, odd]);
  expect((await desk.post(PATHS.push, "")).headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/); // a refusal as well
});

test("a push stays a simple request: no header of ours is asked for by a page that sends it", async () => {
  const desk = await createDesk();
  const answer = await desk.server.fetch(new Request(`https://sync.example${PATHS.push}`, { method: "OPTIONS", headers: { origin: "https://shop.example" } }));
  expect(answer.headers.get("access-control-allow-headers")).not.toContain("x-request-id");
});

test("a fault is written down without what it quotes", () => {
  const credential = stranger().credential;
  const error = Object.assign(new Error(`duplicate key (log, id)=(anna@shop.example, ${id()}) of "SCHOEN-42" by ${credential} from 203.0.113.7 at postgres://u:p@db/x in 'kladblok' {"a":1}`, {
    cause: new TypeError("Unexpected token x, \"note: voor moeder\" is not JSON"),
  }), { code: "23505" });
  const facts = factsOf(error);
  expect(facts).toMatchObject({ error: "Error", errorCode: "23505", cause: { error: "TypeError" } });
  expect(facts.at).toEqual(expect.arrayContaining([expect.stringContaining("notes.test.ts")]));
  const text = JSON.stringify({ ...facts, at: [], cause: { ...(facts.cause as object), at: [] } });
  expect(text).toContain("duplicate key");
  for (const secret of ["anna", credential.slice(0, 8), credential.slice(9), "SCHOEN", "203.0.113", "postgres", "kladblok", "moeder"]) expect(text).not.toContain(secret);
  expect(factsOf("anna")).toEqual({ error: "string" });
});

test("as text each matter is a line for people, and off is nothing at all", async () => {
  const lines: string[] = [];
  const notes = createNotes("text", (text) => void lines.push(text), () => Date.UTC(2026, 10, 1));
  notes("info", "answered", { route: PATHS.push, status: 200, site: undefined });
  notes("warn", "draining");
  createNotes("off", (text) => void lines.push(text))("error", "fault");
  await new Promise(setImmediate);
  expect(lines).toEqual(["2026-11-01T00:00:00.000Z info  answered route=/v1/push status=200\n2026-11-01T00:00:00.000Z warn  draining\n"]);
});

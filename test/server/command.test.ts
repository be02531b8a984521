/** The command as a shop runs it: what it says and how it stops. That it may be killed at any moment is shown in test/faults. */
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { run } from "./command.js";
import { added, SECRET, stranger, tempFile } from "./desk.js";

const push = (url: string, who: object, events: readonly unknown[]): Promise<Response> =>
  fetch(`${url}/v1/push`, { method: "POST", body: JSON.stringify({ ...who, site: "pk_demo", events }) });

test("it prints where it listens once it answers, serves the demo on loopback and says so, and stops cleanly when asked", async () => {
  const server = run(["serve", "--port", "0", "--database", tempFile()]);
  const url = await server.listening();
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(server.said()).toContain("demo site pk_demo on loopback only");
  expect(await (await fetch(`${url}/healthz`)).text()).toBe("ok");
  expect((await push(url, stranger(), [added("A")])).status).toBe(200);
  const tag = await fetch(`${url}/tag.js`);
  expect(tag.headers.get("content-type")).toContain("text/javascript");
  expect((await tag.text()).length).toBeGreaterThan(1_000);
  const who = stranger();
  await push(url, who, [added("A")]);
  const { credential, ...rest } = who;
  const stream = await fetch(`${url}/v1/pull`, { method: "POST", headers: { authorization: `Bearer ${credential}` }, body: JSON.stringify({ ...rest, site: "pk_demo" }) });
  server.child.kill("SIGTERM");
  expect(await stream.text()).toContain("event: bye");
  expect(await server.ended).toBe(0);
});

const config = (content: string): string[] => {
  const file = tempFile("carryover.config.json");
  writeFileSync(file, content);
  return ["--config", file, "--database", join(dirname(file), "carryover.db")];
};

test.each<[string, () => string[], RegExp]>([
  ["a config that is not there", () => ["--config", "nowhere.json"], /nowhere\.json, which cannot be read/],
  ["a config that is not JSON", () => config("sites: []"), /is not JSON/],
  ["a config without sites", () => config("{}"), /sites/],
  ["a config that is null", () => config("null"), /sites/],
  ["no site at all", () => config('{"sites":[]}'), /at least one site/],
  ["an origin with a path", () => config('{"sites":[{"key":"pk","origins":["https://shop.example/"]}]}'), /sites\[0\]\.origins\[0\]: .*without a path/],
  ["a secret that is too short", () => config('{"sites":[{"key":"pk","origins":[],"customerTokens":{"secret":"hush"}}]}'), /sites\[0\]\.customerTokens/],
  ["a key that is none", () => config('{"sites":[{"key":"pk","origins":[],"customerTokens":{"publicKey":"hush","algorithm":"ES256"}}]}'), /sites\[0\]\.customerTokens/],
  ["an option it does not know", () => config('{"sites":[{"key":"pk","origins":[],"colour":"red"}]}'), /colour/],
  ["a port that is none", () => ["--port", "http", "--database", tempFile()], /--port takes a whole number/],
  ["a flag that it does not know", () => ["--prot", "1"], /--prot/],
  ["another machine's address without a config", () => ["--host", "0.0.0.0"], /loopback only/],
  ["a database in a folder that is not there", () => ["--port", "0", "--database", "/nowhere/at/all.db"], /nowhere/],
])("%s: it says what is wrong in a sentence and ends with 1", async (_, args, sentence) => {
  const { ended, said } = run(["serve", ...args()]);
  expect(await ended).toBe(1);
  expect(said().replace(/\s+/g, " ")).toMatch(sentence);
  expect(said()).not.toMatch(/^\s+at /m); // no stack
  expect(said()).not.toContain("hush");
});

test("with a config it serves those sites, and no demo", async () => {
  const server = run(["serve", "--port", "0", ...config(JSON.stringify({ sites: [{ key: "pk", origins: ["https://shop.example"], customerTokens: { secret: SECRET } }] }))]);
  const url = await server.listening();
  expect(server.said()).not.toContain("demo");
  expect((await push(url, stranger(), [])).status).toBe(403);
});

test("a port that is taken is said in a sentence", async () => {
  const first = run(["serve", "--port", "0", "--database", tempFile()]);
  const { port } = new URL(await first.listening());
  const second = run(["serve", "--port", port, "--database", tempFile()]);
  expect(await second.ended).toBe(1);
  expect(second.said()).toContain("EADDRINUSE");
});

/** What a server is told by its environment and its file, and what it says when that cannot be. */
import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { run } from "./command.js";
import { SECRET, stranger, tempFile } from "./desk.js";

const sites = JSON.stringify([{ key: "pk_env", secretKey: "sk_env", origins: ["https://shop.example"], customerTokens: { secret: SECRET } }]);

function fileOf(name: string, text: string): string {
  const file = tempFile(name);
  writeFileSync(file, text);
  return file;
}

test("database, sites and the secret of the metrics come from the environment, or from files that it names", async () => {
  const database = tempFile();
  const env = { CARRYOVER_DATABASE: database, CARRYOVER_SITES_FILE: fileOf("sites.json", sites), CARRYOVER_METRICS_SECRET_FILE: fileOf("secret", "hush-hush\n") };
  const server = run(["serve", "--port", "0"], undefined, env);
  const url = await server.listening();
  expect(server.said()).not.toContain("demo");
  const who = stranger({ site: "pk_env" });
  expect((await fetch(`${url}/v1/push`, { method: "POST", body: JSON.stringify({ ...who, events: [] }) })).status).toBe(200);
  expect((await fetch(`${url}/metrics`, { headers: { authorization: "Bearer hush-hush" } })).status).toBe(200);
  expect((await fetch(`${url}/metrics`)).status).toBe(401);
  const kiosks = run(["kiosk", "list"], undefined, env); // the other commands know the same
  expect(await kiosks.ended).toBe(0);
});

test("a flag says more than the environment", async () => {
  const server = run(["serve", "--port", "0", "--database", tempFile()], undefined, { CARRYOVER_DATABASE: "/nowhere/at/all.db" });
  await server.listening();
});

test("metrics have a port of their own where one is named, on loopback unless another is", async () => {
  const server = run(["serve", "--port", "0", "--database", tempFile(), "--metrics-port", "0"]);
  await server.listening();
  const [, url = ""] = /^metrics at (http:\/\/127\.0\.0\.1:\d+\/metrics)$/m.exec(server.said()) ?? [];
  expect(await (await fetch(url)).text()).toContain("carryover_streams 0");
});

const both = { CARRYOVER_SITES: sites, CARRYOVER_SITES_FILE: "sites.json" };

test.each<[string, () => string[], Record<string, string>, RegExp]>([
  ["a value and a file for the same", () => [], both, /CARRYOVER_SITES and CARRYOVER_SITES_FILE are both set/],
  ["a file that is not there", () => [], { CARRYOVER_SITES_FILE: "/nowhere/sites.json" }, /CARRYOVER_SITES_FILE names \/nowhere\/sites\.json, which cannot be read/],
  ["sites that are not JSON", () => [], { CARRYOVER_SITES: "pk_shop" }, /CARRYOVER_SITES is not JSON/],
  ["sites that are none", () => [], { CARRYOVER_SITES: "{}" }, /sites/],
  ["a database of another kind", () => [], { CARRYOVER_DATABASE: "mysql://root@db/shop", CARRYOVER_SITES: sites }, /an address of the kind mysql:\/\//],
  ["a word that it does not know", () => ["--config", fileOf("c.json", '{"sites":[],"trustproxy":1}')], {}, /says trustproxy; it may say sites, receiptKey, trustProxy/],
  ["half a proxy", () => ["--config", fileOf("c.json", `{"sites":${sites},"trustProxy":0.5}`)], {}, /trustProxy is the number of your own proxies/],
  ["a limit of nothing", () => ["--config", fileOf("c.json", '{"sites":[{"key":"pk","origins":[],"limits":{"device":{"burst":0}}}]}')], {}, /sites\[0\]\.limits\.device\.burst: is 1 or more/],
  ["a limit on something else", () => ["--config", fileOf("c.json", '{"sites":[{"key":"pk","origins":[],"limits":{"devices":{}}}]}')], {}, /sites\[0\]\.limits\.devices/],
  ["a key for receipts that is not there", () => ["--config", fileOf("c.json", `{"sites":${sites},"receiptKey":"/nowhere/key.pem"}`)], {}, /\/nowhere\/key\.pem/],
])("check-config finds %s, says so in a sentence without any secret, and ends with 1", async (_, args, env, sentence) => {
  const { ended, said } = run(["check-config", ...args()], undefined, env);
  expect(await ended).toBe(1);
  expect(said().replace(/\s+/g, " ")).toMatch(sentence);
  expect(said()).not.toMatch(/^\s+at /m);
  expect(said()).not.toContain(SECRET);
});

test("check-config says what would be served, and makes no database", async () => {
  const good = run(["check-config", "--config", fileOf("c.json", `{"sites":${sites}}`)]);
  expect([await good.ended, good.said()]).toEqual([0, "A server can be started with this: it serves pk_env.\n"]);
  const none = run(["check-config"]);
  expect([await none.ended, none.said()]).toEqual([0, expect.stringContaining("the demo site pk_demo")]);
});

test.each([
  [["--log", "loud"], /--log takes json, text, off; found loud/],
  [["--drain-ms", "soon"], /--drain-ms takes a whole number of milliseconds/],
  [["--metrics-port", "70000"], /--metrics-port takes a whole number/],
])("serve %j ends with a sentence", async (args, sentence) => {
  const { ended, said } = run(["serve", "--port", "0", "--database", tempFile(), ...args]);
  expect(await ended).toBe(1);
  expect(said()).toMatch(sentence);
});

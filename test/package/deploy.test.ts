/** The files in deploy/: what they run is run here, as processes, since a container or a service manager is not everywhere. */
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { validate } from "dockerfile-utils";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { run } from "../server/command.js";
import { tempFile } from "../server/desk.js";

const SITES = '[{"key":"pk_shop","origins":["https://shop.example"]}]';
const dockerfile = readFileSync("deploy/Dockerfile", "utf8");
const last = dockerfile.slice(dockerfile.lastIndexOf("\nFROM "));

/** The words of an instruction that is written as a list. */
const listOf = (instruction: string): string[] => JSON.parse(new RegExp(`^${instruction} (\\[.*\\])$`, "m").exec(last)?.[1] ?? "[]") as string[];

/** On a free port of this machine, instead of a fixed one of every address. */
const here = (words: readonly string[]): string[] => words.map((word) => (word === "0.0.0.0" ? "127.0.0.1" : /^\d{4}$/.test(word) ? "0" : word));

test("a linter finds nothing in the Dockerfile, and its last stage runs as nobody in particular", () => {
  expect(validate(dockerfile)).toEqual([]);
  expect(dockerfile.match(/^FROM /gm)).toHaveLength(2);
  expect(/^USER (\d+)/m.exec(last)?.[1]).toMatch(/^[1-9]/);
  expect(listOf("ENTRYPOINT")).toEqual(["node", "/app/node_modules/carryover/dist/command.js"]);
});

test("what the container runs is a server, which its health check finds well, and finds gone once it has stopped", async () => {
  const server = run(here(listOf("CMD")), undefined, { CARRYOVER_DATABASE: tempFile(), CARRYOVER_SITES: SITES });
  const { port } = new URL(await server.listening());
  const [program = "", flag = "", script = ""] = listOf("HEALTHCHECK [^\\[]*CMD");
  expect([program, flag]).toEqual(["node", "-e"]);
  expect(script).toContain(":8787/");
  const check = (): Promise<unknown> => promisify(execFile)(process.execPath, ["-e", script.replace(":8787/", `:${port}/`)]);
  await check();
  server.child.kill("SIGTERM");
  expect(await server.ended).toBe(0);
  await expect(check()).rejects.toMatchObject({ code: 1 });
});

interface Service {
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly stop_grace_period?: string;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, unknown>>;
}

test("the image, the tests and the package agree on a version of Node that is still mended", () => {
  const majors = [...dockerfile.matchAll(/^FROM node:(\d+)-/gm)].map(([, major]) => Number(major));
  expect(majors).toEqual([24, 24]); // until April 2028; 20 has had its last release
  const { engines } = JSON.parse(readFileSync("package.json", "utf8")) as { engines: { node: string } };
  expect(majors[0]).toBeGreaterThanOrEqual(Number.parseInt(engines.node.replace(">=", ""), 10));
});

test("the compose file names nothing that is not in it, opens nothing to other machines, and waits for what is well", () => {
  const { services, volumes, secrets } = parse(readFileSync("deploy/compose.yaml", "utf8")) as Compose;
  expect(Object.keys(services)).toEqual(["carryover", "postgres"]);
  for (const service of Object.values(services)) {
    for (const secret of service.secrets ?? []) expect(Object.keys(secrets)).toContain(secret);
    for (const volume of service.volumes ?? []) expect(Object.keys(volumes)).toContain(volume.split(":")[0]);
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
    for (const file of Object.values(service.environment ?? {}).filter((value) => value.startsWith("/run/secrets/"))) expect(service.secrets).toContain(file.slice("/run/secrets/".length));
    for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) expect([condition, services[name]?.healthcheck?.test[0]]).toEqual(["service_healthy", "CMD"]);
  }
});

test("what the compose file sets is what the server reads", async () => {
  const { services } = parse(readFileSync("deploy/compose.yaml", "utf8")) as Compose;
  const folder = join(tempFile("sites"), "..");
  for (const [name, text] of [["sites", SITES], ["database", join(folder, "carryover.db")]] as const) writeFileSync(join(folder, name), `${text}\n`);
  const environment = Object.entries(services.carryover?.environment ?? {}).map(([name, value]) => [name, value.replace("/run/secrets", folder)] as const);
  const server = run(here(listOf("CMD")), undefined, Object.fromEntries([["CARRYOVER_DATABASE", "/data/carryover.db"], ...environment]));
  await server.listening();
  expect(server.said()).not.toContain("demo");
  server.child.kill("SIGTERM");
  expect(await server.ended).toBe(0);
});

test("what systemd runs is a configuration that is checked, and a server that stops within the time it is given", async () => {
  const unit = readFileSync("deploy/carryover.service", "utf8");
  const valueOf = (name: string): string => new RegExp(`^${name}=(.*)$`, "m").exec(unit)?.[1] ?? "";
  const folder = join(tempFile("config"), "..");
  writeFileSync(join(folder, "config"), `{"sites":${SITES}}`);
  const wordsOf = (name: string): string[] => here(valueOf(name).replace("${CREDENTIALS_DIRECTORY}", folder).replace("/var/lib/carryover", folder).split(" ").slice(1));
  const check = run(wordsOf("ExecStartPre"));
  expect([await check.ended, check.said()]).toEqual([0, expect.stringContaining("it serves pk_shop")]);
  const server = run([...wordsOf("ExecStart"), "--port", "0"]);
  await server.listening();
  server.child.kill(valueOf("KillSignal") as NodeJS.Signals);
  expect(await server.ended).toBe(0);
  expect(Number(valueOf("TimeoutStopSec"))).toBeGreaterThan(10 + 12); // for its streams, and for what is under way then
  const { services } = parse(readFileSync("deploy/compose.yaml", "utf8")) as Compose;
  expect(Number.parseInt(services.carryover?.stop_grace_period ?? "", 10)).toBeGreaterThan(10 + 12);
});

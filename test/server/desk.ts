/** A desk at which requests are handed in: one server, told the time, and the words that a device would say to it. */
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignJWT } from "jose";
import { afterEach, expect } from "vitest";
import { createServer, type Server, type ServerOptions, type SiteConfig } from "../../src/server/index.js";
import type { Problem } from "../../src/wire/problem.js";
import type { PushAnswer } from "../../src/wire/push.js";
import { PATHS } from "../../src/wire/version.js";
import { isPostgres, postgresDatabase } from "./database.js";

export const SECRET = "a secret of the shop, 32 bytes or more";
export const ORIGIN = "https://shop.example";
export const START = Date.UTC(2026, 10, 1);

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** What a device says of itself in each request. */
export interface Voice {
  readonly v: 1;
  readonly site: string;
  readonly credential: string;
  readonly channel: string;
}

export interface Desk {
  readonly server: Server;
  /** A file, or the address of a PostgreSQL. */
  readonly database: string;
  /** Faults of the server's own; a test that does not expect any ends with none. */
  readonly faults: unknown[];
  now: number;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body: unknown, more?: { readonly headers?: Record<string, string>; readonly address?: string }): Promise<Answer>;
  /** Pushes and returns the verdicts; fails when the push is refused. */
  push(who: Voice, events: readonly unknown[], more?: object): Promise<PushAnswer>;
  pull(who: Voice, more?: object): Promise<Response>;
  token(customer: string): Promise<string>;
}

/** Who hears each request and its answer; of a stream, that it began. */
export const ears: ((request: Request, answer: Response) => unknown)[] = [];

function overheard(server: Server): Server {
  const fetch: Server["fetch"] = async (request, env) => {
    if (ears.length === 0) return server.fetch(request, env);
    const said = request.clone();
    const answer = await server.fetch(request, env);
    const isStream = answer.headers.get("content-type")?.startsWith("text/event-stream");
    for (const ear of ears) await ear(said.clone(), isStream ? new Response(null, answer) : answer.clone());
    return answer;
  };
  return Object.assign(Object.create(server) as Server, { fetch }); // its health is of the moment at which it is asked
}

const ends: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** Runs after the test, before what was opened earlier is closed. */
export function atEnd(end: () => Promise<void> | void): void {
  ends.push(end);
}

/** A file name in a folder that goes with the test. */
export function tempFile(name = "carryover.db"): string {
  const folder = mkdtempSync(join(tmpdir(), "carryover-"));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, name);
}

/** A database of this test's own, which a second server can open as well. */
export function emptyDatabase(): string {
  return isPostgres ? postgresDatabase() : tempFile();
}

export const site: SiteConfig = { key: "pk_test", secretKey: "sk_test", origins: [ORIGIN], customerTokens: { secret: SECRET } };

export async function createDesk({ sites = [site], database = isPostgres ? emptyDatabase() : ":memory:", ...more }: { sites?: readonly SiteConfig[]; database?: string; trustProxy?: number } & Pick<ServerOptions, "bus" | "notes" | "metricsSecret"> = {}): Promise<Desk> {
  const faults: unknown[] = [];
  const clock = { now: START };
  const server = overheard(await createServer({ ...more, database, sites, now: () => clock.now, report: (error) => void faults.push(error) }));
  atEnd(() => server.close());

  const send = (path: string, body: unknown, headers: Record<string, string> = {}, address?: string): Promise<Response> => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return server.fetch(new Request(`https://sync.example${path}`, { method: "POST", body: text, headers }), address === undefined ? undefined : { incoming: { socket: { remoteAddress: address } } });
  };

  return {
    server, database, faults,
    get now() {
      return clock.now;
    },
    set now(value) {
      clock.now = value;
    },
    get: async (path, headers = {}) => answerOf(await server.fetch(new Request(`https://sync.example${path}`, { headers }))),
    async post(path, body, { headers, address } = {}) {
      return answerOf(await send(path, body, headers, address));
    },
    async push(who, events, more = {}) {
      const { status, body } = await answerOf(await send(PATHS.push, { ...who, events, ...more }));
      expect({ status, body }).toMatchObject({ status: 200 });
      return body as PushAnswer;
    },
    pull: ({ credential, ...who }, more = {}) => send(PATHS.pull, { ...who, ...more }, { authorization: `Bearer ${credential}` }),
    token: (customer) => signed({ sub: customer, exp: Math.floor(clock.now / 1_000) + 3_600 }),
  };
}

/** The whole answer; of a stream, which has no end, only its beginning. */
export async function answerOf(response: Response): Promise<Answer> {
  const type = response.headers.get("content-type") ?? "";
  if (type.startsWith("text/event-stream")) await response.body?.cancel();
  const text = type.startsWith("text/event-stream") ? "" : await response.text();
  const isJson = /\bjson\b/.test(type); // and not lines of it
  return { status: response.status, headers: response.headers, body: isJson && text !== "" ? JSON.parse(text) : text };
}

export function signed(claims: Record<string, unknown>, secret = SECRET): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(secret));
}

/** A device that nobody knows yet. */
export function stranger(more: Partial<Voice> = {}): Voice {
  return { v: 1, site: "pk_test", channel: "web", credential: `${text(6)}.${text(32)}`, ...more };
}

export function id(): string {
  return text(16);
}

function text(bytes: number): string {
  return randomBytes(bytes).toString("base64url");
}

type Made = Record<string, unknown> & { readonly id: string };

/** An event as a device makes it, at the start of the desk's time. */
export function event(type: string, data: unknown, more: object = {}): Made {
  return { id: id(), type, data, at: START, base: 0, ...more };
}

export function added(line: string, n = 1, more: object = {}): Made {
  return event("line-added", { line, n }, more);
}

/** An observation as a device makes it, at the start of the desk's time. */
export function observed(type: string, data: object, more: object = {}): Record<string, unknown> {
  return { id: id(), purpose: "analytics", type, at: START, data, ...more };
}

/** A choice about cookies as a device makes it. */
export function decided(purposes: Record<string, boolean>, { scope = "device", policy = "1", ...more }: { scope?: string; policy?: string; base?: number; at?: number } = {}): Record<string, unknown> {
  return event("consent-decided", { scope, asked: scope === "account" ? scope : "device", policy, purposes }, more);
}

export function sha256(value: string): string {
  return createHash("sha256").update(value).digest("base64url");
}

/** The answer is a refusal as every refusal is: a code of the list, a sentence, and nothing that was sent. */
export function expectRefusal({ status, headers, body }: Answer, code: string, wanted?: number): void {
  const { title, detail, ...rest } = body as Problem;
  expect(rest).toMatchObject({ code, status, type: `urn:carryover:problem:${code}` });
  expect(headers.get("content-type")).toBe("application/problem+json");
  expect(detail).toMatch(/^\p{Lu}.*\.$/u);
  expect(title.length).toBeGreaterThan(10);
  if (wanted !== undefined) expect(status).toBe(wanted);
}

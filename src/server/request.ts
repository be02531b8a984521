/** Reads a request strictly: the right form or a refusal with a sentence. */
import type { Context as Call, Hono } from "hono";
import * as v from "valibot";
import { WIRE } from "../wire/version.js";
import { cookieIn } from "./cookie.js";
import { hashOf } from "./credential.js";
import type { Presented } from "./device.js";
import type { Checked, Proofs } from "./proof.js";
import { Refused } from "./refusal.js";

declare module "hono" {
  interface ContextVariableMap {
    /** What this server has seen of proofs. */
    proofs: Proofs;
  }
}

/** The body, whatever its content type says: devices send text/plain, so that no preflight is needed. */
export async function read<S extends v.GenericSchema>(call: Call, schema: S): Promise<v.InferOutput<S> & Brought> {
  const { message, raw } = await parsedAs(call, schema);
  return Object.assign({}, message, await broughtBy(call, raw));
}

/** As `read`; that the proof counts once is then seen to within the transaction that the message is for. */
export async function readWithProof<S extends v.GenericSchema>(call: Call, schema: S): Promise<v.InferOutput<S> & Brought & Pick<Presented, "once">> {
  const { message, raw } = await parsedAs(call, schema);
  return Object.assign({}, message, cookieOf(call, raw), await provenBy(call, raw));
}

async function parsedAs<S extends v.GenericSchema>(call: Call, schema: S): Promise<{ message: v.InferOutput<S>; raw: Said }> {
  const raw = parse(await call.req.text().catch(torn));
  const parsed = v.safeParse(schema, raw);
  if (parsed.success) return { message: parsed.output, raw: raw as Said };
  const issue = parsed.issues[0];
  const where = (issue.path ?? []).map(({ key }) => String(key)).join(".");
  if (where === "v") throw new Refused("version-unknown", `This server speaks version ${WIRE} of the wire, and the message names another or none.`);
  throw new Refused("request-malformed", `The message${where && `'s ${where}`} ${sentence(issue)}.`);
}

/** What a request brings beside its message to prove its device. */
type Brought = Omit<Presented, "credential" | "once">;

interface Said {
  readonly site?: string;
  readonly credential?: string;
  /** Of a sealed box: the hash of its credential's hash. */
  readonly key?: string;
  readonly proof?: unknown;
}

async function broughtBy(call: Call, said: Said): Promise<Brought> {
  const { once, thumbprint } = await provenBy(call, said);
  if (once !== undefined) await call.get("proofs").use(once);
  return { ...cookieOf(call, said), ...(thumbprint !== undefined && { thumbprint }) };
}

function cookieOf(call: Call, { site = "" }: Said): Pick<Brought, "cookie"> {
  const cookie = cookieIn(call, site);
  return cookie === undefined ? {} : { cookie };
}

async function provenBy(call: Call, { credential, key = "", proof = call.req.header("dpop") }: Said): Promise<Partial<Checked>> {
  if (typeof proof !== "string") return {};
  const shown = credential ?? bearer(call);
  return call.get("proofs").check(proof, { method: call.req.method, path: call.req.path, ath: shown === undefined ? key : hashOf(shown) });
}

/** What proves the device in a request without a message. */
export async function presentedBy(call: Call): Promise<Presented> {
  const credential = bearerOf(call);
  return { credential, ...(await broughtBy(call, { credential })) };
}

/** A sender that breaks off in the middle, or is let go for being too slow: a refusal that nobody hears, and no fault of ours. */
export function torn(error: unknown): never {
  throw error instanceof Refused ? error : new Refused("request-malformed", "The message did not arrive whole.");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refused("request-malformed", "The body is not JSON.");
  }
}

/** What was wrong, without what was sent: a body may hold a credential. */
function sentence({ kind, type, expected, received }: v.BaseIssue<unknown>): string {
  if (received === "undefined") return "is missing";
  return kind === "schema" ? `is not of the kind ${expected ?? type}` : `does not hold the rule ${type}${expected === null ? "" : ` ${expected}`}`;
}

/** What to call one thing of several in the answer, also when nothing else about it is in order; "" when it has no name. */
export function idOf(raw: unknown): string {
  const id = typeof raw === "object" && raw !== null && "id" in raw ? raw.id : undefined;
  return typeof id === "string" && id.length <= 64 ? id : "";
}

export function bearerOf(call: Call): string {
  const credential = bearer(call);
  if (credential === undefined) throw new Refused("credential-unknown", "The Authorization header holds no device's credential.");
  return credential;
}

/** The answer to a browser that asks first; it asks again after two hours. */
export function preflight(call: Call, method: string, headers: string): Response {
  return call.body(null, 204, { "access-control-allow-methods": method, "access-control-allow-headers": headers, "access-control-max-age": "7200" });
}

/** The one method of an address; to be called behind whatever answers it. */
export function onlyTakes(app: Hono, path: string, method: "GET" | "POST" | "DELETE"): void {
  app.all(path, (call) => {
    call.header("allow", method);
    throw new Refused("method-refused", `This address takes ${method}.`);
  });
}

/** The device's credential in the Authorization header, if there is one. */
export function bearer(call: Call): string | undefined {
  return /^Bearer ([\w.-]{52})$/.exec(call.req.header("authorization") ?? "")?.[1];
}

/** Of an answer that goes on: nobody on the way is to keep it, change it or hold it back. */
export const STREAM_HEADERS = { "content-type": "text/event-stream", "cache-control": "no-store, no-transform", "x-accel-buffering": "no" } as const;

/**
 * The connection on which an answer goes out that goes on, where Node's listener has brought the request. HTTP/1.1 keeps it open
 * without being told, and when it might be used again is of no interest to anybody who follows a stream.
 */
export function standingConnection(call: Call): { destroy(): void } | undefined {
  const { outgoing } = (call.env ?? {}) as { readonly outgoing?: { destroy(): void; removeHeader(name: string): void } };
  outgoing?.removeHeader("connection");
  return outgoing;
}

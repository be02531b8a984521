/** Asks the server as a device of the page would: does it know the page, what time is it there, and does a stream come through? */
import { randomBytes } from "node:crypto";
import type { Seen } from "./seen.js";

type Asked = Pick<Seen, "answer" | "clockMs" | "streamMs">;

/** For each answer. */
const PATIENCE_MS = 10_000;
const NOTHING: Asked = { answer: "unreachable", clockMs: undefined, streamMs: undefined };

/** Makes a visitor for the moment, with an empty cart, and signs it out again. */
export async function askServer(page: string, endpoint: string, site: string, patienceMs = PATIENCE_MS): Promise<Asked> {
  const voice = { v: 1, site, channel: "web", credential: `${randomBytes(6).toString("base64url")}.${randomBytes(32).toString("base64url")}` };
  const { credential, ...who } = voice;
  const post = (path: string, body: object, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(endpoint.replace(/\/+$/, "") + path, { method: "POST", body: JSON.stringify(body), headers: { origin: new URL(page).origin, ...headers }, signal: AbortSignal.timeout(patienceMs) });
  const sentAt = Date.now();
  const response = await post("/v1/push", { ...voice, events: [] }).catch(() => undefined);
  if (response === undefined) return NOTHING;
  const said = (await response.json().catch(() => undefined)) as { now?: number; code?: string; answers?: unknown } | undefined;
  const mayRead = response.headers.get("access-control-allow-origin") === new URL(page).origin;
  if (!mayRead && said?.code === undefined) return { ...NOTHING, answer: "unreadable" };
  const dateMs = Date.parse(response.headers.get("date") ?? "");
  const now = said?.now ?? (Number.isNaN(dateMs) ? undefined : dateMs);
  const clockMs = now === undefined ? undefined : Math.round(now - (sentAt + Date.now()) / 2);
  if (!Array.isArray(said?.answers)) return { answer: said?.code ?? "unreadable", clockMs, streamMs: undefined };
  const streamMs = await firstBytes(() => post("/v1/pull", who, { authorization: `Bearer ${credential}` }));
  await post("/v1/sign-out", voice).catch(() => undefined); // else its time runs out
  return { answer: "taken", clockMs, streamMs };
}

/** How long until something of the stream is here. */
async function firstBytes(open: () => Promise<Response>): Promise<number> {
  const from = performance.now();
  try {
    const reader = (await open()).body?.getReader();
    const { done } = (await reader?.read()) ?? { done: true };
    const tookMs = performance.now() - from;
    await reader?.cancel();
    return done ? Infinity : tookMs;
  } catch {
    return Infinity;
  }
}

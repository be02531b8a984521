/** One request to the server. */
import type { Caller } from "../wire/caller.js";
import { WIRE } from "../wire/version.js";
import type { Settings } from "./options.js";
import { RefusalError, refusalOf } from "./refusal.js";

/** Sends a message and resolves to its answer; rejects with a RefusalError and nothing else. */
export type Post = <T>(path: string, body: object, more?: Pick<RequestInit, "keepalive" | "signal" | "headers">) => Promise<T>;

/** After this long without an answer the network counts as gone. */
const ANSWER_MS = 20_000;

export function createPost({ endpoint, fetch }: Settings): Post {
  return async (path, body, more = {}) => {
    const response = await send(endpoint, fetch, path, body, { signal: AbortSignal.timeout(ANSWER_MS), ...more });
    if (!response.ok) throw await refusalOf(response);
    if (response.status === 204) return undefined as never;
    return response.json().catch(() => {
      throw new RefusalError("unreachable", "The answer is not JSON, so it is not the server's.");
    });
  };
}

/** A simple request in the sense of CORS as long as no header is added: no preflight stands in its way. */
export async function send(endpoint: string | undefined, fetch: Settings["fetch"], path: string, body: object, more: RequestInit): Promise<Response> {
  if (endpoint === undefined) throw new RefusalError("unreachable", "This client was made without an endpoint.");
  try {
    return await fetch(endpoint + path, { method: "POST", body: JSON.stringify(body), credentials: "omit", ...more });
  } catch {
    throw new RefusalError("unreachable");
  }
}

export function callerOf({ site, channel, name }: Settings, credential: string): Caller {
  return { v: WIRE, site, credential, channel, name };
}

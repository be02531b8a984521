/** One request to the server. */
import type { Caller } from "../wire/caller.js";
import { PATHS, WIRE } from "../wire/version.js";
import type { Settings } from "./options.js";
import { ANSWER_MS, inTime, LATE } from "./patience.js";
import { RefusalError, refusalOf } from "./refusal.js";

/** Sends a message and resolves to its answer; rejects with a RefusalError and nothing else. */
export type Post = <T>(path: string, body: object, more?: RequestInit) => Promise<T>;

/** What an answer of our server holds; where nothing is named it is empty. A portal answers 200 as well, and with JSON of its own. */
const marks: Readonly<Record<string, readonly [field: string, type: string]>> = {
  [PATHS.push]: ["answers", "object"], [PATHS.observe]: ["answers", "object"], [PATHS.signIn]: ["customer", "string"], [PATHS.devices]: ["devices", "object"],
  [PATHS.restore]: ["device", "string"], [PATHS.offer]: ["token", "string"], [PATHS.preview]: ["mode", "string"], [PATHS.accept]: ["mode", "string"],
  [PATHS.approve]: ["mode", "string"], [PATHS.progress]: ["mode", "string"], [PATHS.undo]: ["mode", "string"],
};

export function createPost(settings: Settings): Post {
  return async (path, body, more) => {
    const sent = send(settings, path, body, { signal: AbortSignal.timeout(ANSWER_MS), ...more });
    // WebKit forgets both request and signal of a page that was in the back/forward cache.
    const response = await inTime(ANSWER_MS, sent).catch((error: unknown) => Promise.reject(error === LATE ? new RefusalError("unreachable") : error));
    const answer = response.status === 204 ? undefined : await response.json().catch(foreign);
    const mark = marks[path];
    const isOurs = mark ? typeof answer?.[mark[0]] === mark[1] : answer === undefined;
    return isOurs ? answer : foreign();
  };
}

/** A simple request in the sense of CORS as long as no header is added: no preflight stands in its way. */
export async function send({ endpoint, fetch, cookies }: Settings, path: string, body: object, more: RequestInit): Promise<Response> {
  if (endpoint === undefined) throw new RefusalError("unreachable", "This client was made without an endpoint.");
  let response: Response;
  try {
    response = await fetch(endpoint + path, { method: "POST", body: JSON.stringify(body), credentials: cookies(), ...more });
  } catch {
    throw new RefusalError("unreachable");
  }
  if (!response.ok) throw await refusalOf(response);
  return response;
}

/** An answer that has not the form of ours. */
export function foreign(): never {
  throw new RefusalError("unreachable", "Something answers that is not the server: a portal, or a proxy.");
}

export function callerOf({ site, channel, name, screen }: Settings, credential: string): Caller {
  return { v: WIRE, site, credential, channel, name, kiosk: screen?.caller };
}

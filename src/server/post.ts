/** Sends one message to another's server, and waits for its answer no longer than is fair. */
import { Agent as PlainAgent, request as plain } from "node:http";
import { Agent, request } from "node:https";
import { isPublicHost, lookupPublic } from "./public-address.js";

export interface PostAnswer {
  /** 0 when there was none. */
  readonly status: number;
  /** So long it asks to be left in peace. */
  readonly retryAfterMs?: number;
}

export interface Postman {
  post(headers: Readonly<Record<string, string>>, body: string): Promise<PostAnswer>;
  close(): void;
}

/** At most so many at once, on connections that are kept. */
export const AT_ONCE = 8;
/** For the connection, the message and the whole answer. */
export const POST_MS = 15_000;

/** `isInside`: plain HTTP and the addresses of one's own network may be used. No redirect is followed. */
export function createPostman(address: string, isInside: boolean, timeoutMs = POST_MS): Postman {
  const url = new URL(address);
  const isPlain = url.protocol === "http:";
  const settings = { keepAlive: true, maxSockets: AT_ONCE, ...(!isInside && { lookup: lookupPublic }) };
  const agent = isPlain ? new PlainAgent(settings) : new Agent(settings);
  const send = isPlain ? plain : request;
  return {
    post: (headers, body) => new Promise((resolve) => {
      if (!isInside && (isPlain || !isPublicHost(url.hostname))) return resolve({ status: 0 });
      const sent = send(url, { method: "POST", agent, headers: { ...headers, "content-length": Buffer.byteLength(body) }, signal: AbortSignal.timeout(timeoutMs) });
      sent.on("error", () => resolve({ status: 0 }));
      sent.on("response", (answer) => {
        answer.on("error", () => resolve({ status: 0 }));
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, ...waitIn(answer.headers["retry-after"]) }));
        answer.resume();
      });
      sent.end(body);
    }),
    close: () => agent.destroy(),
  };
}

function waitIn(said: string | undefined): { retryAfterMs?: number } {
  return said !== undefined && /^\d{1,6}$/.test(said) ? { retryAfterMs: Number(said) * 1_000 } : {};
}

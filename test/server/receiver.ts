/** A shop's other system that takes webhooks: it verifies them by the specification, and can be told to be away, slow or wrong. */
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { CloudEvent } from "../../src/wire/feed.js";
import { atEnd } from "./desk.js";

export interface Receiver {
  readonly url: string;
  /** What was verified and taken, in the order in which it came. */
  readonly taken: readonly CloudEvent[];
  /** How often it was asked, taken or not. */
  readonly calls: number;
  /** How often somebody came to its door, whether or not they said anything. */
  readonly connections: number;
  /** What it answers from now on: a status, or what it does instead of answering. */
  answer: number | ((call: IncomingMessage, answer: ServerResponse, event: CloudEvent) => void);
  /** Waits for so many that were taken. */
  took(count: number): Promise<readonly CloudEvent[]>;
  called(count: number): Promise<void>;
}

/** `now`: ms since epoch, by the counted time of the test. */
export async function openReceiver(secret: string, now: () => number): Promise<Receiver> {
  const taken: CloudEvent[] = [];
  const waiting = new Set<() => void>();
  const state = { answer: 204 as Receiver["answer"], calls: 0, connections: 0 };
  const server = createServer(async (call, answer) => {
    let text = "";
    for await (const part of call.setEncoding("utf8")) text += part;
    const event = JSON.parse(text) as CloudEvent;
    state.calls += 1;
    if (!isGenuine(secret, call, text, now())) answer.writeHead(401).end();
    else if (typeof state.answer === "function") state.answer(call, answer, event);
    else {
      if (state.answer < 300) taken.push(event);
      answer.writeHead(state.answer).end();
    }
    for (const look of waiting) look();
  });
  server.on("connection", () => void (state.connections += 1));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  const until = (isSo: () => boolean): Promise<void> => new Promise((resolve) => {
    const look = (): void => void (isSo() && (waiting.delete(look), resolve()));
    waiting.add(look);
    look();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, taken,
    get calls() {
      return state.calls;
    },
    get connections() {
      return state.connections;
    },
    get answer() {
      return state.answer;
    },
    set answer(answer) {
      state.answer = answer;
    },
    took: async (count) => (await until(() => taken.length >= count), taken),
    called: (count) => until(() => state.calls >= count),
  };
}

/** As the specification describes it: one of the signatures is the HMAC of id, time and body, and the time is within five minutes. */
function isGenuine(secret: string, { headers }: IncomingMessage, body: string, now: number): boolean {
  const { "webhook-id": id, "webhook-timestamp": seconds, "webhook-signature": signatures } = headers;
  const wanted = createHmac("sha256", Buffer.from(secret.slice("whsec_".length), "base64")).update(`${String(id)}.${String(seconds)}.${body}`).digest();
  const isFresh = Math.abs(Number(seconds) * 1_000 - now) <= 300_000;
  return isFresh && String(signatures).split(" ").some((one) => {
    const given = Buffer.from(one.replace(/^v1,/, ""), "base64");
    return one.startsWith("v1,") && given.length === wanted.length && timingSafeEqual(given, wanted);
  });
}

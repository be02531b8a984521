/** A device that knows several servers of one shop: it sends until it is answered, and listens wherever it is let. */
import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { chain } from "../../src/model/event.js";
import { decodeEntry, encodeCursor, type EntryFrame, type Hello, type SnapshotFrame } from "../../src/wire/pull.js";
import type { PushAnswer } from "../../src/wire/push.js";
import { PATHS } from "../../src/wire/version.js";
import { added, signed, stranger } from "../server/desk.js";
import type { Heard, Listener, Sent } from "./checkers/history.js";

/** Of the site that is served when nobody has configured one. */
const DEMO_SECRET = "carryover-demo-secret-of-at-least-32-bytes";
/** As devices do, but in less time: whoever is refused or cut off comes again, elsewhere. */
const AGAIN_MS = 25;
/** A server that is held up may answer late; then another is asked. */
const PATIENCE_MS = 8_000;

export interface Shopper {
  /** Every event it has sent, and what it was told, repetitions included. */
  readonly told: readonly Sent[];
  listener(): Listener;
  /** Listens until it is told to stop, and signs in before. */
  open(): Promise<void>;
  /** Sends one event until it is acknowledged. */
  add(line: string, n: number): Promise<void>;
  /** Resolves once it has heard this seq; false when it does not within the time. */
  hears(seq: number, withinMs: number): Promise<boolean>;
  close(): Promise<void>;
}

/** `servers` are the addresses as they are now; `draw` chooses one. */
export function createShopper(customer: string, servers: () => readonly string[], draw: (n: number) => number): Shopper {
  const who = stranger({ site: "pk_demo" });
  const [told, heard]: [Sent[], Heard[]] = [[], []];
  const stopping = new AbortController();
  let at: { epoch: string; log: string; from: number; seq: number; hash: number } | undefined;
  let listening: Promise<void> | undefined;
  let woken = (): void => {};

  const ask = (path: string, body: object, headers = {}, signal = AbortSignal.timeout(PATIENCE_MS)): Promise<Response> => {
    const list = servers();
    return fetch(`${list[draw(list.length)]}${path}`, { method: "POST", body: JSON.stringify(body), headers, signal });
  };
  const insist = async <T>(path: string, body: object): Promise<T> => {
    for (;;) {
      const answer = await ask(path, body).then(async (response) => ({ status: response.status, text: await response.text() }), () => undefined);
      if (answer?.status === 200) return JSON.parse(answer.text) as T;
      if (answer !== undefined && answer.status < 500) throw new Error(`${path} was refused: ${answer.text}`);
      await pause(AGAIN_MS);
    }
  };

  const hear = (event: string, data: unknown, hello: Hello): void => {
    if (event === "snapshot") {
      const { log, seq, hash } = data as SnapshotFrame;
      if (at !== undefined) throw new Error("It was given the whole cart again, though it knew where it stood.");
      at = { epoch: hello.epoch, log, from: seq, seq, hash };
    } else if (event === "") {
      const { seq, id } = decodeEntry(data as EntryFrame);
      heard.push({ seq, id });
      if (at !== undefined) at = { ...at, seq, hash: chain(at.hash, id) };
    }
    woken();
  };

  const listen = async (): Promise<void> => {
    const { credential, ...rest } = who;
    const cursor = at && { cursor: encodeCursor(at.epoch, at.seq, at.hash) };
    const response = await ask(PATHS.pull, { ...rest, ...cursor }, { authorization: `Bearer ${credential}` }, stopping.signal);
    if (response.status !== 200) return void (await response.text());
    let hello: Hello | undefined;
    for await (const { event, data } of framesOf(response)) {
      if (event === "hello") hello = data as Hello;
      else if (event !== "bye") hear(event, data, hello as Hello);
    }
  };

  return {
    told,
    listener: () => ({ device: who.credential.slice(0, 8), log: at?.log ?? "", from: at?.from ?? 0, heard }),
    async open() {
      const token = await signed({ sub: customer, exp: Math.floor(Date.now() / 1_000) + 3_600 }, DEMO_SECRET);
      await insist(PATHS.signIn, { ...who, token, merge: "union", consent: "newest" });
      listening = (async () => {
        while (!stopping.signal.aborted) {
          await listen().catch((error: unknown) => {
            if (error instanceof Error && error.message.startsWith("It was given")) throw error;
          });
          await pause(AGAIN_MS);
        }
      })();
    },
    async add(line, n) {
      const event = added(line, n, { id: randomBytes(16).toString("base64url"), at: Date.now() });
      told.push({ log: customer, id: event.id as string, line, n });
      const { answers } = await insist<PushAnswer>(PATHS.push, { ...who, events: [event] });
      const seq = answers[0]?.[2];
      if (typeof seq !== "number") throw new Error(`It was refused: ${JSON.stringify(answers)}`);
      told.push({ log: customer, id: event.id as string, line, n, seq });
    },
    async hears(seq, withinMs) {
      const until = Date.now() + withinMs;
      while ((at?.seq ?? 0) < seq && Date.now() < until) await Promise.race([new Promise<void>((resolve) => (woken = resolve)), pause(100)]);
      return (at?.seq ?? 0) >= seq;
    },
    async close() {
      stopping.abort();
      await listening;
    },
  };
}

async function* framesOf(response: Response): AsyncGenerator<{ event: string; data: unknown }> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    const blocks = (rest + decoder.decode(chunk, { stream: true })).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const [, event = "", data] = /^(?:event: (.*)\n)?data: (.*)$/.exec(block) ?? [];
      if (data !== undefined) yield { event, data: JSON.parse(data) };
    }
  }
}

/** The line between one page and the shop's server, and everything that lines do to what is said on them. */
import type { Chance } from "./chance.js";
import { createHose, type Hose } from "./hose.js";
import { type Shop, SHOP_ORIGIN } from "./shop.js";
import type { Time } from "./time.js";

/** What may become of one request. */
export const FAULTS = [
  "lost", "swallowed", "late", "slow", "doubled", "answer-lost", "answer-swallowed",
  "unavailable", "patience", "too-many", "broken", "page", "portal", "empty",
] as const;
export type Fault = (typeof FAULTS)[number];

export interface Line {
  readonly fetch: typeof fetch;
  /** The next requests meet this. */
  meet(fault: Fault, times: number): void;
  /** No more of what was to come. */
  clear(): void;
  /** Flight mode: what is open breaks, what is asked fails. */
  cut(): void;
  mend(): void;
  /** The server is gone: what is open breaks, and answers under way are lost. */
  drop(): void;
  /** The page is no more: it hears nothing, and what it says goes nowhere. */
  die(): void;
  /** The stream that stands, if one does. */
  readonly stream: Hose | undefined;
  /** How many requests of a kind were made. */
  count(path: string): number;
}

const never = (): Promise<never> => new Promise(() => {});
const failed = (): never => {
  throw new TypeError("Failed to fetch");
};
const LATE_MS = 30_000;
const SLOW_MS = 3_000;

const problem = (status: number, code: string, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify({ code, detail: "Not now.", retryable: true }), { status, headers: { "content-type": "application/problem+json", ...headers } });
const page = (status: number): Response => new Response("<!doctype html><title>Welcome aboard</title>", { status, headers: { "content-type": "text/html" } });

async function unlessGivenUp<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  let giveUp = (): void => {};
  const givenUp = new Promise<never>((_, reject) => (giveUp = () => reject(signal?.reason)));
  signal?.addEventListener("abort", giveUp);
  return Promise.race([givenUp, work]).finally(() => signal?.removeEventListener("abort", giveUp));
}

/** Answers that come from whatever stands between a page and the server. */
const strangers: Partial<Record<Fault, () => Response>> = {
  unavailable: () => problem(503, "unavailable"),
  patience: () => problem(503, "unavailable", { "retry-after": "7" }),
  "too-many": () => new Response("slow down", { status: 429, headers: { "retry-after": "5" } }),
  broken: () => page(502),
  page: () => page(200),
  portal: () => new Response('{"status":"login","now":"today","answers":"none"}', { headers: { "content-type": "application/json" } }),
  empty: () => new Response("", { status: 200 }),
};

/** `told` hears what the page reads off its stream; `key` is the name by which this browser knows the shop. */
export function createLine(shop: Shop, time: Time, chance: Chance, key: string, site: string, told: (text: string | undefined) => void): Line {
  const counts = new Map<string, number>();
  let coming: Fault[] = [];
  let stream: Hose | undefined;
  let isCut = false;
  let isDead = false;
  let plug = 0; // which connection this is

  const drop = (): void => {
    plug += 1;
    stream?.burst();
    stream = undefined;
  };

  const send = async (input: string, init: RequestInit): Promise<Response> => {
    const at = plug;
    const headers = { ...(init.headers as Record<string, string>), origin: SHOP_ORIGIN };
    const body = String(init.body).replace(`"site":"${key}"`, `"site":"${site}"`);
    const response = await shop.fetch(new Request(input, { method: "POST", headers, body }));
    if (at !== plug || isDead) return isDead ? never() : failed();
    if (!response.headers.get("content-type")?.startsWith("text/event-stream") || response.body === null) return response;
    if (init.signal?.aborted) return failed(); // nobody waits for it any more
    const hose = createHose(response.body, chance, body.includes('"holdMs":'), told);
    stream = hose;
    init.signal?.addEventListener("abort", hose.burst);
    void hose.ended.then(() => init.signal?.removeEventListener("abort", hose.burst));
    return new Response(hose.body, { status: response.status, headers: response.headers });
  };

  const deliver: Partial<Record<Fault, (input: string, init: RequestInit) => Promise<Response>>> = {
    lost: async () => failed(),
    swallowed: never,
    async late(input, init) {
      void time.wait(LATE_MS).then(async () => isCut || send(input, init)).catch(() => {});
      return never();
    },
    async slow(input, init) {
      const isStream = input.endsWith("/pull"); // what is poured out on the way, before a page has read it, was told to nobody
      await time.wait(isStream ? 2 * SLOW_MS : SLOW_MS);
      if (isCut) return failed();
      const response = await send(input, init);
      if (!isStream) await time.wait(SLOW_MS);
      return response;
    },
    async doubled(input, init) {
      void time.wait(chance.below(2_000)).then(() => send(input, init)).catch(() => {});
      return send(input, init);
    },
    "answer-lost": (input, init) => send(input, init).then(failed),
    "answer-swallowed": (input, init) => send(input, init).then(never),
  };

  const meetOne = async (input: string, init: RequestInit): Promise<Response> => {
    if (isDead && !init.keepalive) return never();
    if (isCut) return failed();
    const fault = coming.shift();
    const isStream = input.endsWith("/pull");
    const stranger = fault && strangers[fault];
    if (stranger) return stranger();
    const met = fault && isStream ? ofStreams(fault) : fault;
    const way = met && deliver[met];
    return (way ?? send)(input, init);
  };

  return {
    async fetch(input, init = {}) {
      const path = new URL(String(input)).pathname;
      counts.set(path, (counts.get(path) ?? 0) + 1);
      return unlessGivenUp(init.signal ?? undefined, meetOne(String(input), init));
    },
    meet: (fault, times) => void coming.push(...Array<Fault>(times).fill(fault)),
    clear: () => void (coming = []),
    cut() {
      isCut = true;
      drop();
    },
    mend: () => void (isCut = false),
    drop,
    die() {
      isDead = true;
      drop();
    },
    get stream() {
      return stream;
    },
    count: (path) => [...counts].reduce((sum, [name, n]) => (name.includes(path) ? sum + n : sum), 0),
  };
}

/**
 * One connection carries one stream: a second copy of it, or a late one, would be somebody else's. And one whose beginning is
 * lost has told the screen nothing.
 */
function ofStreams(fault: Fault): Fault | undefined {
  if (fault === "doubled" || fault === "late") return undefined;
  if (fault === "answer-lost") return "lost";
  return fault === "answer-swallowed" ? "swallowed" : fault;
}

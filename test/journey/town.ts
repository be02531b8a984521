/** A town for journeys: one server and as many screens as a story needs, in one process, with a network that can be cut. */
import { SignJWT } from "jose";
import { afterEach, vi } from "vitest";
import type { Client, ClientOptions } from "../../src/index.js";
import { createClient } from "../../src/index.js";
import { createServer, type Server, type ServerOptions, type SiteConfig } from "../../src/server/index.js";

const SECRET = "a secret of the shop, 32 bytes or more";

/** What a screen has sent. */
export interface Sent {
  readonly path: string;
  readonly url: string;
  readonly body: string;
  readonly isAnswered: boolean;
}

/** The real ones, for tests that count their own time. */
const { setTimeout: later, setImmediate: soon, performance } = globalThis;

export type Spoil = "request" | "answer" | "line";

/** A client with a plug. */
export interface Screen {
  readonly shop: Client;
  readonly sent: readonly Sent[];
  /** Flight mode: open streams break, requests fail. */
  cut(): void;
  mend(): void;
  /** The stream that is open now stays open, and nothing comes through it any more. */
  silence(): void;
  /** The next answers are lost after the server has done its work. */
  loseAnswers(count: number): void;
  /** The next request to this address is lost on its way, or its answer is, or the line breaks under it and is back a moment later. */
  spoil(path: string, how: Spoil): void;
  /** Requests wait on the line until the returned function lets them go. */
  hold(): () => void;
  readonly problems: string[];
}

export interface Town {
  readonly server: Server;
  screen(options?: Partial<ClientOptions>): Screen;
  token(customer: string, claims?: Record<string, unknown>): Promise<string>;
}

const open: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

export async function createTown(site: Partial<SiteConfig> = {}, more: Partial<ServerOptions> = {}): Promise<Town> {
  const sites = [{ key: "pk_test", secretKey: "sk_test", origins: ["https://shop.example"], customerTokens: { secret: SECRET }, ...site }];
  const server = await createServer({ database: ":memory:", sites, ...more });
  open.push(() => server.close());
  return {
    server,
    screen: (options = {}) => createScreen(server, options),
    token: (customer, claims = {}) => new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).setSubject(customer).setExpirationTime("1h").sign(new TextEncoder().encode(SECRET)),
  };
}

function createScreen(server: Server, options: Partial<ClientOptions>): Screen {
  const cable = createCable(server);
  const shop = createClient({ site: "pk_test", endpoint: "https://sync.shop.example", storage: "memory", fetch: cable.fetch, ...options });
  open.push(() => shop.close());
  const problems: string[] = [];
  shop.on("problem", ({ code }) => problems.push(code));
  const { fetch: _, ...plug } = cable;
  return { shop, problems, ...plug };
}

interface Cable extends Omit<Screen, "shop" | "problems"> {
  readonly fetch: typeof fetch;
}

/** A network cable between one screen and the server. */
function createCable(server: Server): Cable {
  let plug = new AbortController();
  let isCut = false;
  let toLose = 0;
  let held: Promise<void> | undefined;
  const spoilt = new Map<string, Spoil>();
  let stream = { isSilent: false };
  const sent: Sent[] = [];
  const cut = (): void => {
    isCut = true;
    plug.abort();
  };
  const mend = (): void => {
    isCut = false;
    plug = new AbortController();
  };
  return {
    sent, cut, mend,
    spoil: (path, how) => void spoilt.set(path, how),
    hold() {
      let release = (): void => {};
      held = new Promise((resolve) => (release = resolve));
      return () => {
        held = undefined;
        release();
      };
    },
    silence: () => void (stream.isSilent = true),
    loseAnswers: (count) => void (toLose = count),
    async fetch(input, init = {}) {
      const { pathname: path } = new URL(String(input));
      const note = { path, url: String(input), body: String(init.body ?? ""), isAnswered: false };
      sent.push(note);
      await held;
      const spoil = spoilt.get(path);
      spoilt.delete(path);
      if (spoil === "line") {
        cut();
        later(mend, 100);
      }
      if (isCut || spoil === "request") throw new TypeError("Failed to fetch");
      const signal = AbortSignal.any([plug.signal, ...(init.signal ? [init.signal] : [])]);
      const request = new Request(input, { ...init, signal });
      request.headers.set("origin", "https://shop.example");
      const response = await server.fetch(request);
      signal.throwIfAborted();
      if (spoil === "answer") throw new TypeError("Failed to fetch");
      if (toLose > 0 && path !== "/v1/pull") {
        toLose -= 1;
        throw new TypeError("Failed to fetch");
      }
      note.isAnswered = true;
      if (response.body === null) return response;
      const own = path === "/v1/pull" ? (stream = { isSilent: false }) : { isSilent: false };
      const passOn = new TransformStream({ transform: (piece, out) => void (own.isSilent || out.enqueue(piece)) });
      const body = response.body.pipeThrough(passOn, { signal });
      return new Response(body, response);
    },
  };
}

const real = (): number => performance.now();

/** Resolves once it is so; one that waits in vain says what for. */
export async function until(isSo: () => boolean, what: string): Promise<void> {
  const end = real() + 10_000;
  while (!isSo()) {
    if (real() > end) throw new Error(`It never came to be that ${what}.`);
    await new Promise((resolve) => later(resolve, 5));
  }
}

export interface Counted {
  pass(ms: number, step?: number): Promise<void>;
  /** The lids are closed: no timer runs for so long, and what came due in it happens afterwards, late. */
  sleep(ms: number): Promise<void>;
}

/** Counted time: timers and clocks stand still but for `pass`. Before the town is made, so that its clocks stand as well. */
export function countTime(): Counted {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"] });
  open.push(() => void vi.useRealTimers());
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 12; i++) await new Promise((resolve) => soon(resolve));
  };
  return {
    async sleep(ms) {
      vi.setSystemTime(Date.now() + ms);
      await settle();
    },
    async pass(ms, step = 1_000) {
      await settle();
      for (let left = ms; left > 0; left -= step) {
        await vi.advanceTimersByTimeAsync(Math.min(left, step));
        await settle();
      }
    },
  };
}

/** How many requests of a kind a screen has sent so far. */
export function count({ sent }: Screen, path = ""): number {
  return sent.filter((request) => request.path.includes(path)).length;
}

/** What a shopper reads off a screen: products with their numbers. */
export function read({ shop }: Screen): Record<string, number> {
  return Object.fromEntries(shop.state.cart.lines.map(({ line, quantity }) => [line, quantity]));
}

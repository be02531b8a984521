/** A town for journeys: one server and as many screens as a story needs, in one process, with a network that can be cut. */
import { SignJWT } from "jose";
import { afterEach } from "vitest";
import type { Client, ClientOptions } from "../../src/index.js";
import { createClient } from "../../src/index.js";
import { createServer, type Server, type SiteConfig } from "../../src/server/index.js";

const SECRET = "a secret of the shop, 32 bytes or more";

/** A client with a plug. */
export interface Screen {
  readonly shop: Client;
  /** Flight mode: open streams break, requests fail. */
  cut(): void;
  mend(): void;
  /** The next answers are lost after the server has done its work. */
  loseAnswers(count: number): void;
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

export async function createTown(site: Partial<SiteConfig> = {}, database = ":memory:"): Promise<Town> {
  const sites = [{ key: "pk_test", secretKey: "sk_test", origins: ["https://shop.example"], customerTokens: { secret: SECRET }, ...site }];
  const server = await createServer({ database, sites });
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
  return { shop, problems, cut: cable.cut, mend: cable.mend, loseAnswers: cable.loseAnswers };
}

interface Cable extends Pick<Screen, "cut" | "mend" | "loseAnswers"> {
  readonly fetch: typeof fetch;
}

/** A network cable between one screen and the server. */
function createCable(server: Server): Cable {
  let plug = new AbortController();
  let isCut = false;
  let toLose = 0;
  return {
    cut() {
      isCut = true;
      plug.abort();
    },
    mend() {
      isCut = false;
      plug = new AbortController();
    },
    loseAnswers: (count) => void (toLose = count),
    async fetch(input, init = {}) {
      if (isCut) throw new TypeError("Failed to fetch");
      const signal = AbortSignal.any([plug.signal, ...(init.signal ? [init.signal] : [])]);
      const request = new Request(input, { ...init, signal });
      request.headers.set("origin", "https://shop.example");
      const response = await server.fetch(request);
      signal.throwIfAborted();
      if (toLose > 0 && !String(input).endsWith("/v1/pull")) {
        toLose -= 1;
        throw new TypeError("Failed to fetch");
      }
      if (response.body === null) return response;
      const body = response.body.pipeThrough(new TransformStream(), { signal });
      return new Response(body, response);
    },
  };
}

/** Resolves once it is so; a test that waits in vain runs into its own time limit and says what for. */
export async function until(isSo: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 10_000;
  while (!isSo()) {
    if (Date.now() > end) throw new Error(`It never came to be that ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** What a shopper reads off a screen: products with their numbers. */
export function read({ shop }: Screen): Record<string, number> {
  return Object.fromEntries(shop.state.cart.lines.map(({ line, quantity }) => [line, quantity]));
}

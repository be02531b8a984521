/** What the shop hands to `createClient`: every request goes out signed, and its clock is put right when the server says so. */
import type { BoundKey } from "../browser/options.js";
import type { Problem } from "../wire/problem.js";
import { PATHS } from "../wire/version.js";
import { prove } from "./proof.js";
import { createRing, type Held, type Ring } from "./ring.js";

type Fetch = typeof fetch;

/**
 * A key pair for each device, ECDSA P-256, not extractable, kept in IndexedDB: no script can read it, and none on another
 * computer can use it. The server binds the device to it with its first request, and refuses every later one that it has not
 * signed. When the browser loses the key the device starts anew: a guest's cart is carried on, a customer signs in again.
 *
 * Needs https. A page that is being left has no time to sign: what was just done there goes up with the next page.
 *
 * @example
 * const shop = createClient({ site: "pk_demo", endpoint: "https://sync.shop.example", key: boundKey() });
 */
export function boundKey(): BoundKey {
  return { around: (fetch, site) => signing(fetch, createRing(`carryover:${site}:key`)) };
}

/** What of a message tells whose key has to sign it. */
interface Message {
  readonly credential?: string;
  /** Of a sealed box, which holds no credential. */
  readonly key?: string;
}

function signing(ask: Fetch, ring: Ring): Fetch {
  let offsetMs = 0;
  return async (input, init = {}) => {
    const message = JSON.parse(String(init.body ?? "{}")) as Message;
    const held = await heldFor(ring, message, init.headers);
    if (held === undefined) return ask(input, init);
    const send = async (): Promise<Response> => {
      const proof = await prove(held, String(input), init.method ?? "GET", Date.now() + offsetMs);
      return ask(input, { ...init, body: JSON.stringify({ ...message, proof }) });
    };
    const response = await send();
    const problem = response.ok ? undefined : await refusalIn(response);
    if (isOver(String(input), response, problem)) await ring.drop(held.device);
    if (problem?.code !== "proof-stale" || problem.now === undefined) return response;
    offsetMs = problem.now - Date.now();
    return send();
  };
}

function heldFor(ring: Ring, { credential, key }: Message, headers: HeadersInit | undefined): Promise<Held | undefined> {
  const shown = credential ?? new Headers(headers).get("authorization")?.slice("Bearer ".length);
  return shown === undefined ? ring.sealed(key ?? "") : ring.of(shown);
}

/** Whoever left here needs the key no more, unless what could not be sent is still to be delivered. */
function isOver(url: string, { ok }: Response, problem: Partial<Problem> | undefined): boolean {
  return problem?.code === "device-revoked" || (url.endsWith(PATHS.signOut) && ok) || (url.endsWith(PATHS.sealed) && (ok || problem?.code === "not-found"));
}

function refusalIn(response: Response): Promise<Partial<Problem>> {
  return response.clone().json().catch(() => ({})) as Promise<Partial<Problem>>;
}

/** Proofs that a request was signed by a device's own key, in the manner of DPoP (RFC 9449). Each counts once. */
import { calculateJwkThumbprint, EmbeddedJWK, type JWK, jwtVerify, type JWTPayload } from "jose";
import { hashOf } from "./credential.js";
import { Refused, Stale } from "./refusal.js";
import type { Store } from "./store/store.js";

/** A proof travels for less, and a device's clock is put right by what a stale one is told. */
const OLDEST_MS = 60_000;
const YOUNGEST_MS = 5_000;

/** Clocks of processes on one database may differ by as much. */
const SLACK_MS = 60_000;

export interface Proofs {
  /**
   * Whose key has signed for this address and this credential. Throws `proof-stale` for another moment or a second time,
   * `credential-unknown` for everything else: a stranger learns nothing.
   */
  check(proof: string, asked: Asked): Promise<Checked>;
  /** Has it count at no other process either; throws `proof-stale` where one was faster. */
  use(once: Once): Promise<void>;
}

export interface Checked {
  /** RFC 7638, of the key. */
  readonly thumbprint: string;
  readonly once: Once;
}

/** A proof by a hash of its own, for as long as it might be believed. It names nobody. */
export interface Once {
  readonly id: string;
  readonly until: number;
}

interface Asked {
  readonly method: string;
  readonly path: string;
  /** The hash of the credential that came along. */
  readonly ath: string;
}

/**
 * What was seen here is kept in memory for as long as it would be believed. Where that is all there is, a proof of before the
 * start is believed by nobody, since what was seen then is forgotten; processes that share a database ask that.
 */
export function createProofs({ store, now }: { readonly store: Store; readonly now: () => number }): Proofs {
  const earliest = store.isShared ? 0 : now() - 1_000;
  const seen = new Map<string, number>();
  return {
    async check(proof, asked) {
      const { claims, jwk } = await open(proof, now());
      if (!fits(claims, asked)) throw strange();
      const at = Number(claims.iat) * 1_000;
      const thumbprint = await calculateJwkThumbprint(jwk);
      const id = hashOf(`${thumbprint} ${claims.jti}`);
      for (const [old, until] of seen) {
        if (until > now()) break; // they came in this order, or nearly
        seen.delete(old);
      }
      if (at < Math.max(now() - OLDEST_MS, earliest) || at > now() + YOUNGEST_MS || seen.has(id)) throw new Stale(now());
      const until = now() + OLDEST_MS + YOUNGEST_MS + 1_000;
      seen.set(id, until);
      return { thumbprint, once: { id, until: until + SLACK_MS } };
    },
    async use({ id, until }) {
      if (!store.isShared) return;
      await store.transact(async (tx) => {
        if (await tx.isProofUsed(id)) throw new Stale(now());
        await tx.putProof(id, until);
      });
    },
  };
}

async function open(proof: string, now: number): Promise<{ claims: JWTPayload; jwk: JWK }> {
  try {
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, { typ: "dpop+jwt", algorithms: ["ES256"], requiredClaims: ["jti", "iat"], currentDate: new Date(now) });
    return { claims: payload, jwk: protectedHeader.jwk as JWK };
  } catch {
    throw strange();
  }
}

/** Of the address only the path counts: which host and scheme a device has used no server behind a proxy knows. */
function fits({ htm, htu, ath, jti }: JWTPayload, { method, path, ath: wanted }: Asked): boolean {
  return htm === method && ath === wanted && typeof jti === "string" && jti.length >= 16 && jti.length <= 64 && typeof htu === "string" && URL.canParse(htu) && new URL(htu).pathname.endsWith(path);
}

function strange(): Refused {
  return new Refused("credential-unknown", "The proof was not made by this device's key for this request.");
}

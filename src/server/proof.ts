/** Proofs that a request was signed by a device's own key, in the manner of DPoP (RFC 9449). Each counts once. */
import { calculateJwkThumbprint, EmbeddedJWK, type JWK, jwtVerify, type JWTPayload } from "jose";
import { Refused, Stale } from "./refusal.js";

/** A proof travels for less, and a device's clock is put right by what a stale one is told. */
const OLDEST_MS = 60_000;
const YOUNGEST_MS = 5_000;

export interface Proofs {
  /**
   * The thumbprint (RFC 7638) of the key that signed for this address and this credential. Throws `proof-stale` for another
   * moment or a second time, `credential-unknown` for everything else: a stranger learns nothing.
   */
  check(proof: string, asked: Asked): Promise<string>;
}

interface Asked {
  readonly method: string;
  readonly path: string;
  /** The hash of the credential that came along. */
  readonly ath: string;
}

/**
 * What was seen is kept in memory for as long as it would be believed; a proof of before the start is believed by nobody, since
 * what was seen then is forgotten.
 */
export function createProofs(now: () => number): Proofs {
  const startedAt = now();
  const seen = new Map<string, number>();
  return {
    async check(proof, asked) {
      const { claims, jwk } = await open(proof, now());
      if (!fits(claims, asked)) throw strange();
      const at = Number(claims.iat) * 1_000;
      const thumbprint = await calculateJwkThumbprint(jwk);
      const id = `${thumbprint} ${claims.jti}`;
      for (const [old, until] of seen) {
        if (until > now()) break; // they came in this order, or nearly
        seen.delete(old);
      }
      if (at < Math.max(now() - OLDEST_MS, startedAt - 1_000) || at > now() + YOUNGEST_MS || seen.has(id)) throw new Stale(now());
      seen.set(id, now() + OLDEST_MS + YOUNGEST_MS + 1_000);
      return thumbprint;
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

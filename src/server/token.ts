/** Who a customer is, as the shop has signed it. */
import { createRemoteJWKSet, importSPKI, type JWTVerifyGetKey, jwtVerify } from "jose";
import { Refused } from "./refusal.js";
import type { CustomerTokens, Site } from "./sites.js";

/** What a token that holds says. */
export interface Proof {
  /** The customer's name at the shop (`sub`, at most 200 characters). */
  readonly customer: string;
  /** Its own name (`jti`, RFC 7519 4.1.7), where the shop gives it one: then one device may use it and no other. */
  readonly id?: string;
  /** From then on it is refused anyway, ms since epoch. */
  readonly expiresAt: number;
}

/** Resolves to what the token says; throws a refusal otherwise. */
export type TokenCheck = (site: Site, token: string) => Promise<Proof>;

type Key = Parameters<typeof jwtVerify>[1] | JWTVerifyGetKey;

/** Published keys are fetched anew after ten minutes, and for a key that is not among them no more often than every five seconds. */
const KEYS = { cacheMaxAge: 600_000, cooldownDuration: 5_000 };

/** A minute for clocks that disagree. */
const TOLERANCE_S = 60;

export function createTokenCheck(now: () => number): TokenCheck {
  const keys = new Map<string, Promise<{ key: Key; algorithms: string[] }>>();
  return async (site, token) => {
    const tokens = site.customerTokens;
    if (tokens === undefined) throw new Refused("token-refused", "The site's configuration names no customerTokens, so nobody can sign in.");
    const known = keys.get(site.key) ?? keyOf(tokens);
    keys.set(site.key, known);
    const { key, algorithms } = await known;
    const { issuer, audience } = tokens;
    try {
      const { payload } = await jwtVerify(token, key as JWTVerifyGetKey, {
        algorithms, clockTolerance: TOLERANCE_S, currentDate: new Date(now()), requiredClaims: ["sub", "exp"],
        ...(issuer !== undefined && { issuer }), ...(audience !== undefined && { audience }),
      });
      const { exp = 0, jti } = payload;
      return { customer: customerOf(payload.sub), expiresAt: (exp + TOLERANCE_S) * 1_000, ...(jti !== undefined && { id: idOf(jti) }) };
    } catch (error) {
      if (error instanceof Refused) throw error;
      if ("jwksUrl" in tokens && isWeather(error)) throw new Refused("unavailable", "The site's published keys cannot be fetched now.", 1_000);
      throw new Refused("token-refused", reasonOf(error));
    }
  };
}

async function keyOf(tokens: CustomerTokens): Promise<{ key: Key; algorithms: string[] }> {
  if ("secret" in tokens) return { key: new TextEncoder().encode(tokens.secret), algorithms: ["HS256"] };
  if ("jwksUrl" in tokens) return { key: createRemoteJWKSet(new URL(tokens.jwksUrl), KEYS), algorithms: ["RS256", "ES256", "EdDSA"] };
  return { key: await importSPKI(tokens.publicKey, tokens.algorithm), algorithms: [tokens.algorithm] };
}

function customerOf(sub: unknown): string {
  // Half a character, and the one with no letter at all, are not kept as they are: two customers would be one.
  if (typeof sub !== "string" || sub === "" || sub.length > 200 || /[\0\p{Cs}]/u.test(sub)) throw new Refused("token-refused", "The token's sub must be a text of 1 to 200 characters.");
  return sub;
}

function idOf(jti: unknown): string {
  if (typeof jti !== "string" || jti === "" || jti.length > 200) throw new Refused("token-refused", "The token's jti must be a text of 1 to 200 characters.");
  return jti;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** The keys did not come: no network, no time, or an answer that is no list of keys. */
function isWeather(error: unknown): boolean {
  const code = codeOf(error);
  return !code.startsWith("ERR_J") || ["ERR_JOSE_GENERIC", "ERR_JWKS_TIMEOUT", "ERR_JWKS_INVALID"].includes(code);
}

/** jose's codes say what is wrong without repeating the token. */
function reasonOf(error: unknown): string {
  const code = codeOf(error);
  if (code === "ERR_JWT_EXPIRED") return "The token has expired.";
  if (code === "ERR_JWS_SIGNATURE_VERIFICATION_FAILED") return "The token's signature is not the shop's.";
  if (code === "ERR_JWT_CLAIM_VALIDATION_FAILED") return "A claim of the token is missing or does not hold; sub and exp are required.";
  if (code.startsWith("ERR_JWKS")) return "The token names a key that the site does not publish.";
  return "The token is not a JWT that this site accepts.";
}

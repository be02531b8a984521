/** A device's own key, and the proofs it makes: right ones, and whatever a thief would try instead. */
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import { id, sha256 } from "./desk.js";

export interface Key {
  readonly jwk: JWK;
  readonly privateKey: CryptoKey;
}

export async function newKey(alg = "ES256"): Promise<Key> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return { privateKey, jwk: await exportJWK(publicKey) };
}

export interface Claims {
  readonly path: string;
  readonly credential: string;
  /** ms since epoch. */
  readonly at: number;
}

/** A proof for one request; `more` and `header` are what a thief makes different. */
export function proofOf({ jwk, privateKey }: Key, { path, credential, at }: Claims, more: object = {}, header: object = {}): Promise<string> {
  const claims = { htm: "POST", htu: `https://sync.example${path}`, iat: Math.floor(at / 1_000), jti: id(), ath: sha256(credential), ...more };
  return new SignJWT(claims).setProtectedHeader({ typ: "dpop+jwt", alg: "ES256", jwk, ...header } as never).sign(privateKey);
}

/** The key that receipts are signed with: the shop's own, or one that the server makes at its first receipt. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto";
import { readFile } from "node:fs/promises";
import * as v from "valibot";
import { ReceiptKey, thumbed } from "../wire/receipt.js";
import { hashOf } from "./credential.js";
import type { Reading, Transaction } from "./store/store.js";

export interface SigningKey {
  readonly pub: ReceiptKey;
  /** Ed25519, base64url. */
  sign(text: string): string;
}

export interface Keyring {
  /** The key of this server; undefined before one was made. */
  find(tx: Reading): Promise<SigningKey | undefined>;
  /** The same; makes and keeps one where there is none. */
  take(tx: Transaction): Promise<SigningKey>;
}

/** Where the database keeps the key that the server has made. */
const PLACE = "receipt-key";

/** `pem` is the shop's own key, which then stands in no database and may be shared by several servers. */
export function createKeyring(pem?: string): Keyring {
  const own = pem === undefined ? undefined : keyOf(pem);
  let known: { readonly pem: string; readonly key: SigningKey } | undefined;
  // Asked each time: a key that was made in a transaction that was then undone is nobody's key.
  const kept = async (tx: Reading): Promise<SigningKey | undefined> => {
    const found = await tx.meta(PLACE);
    if (found !== undefined && known?.pem !== found) known = { pem: found, key: keyOf(found) };
    return found === undefined ? undefined : known?.key;
  };
  return {
    find: async (tx) => own ?? kept(tx),
    async take(tx) {
      const found = own ?? (await kept(tx));
      if (found !== undefined) return found;
      const made = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
      await tx.putMeta(PLACE, made);
      return keyOf(made);
    },
  };
}

/** Reads the shop's own key. Throws a TypeError that says what is wrong, without showing what was read. */
export async function readSigningKey(file: string): Promise<string> {
  const pem = await readFile(file, "utf8").catch(() => {
    throw new TypeError(`carryover: receiptKey names ${file}, which cannot be read.`);
  });
  try {
    if (createPrivateKey(pem).asymmetricKeyType === "ed25519") return pem;
  } catch {
    // told below, in the same words
  }
  throw new TypeError(`carryover: receiptKey names ${file}, which is no Ed25519 private key in PEM (openssl genpkey -algorithm ed25519).`);
}

function keyOf(pem: string): SigningKey {
  const key = createPrivateKey(pem);
  return { pub: publicOf(createPublicKey(key)), sign: (text) => sign(undefined, Buffer.from(text), key).toString("base64url") };
}

function publicOf(key: KeyObject): ReceiptKey {
  if (key.asymmetricKeyType !== "ed25519") throw new TypeError("carryover: the key is no Ed25519 key.");
  const { x } = key.export({ format: "jwk" }) as { x: string };
  const named = { kty: "OKP", crv: "Ed25519", x } as const;
  return { ...named, kid: hashOf(thumbed(named)) };
}

const Keys = v.object({ keys: v.pipe(v.array(v.object(ReceiptKey.entries)), v.minLength(1)) });

/** Public keys out of PEM text, or as `/v1/receipt-keys` answers them. */
export function readPublicKeys(text: string): readonly ReceiptKey[] {
  try {
    const pems = text.match(/-----BEGIN PUBLIC KEY-----[\s\S]*?-----END PUBLIC KEY-----/g);
    return pems?.map((pem) => publicOf(createPublicKey(pem))) ?? v.parse(Keys, JSON.parse(text)).keys;
  } catch {
    throw new TypeError("carryover: these are no Ed25519 public keys, neither as PEM (BEGIN PUBLIC KEY) nor as /v1/receipt-keys answers them.");
  }
}

/** Checks signatures of one public key. */
export function checkOf({ kty, crv, x }: ReceiptKey): (text: string, sig: string) => boolean {
  const key = createPublicKey({ key: { kty, crv, x }, format: "jwk" });
  return (text, sig) => verify(undefined, Buffer.from(text), key, Buffer.from(sig, "base64url"));
}

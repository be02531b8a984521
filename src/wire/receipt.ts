/**
 * The receipt of a decision about consent: how it is written down, what is hashed, what is signed. Both ends on one page:
 * the server that gives receipts, and whoever verifies them years later without it.
 *
 * A receipt is a link and, until it is erased, the decision that the link vouches for:
 *
 *     link 1 ◄─ prev ─ link 2 ◄─ prev ─ link 3      signed, chained, kept; says nothing about anybody
 *       ▲ commitment     ▲                ▲
 *     salt, decision   (erased)         salt, decision
 */
import * as v from "valibot";
import { Caller, Id, LogId, Site } from "./caller.js";

/** Raised when a receipt changes so that an older verifier could misread it. */
export const RECEIPT = 1;

/** Where receipts are asked for, with GET. */
export const RECEIPT_PATHS = { receipts: "/v1/receipts", keys: "/v1/receipt-keys" } as const;

/** The media type of a set of receipts: lines of JSON. */
export const RECEIPT_TYPE = "application/jsonl; charset=utf-8";

const Version = v.literal(RECEIPT);
const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** SHA-256, base64url. */
const Hash = v.pipe(v.string(), v.regex(/^[\w-]{43}$/));
/** Ed25519, base64url. */
const Signature = v.pipe(v.string(), v.regex(/^[\w-]{86}$/));
const Scope = v.picklist(["device", "account"]);
/** `here`: for this device of a customer, beside the account. */
const Reach = v.picklist(["device", "account", "here"]);

/** What was decided, on which screen and in front of which words. Nobody's name or address stands in it. */
export const Decision = v.strictObject({
  event: Id,
  /** The log it stands in: a random id, and all that is said about who decided. */
  subject: LogId,
  /** The visitor's log it was made in, when it entered the subject's at sign-in. */
  from: v.optional(LogId),
  device: v.string(),
  channel: Caller.entries.channel,
  scope: Reach,
  asked: Scope,
  policy: v.string(),
  purposes: v.record(v.string(), v.boolean()),
  /** SHA-256 of the words shown. */
  text: v.optional(Hash),
  lang: v.optional(v.string()),
  layer: v.optional(v.string()),
  isSignalled: v.optional(v.boolean()),
  /** By the device's clock, corrected. */
  decidedAt: Count,
});
export type Decision = v.InferOutput<typeof Decision>;

/** What remains when the decision is erased: enough for the chain, and nothing about anybody. */
export const Link = v.strictObject({
  v: Version,
  site: Site,
  /** 1, 2, 3 … within the site. */
  n: Count,
  /** Hash of the link before; empty for the first. */
  prev: v.union([Hash, v.literal("")]),
  /** Of the database: another one than in the link before says that a backup was put back between them. */
  epoch: v.string(),
  /** By the server's clock. */
  recordedAt: Count,
  commitment: Hash,
  /** Id of the key that signed. */
  key: Hash,
  sig: Signature,
});
export type Link = v.InferOutput<typeof Link>;

/** A public key as RFC 8037 writes it; its id is the RFC 7638 thumbprint, so that no key can borrow another's. */
export const ReceiptKey = v.strictObject({ kty: v.literal("OKP"), crv: v.literal("Ed25519"), x: Hash, kid: Hash });
export type ReceiptKey = v.InferOutput<typeof ReceiptKey>;

/** Whose receipts: all of a site, without a gap; all of one customer; those that one device has given. */
export const SETS = ["chain", "customer", "device"] as const;

/** The first line of a file of receipts. */
export const Head = v.strictObject({
  kind: v.literal("head"), v: Version, site: Site, set: v.picklist(SETS), subject: v.optional(LogId), madeAt: Count, keys: v.array(ReceiptKey),
});
export type Head = v.InferOutput<typeof Head>;

/** One line for each receipt, in ascending order. */
export const Receipt = v.strictObject({
  kind: v.literal("receipt"), link: Link, salt: v.optional(v.pipe(v.string(), v.regex(/^[\w-]{22}$/))), decision: v.optional(Decision),
});
export type Receipt = v.InferOutput<typeof Receipt>;

/** The last line: how many there are and the digest of every byte before it, so that nothing can be taken off the end. */
export const Seal = v.strictObject({ kind: v.literal("seal"), v: Version, site: Site, count: Count, digest: Hash, madeAt: Count, key: Hash, sig: Signature });
export type Seal = v.InferOutput<typeof Seal>;

export const Line = v.variant("kind", [Head, Receipt, Seal]);
export type Line = v.InferOutput<typeof Line>;

/** The one way to write it down: RFC 8785, of which only texts, whole numbers, booleans, lists and records are needed. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const parts = Object.entries(value).filter(([, part]) => part !== undefined).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${parts.map(([name, part]) => `${JSON.stringify(name)}:${canonical(part)}`).join(",")}}`;
}

/** A link binds itself to a decision by the hash of this. Without the salt the hash tells nothing, not even to who guesses. */
export function committed(salt: string, decision: Decision): string {
  return salt + canonical(decision);
}

/** What a link's signature stands under. The word in front keeps a link from passing for a seal. */
export function signedLink(link: Omit<Link, "sig">): string {
  return `carryover-link\n${canonical({ ...link, sig: undefined })}`;
}

/** What a seal's signature stands under. */
export function signedSeal(seal: Omit<Seal, "sig">): string {
  return `carryover-seal\n${canonical({ ...seal, sig: undefined })}`;
}

/** The next link names the hash of this: signature included, so that not even that can be exchanged. */
export function chained(link: Link): string {
  return canonical(link);
}

/** A key's id is the hash of this (RFC 7638: the members it needs, in canonical form). */
export function thumbed({ kty, crv, x }: Omit<ReceiptKey, "kid">): string {
  return canonical({ kty, crv, x });
}

/** Signing in and out: the shop's proof of who this is, and how the carts met. */
import * as v from "valibot";
import { Caller } from "./caller.js";
import { WIRE } from "./version.js";

export const SignIn = v.object({
  ...Caller.entries,
  /** The shop's signed proof, a JWT whose `sub` is the customer. */
  token: v.pipe(v.string(), v.minLength(1), v.maxLength(8_192)),
  merge: v.picklist(["union", "keep-visitor", "keep-customer", "ask"]),
  consent: v.picklist(["newest", "account"]),
});

export type SignIn = v.InferOutput<typeof SignIn>;

export interface SignInAnswer {
  readonly log: string;
  readonly now: number;
  readonly customer: string;
  /** `same`: was signed in already; `new`: nothing to merge; `merged`: the carts met; `ask`: nothing was done, the shop decides. */
  readonly met: "same" | "new" | "merged" | "ask";
  /** With `ask`: what each side holds. */
  readonly visitor?: unknown;
  readonly account?: unknown;
}

export const SignOut = v.object(Caller.entries);
export type SignOut = v.InferOutput<typeof SignOut>;

/** A sign-in is taken back: this device's, or another one's of the same customer. */
export const Unlink = v.object({
  ...Caller.entries,
  /** The public name of the other device. */
  device: v.optional(v.pipe(v.string(), v.regex(/^[\w-]{8}$/))),
  /** Why, in the shop's words; both logs keep it. */
  reason: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(200))),
});
export type Unlink = v.InferOutput<typeof Unlink>;

/** A push that could not be sent before sign-out, sealed under a key that the device has forgotten. */
export const Sealed = v.object({
  v: v.literal(WIRE),
  /** Names the device whose credential's hash is the key: SHA-256 of that hash, base64url. */
  key: v.pipe(v.string(), v.regex(/^[\w-]{43}$/)),
  /** AES-256-GCM: 12 bytes nonce, ciphertext and tag, base64url. */
  box: v.pipe(v.string(), v.regex(/^[\w-]+$/), v.maxLength(200_000)),
});

export type Sealed = v.InferOutput<typeof Sealed>;

/** Who speaks: the part that every request of a device has in common. */
import * as v from "valibot";
import { WIRE } from "./version.js";

/** 128 random bits, base64url. */
export const Id = v.pipe(v.string(), v.regex(/^[\w-]{22}$/));
/** A device's short public name, a dot, and the 256 random bits that prove it. */
export const Credential = v.pipe(v.string(), v.regex(/^[\w-]{8}\.[\w-]{43}$/));
export const LogId = v.pipe(v.string(), v.regex(/^[\w-]{16}$/));
/** 256 random bits that say which screen of a store this is, and nothing of any shopper. */
export const Registration = v.pipe(v.string(), v.regex(/^[\w-]{43}$/));
const Channel = v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,31}$/));
const Screen = v.pipe(v.string(), v.minLength(1), v.maxLength(60), v.regex(/^[^\p{Cc}\p{Cs}]+$/u));

export const Site = v.pipe(v.string(), v.minLength(1), v.maxLength(100));

/**
 * The credential stands in the body, so that a push is a simple request in the sense of CORS: no preflight
 * stands between a tap and a page that is being left.
 */
export const Caller = v.object({
  v: v.literal(WIRE),
  site: Site,
  credential: Credential,
  channel: Channel,
  /** What a handoff calls this screen: "Kiosk 3". */
  name: v.optional(Screen),
  /** A registered kiosk; `start` is drawn anew whenever its page starts. */
  kiosk: v.optional(v.object({ registration: Registration, start: Id })),
});

export type Caller = v.InferOutput<typeof Caller>;

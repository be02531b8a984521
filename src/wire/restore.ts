/** A visitor whose browser keeps nothing any more but a cookie that no script can read. */
import * as v from "valibot";
import { Caller } from "./caller.js";

/** The device has no name and no credential left; it makes the new secret itself. The cookie says who it is. */
export const Restore = v.object({ ...v.omit(Caller, ["credential"]).entries, secret: v.pipe(v.string(), v.regex(/^[\w-]{43}$/)) });
export type Restore = v.InferOutput<typeof Restore>;

export interface RestoreAnswer {
  /** The short public name; with a dot and the secret behind it the credential. */
  readonly device: string;
  /** The shop's name for who is signed in. */
  readonly customer?: string;
}

/** Beside the cookie that no script can read stands one that says that it is there, so that who never had one asks for nothing. */
export function markerOf(site: string): string {
  return `carryover-${site}`;
}

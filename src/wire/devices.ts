/** The devices that write to one log: which they are, and letting go of one that is elsewhere. */
import * as v from "valibot";
import { Caller } from "./caller.js";

/** The list is asked for by any device on it. */
export const Devices = v.object(Caller.entries);
export type Devices = v.InferOutput<typeof Devices>;

export interface DeviceFrame {
  /** Its short public name, as entries carry it; proves nothing. */
  readonly device: string;
  readonly channel: string;
  readonly name?: string;
  /** It is the one that asks. */
  readonly isThis: boolean;
  /** When it was last heard, to the hour; ms since epoch. */
  readonly seenAt?: number;
  readonly signedInAt?: number;
}

export interface DevicesAnswer {
  /** The latest heard first. */
  readonly devices: readonly DeviceFrame[];
}

export const SignOutDevice = v.object({ ...Caller.entries, device: v.pipe(v.string(), v.regex(/^[\w-]{8}$/)) });
export type SignOutDevice = v.InferOutput<typeof SignOutDevice>;

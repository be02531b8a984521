/** A screen in a store says who it is: once with a code, and then at every start. */
import * as v from "valibot";
import { Id, Registration, Site } from "./caller.js";
import { WIRE } from "./version.js";

/** Twelve letters out of twenty, in groups of four as people read them: 51 bits, good for one use within an hour. */
export const KIOSK_CODE_LETTERS = 12;
export const KIOSK_CODE_MS = 3_600_000;

/** Takes a screen in. The registration is made on the screen, so that a lost answer and a second try are one screen. */
export const RegisterKiosk = v.object({
  v: v.literal(WIRE),
  site: Site,
  code: v.pipe(v.string(), v.minLength(KIOSK_CODE_LETTERS), v.maxLength(40)),
  registration: Registration,
});
export type RegisterKiosk = v.InferOutput<typeof RegisterKiosk>;

/** The screen has started, perhaps after a power cut: every visit of an earlier start is over. */
export const StartKiosk = v.object({ v: v.literal(WIRE), site: Site, registration: Registration, start: Id });
export type StartKiosk = v.InferOutput<typeof StartKiosk>;

/** Who the screen is, by the server's word. */
export interface KioskAnswer {
  readonly store: string;
  readonly name: string;
}

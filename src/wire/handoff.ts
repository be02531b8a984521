/** Handing a cart from one screen to another: what each side says and hears. */
import * as v from "valibot";
import { Caller, Credential, Site } from "./caller.js";
import { WIRE } from "./version.js";

export const MODES = ["take", "copy", "join", "lend"] as const;
export type Mode = (typeof MODES)[number];

/** Twenty consonants, no look-alikes: nobody spells a word, everybody can read it out. */
export const ALPHABET = "BCDFGHJKLMNPQRSTVWXZ";
export const CODE_MS = 120_000;
/** How long a lent cart is lent. */
export const LOAN_MS = 600_000;
/** How long what a handoff has done may be undone. */
export const UNDO_MS = 600_000;

/** A code as typed (dashes, spaces and case do not matter) or the token of a link. */
const Key = v.pipe(v.string(), v.minLength(8), v.maxLength(40));
/** The store or kiosk that a typed code is for: it opens nothing elsewhere. */
const Place = v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(60)));

export const Offer = v.object({
  ...Caller.entries,
  mode: v.picklist(MODES),
  /** The page to go on with on the other screen. */
  url: v.optional(v.pipe(v.string(), v.url(), v.maxLength(2_000))),
  place: Place,
});
export type Offer = v.InferOutput<typeof Offer>;

export interface OfferAnswer {
  readonly code: string;
  /** 128 random bits for the QR code; travels in the fragment of the address. */
  readonly token: string;
  readonly expiresAt: number;
}

/** Looking consumes nothing, and needs no device of one's own. */
export const Preview = v.object({ v: v.literal(WIRE), site: Site, key: Key, place: Place });
export type Preview = v.InferOutput<typeof Preview>;

export interface Screen {
  readonly channel: string;
  readonly name?: string;
  /** The store it stands in: of a registered kiosk only, whose name is then the server's word as well. */
  readonly store?: string;
}

export interface PreviewAnswer {
  readonly mode: Mode;
  readonly from: Screen;
  /** What will move, as the model shows it. */
  readonly cart: unknown;
  readonly page?: string;
  readonly expiresAt: number;
}

export const Accept = v.object({ ...Caller.entries, key: Key, place: Place });
export type Accept = v.InferOutput<typeof Accept>;

export const Approve = v.object({ ...Caller.entries, number: v.pipe(v.number(), v.integer()) });
export type Approve = v.InferOutput<typeof Approve>;

/** The offering side takes its offer back, or the receiving side (with `key`, and nobody yet) says no. */
export const Cancel = v.object({ v: v.literal(WIRE), site: Site, credential: v.optional(Credential), key: v.optional(Key), place: Place });
export type Cancel = v.InferOutput<typeof Cancel>;

/** One of the two screens wants back what was done; the receiving one names the key it was given. */
export const Undo = v.object({ ...Caller.entries, key: v.optional(Key), place: Place });
export type Undo = v.InferOutput<typeof Undo>;

export type Status = "offered" | "opened" | "to-approve" | "lent" | "done" | "undone" | "declined" | "expired";

/** Where a handoff stands; the offering side hears it on its stream, the receiving side asks. */
export interface Progress {
  readonly mode: Mode;
  readonly status: Status;
  readonly expiresAt: number;
  /** On the receiving screen: the number its owner has to find on the other. */
  readonly number?: number;
  /** On the offering screen: one of these is shown on the other. */
  readonly choices?: readonly number[];
  readonly other?: Screen;
  readonly page?: string;
  /** Until when a lent cart is lent; of what is done, until when it may be undone. */
  readonly endsAt?: number;
}

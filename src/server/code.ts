/** What opens a handoff or registers a screen: a code that somebody types, or a secret that a camera reads. Only their hashes are kept. */
import { randomBytes, randomInt } from "node:crypto";
import { ALPHABET } from "../wire/handoff.js";
import { hashOf } from "./credential.js";

/** Of a handoff's code. */
const LETTERS = 8;
/** How many codes there are: so small is the chance that a guess meets one of them. */
export const CODES = ALPHABET.length ** LETTERS;

export function drawCode(length = LETTERS): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
}

/** What was typed, however it was typed. */
export function lettersOf(typed: string): string {
  return typed.toUpperCase().replace(/[^A-Z]/g, "");
}

/** 128 random bits, which nobody guesses. */
export function drawToken(): string {
  return randomBytes(16).toString("base64url");
}

/** What somebody gives to open a handoff. */
export interface Opener {
  readonly hash: string;
  /** Typed, so that it may be a guess; what a camera reads is none. */
  readonly isTyped: boolean;
}

/**
 * How a code was typed does not matter, but where does, if it was made for one place: there it opens nothing elsewhere. The
 * database compares hashes of what was given: what its haste tells is about a SHA-256 that nobody can steer.
 */
export function openerOf(key: string, place: string | undefined): Opener {
  const isTyped = key.length <= 12;
  return isTyped ? { isTyped, hash: codeHash(lettersOf(key), place) } : { isTyped, hash: tokenHash(key) };
}

export function codeHash(letters: string, place = ""): string {
  return hashOf(`handoff:${place.toLowerCase()}:${letters}`);
}

export function tokenHash(token: string): string {
  return hashOf(`handoff:${token}`);
}

/** What a shop asks consent for, under which words, and what it has cleared away when the answer is no. */
import { isText, NAME_LENGTH } from "../model/limits.js";
import type { ConsentSource } from "./source.js";

/** What the shop asks consent for, and under which text. */
export interface ConsentOptions {
  /** The version of the text that is shown; versions sort as text: "2026-11". */
  readonly policy?: string;
  /** What is asked for besides `necessary`. */
  readonly purposes?: readonly string[];
  /** "account" when the text asks "on all your devices"; only such a choice may become the account's at sign-in. */
  readonly asked?: "device" | "account";
  /** When a device's choice of today and the account's differ at sign-in. Kiosks always take the account's. */
  readonly rule?: "newest" | "account";
  /** By purpose the policy that changed it materially: earlier grants of that purpose are void. */
  readonly material?: Readonly<Record<string, string>>;
  /** A consent platform that the shop has already: it asks, and its answers hold on this device. */
  readonly source?: ConsentSource;
}

export interface ConsentSettings extends Required<Omit<ConsentOptions, "source">> {
  readonly source: ConsentSource | undefined;
  /** On a shared screen: what may be allowed there at all. */
  readonly shared: readonly string[] | undefined;
}

/** Throws a TypeError as a sentence. */
export type Say = (name: string, found: unknown, allowed: string) => never;

const PURPOSES = ["analytics", "personalisation", "marketing"];

/** Throws on the first option that cannot be used. What is chosen on a shared screen is never its next customer's. */
export function readConsent(options: ConsentOptions, say: Say, shared?: readonly string[]): ConsentSettings {
  const { policy = "1", purposes = PURPOSES, asked = "device", rule = "newest", material = {}, source } = options;
  if (!isText(policy, NAME_LENGTH)) say("consent.policy", policy, `a text of 1 to ${NAME_LENGTH} characters`);
  if (!Array.isArray(purposes) || purposes.some((p) => typeof p !== "string" || p === "" || p === "necessary")) {
    say("consent.purposes", purposes, "names of purposes; necessary is always there");
  }
  if (!["device", "account"].includes(asked)) say("consent.asked", asked, "device or account");
  if (!["newest", "account"].includes(rule)) say("consent.rule", rule, "newest or account");
  return { policy, purposes, material, source, shared, asked: shared || source ? "device" : asked, rule: shared ? "account" : rule };
}

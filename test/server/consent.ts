/** What a shopper does about consent, and the receipts they get for it. */
import { createHash } from "node:crypto";
import { answerOf, type Answer, type Desk, event, type Voice } from "./desk.js";
import { PATHS } from "../../src/wire/version.js";
import type { Decision, Line, Link, Receipt } from "../../src/wire/receipt.js";
import { type Archive, verifyReceipts, type Verdict, type VerifyOptions } from "../../src/server/index.js";

/** The words that were shown, and their hash. */
export const WORDS = "Mogen wij meten hoe de winkel gebruikt wordt, op al uw apparaten?";
export const WORDS_HASH = createHash("sha256").update(WORDS).digest("base64url");

export function decided(purposes: Record<string, boolean> = { analytics: true, marketing: false, personalisation: false }, more: object = {}, envelope: object = {}): Record<string, unknown> {
  return event("consent-decided", { scope: "device", asked: "account", policy: "2026-11", purposes, text: WORDS_HASH, lang: "nl", layer: "banner", ...more }, envelope);
}

export async function signIn(desk: Desk, who: Voice, customer: string): Promise<{ readonly log: string }> {
  const { body } = await desk.post(PATHS.signIn, { ...who, token: await desk.token(customer), merge: "union", consent: "newest" });
  return body as { log: string };
}

export async function ask(desk: Desk, method: string, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return answerOf(await desk.server.fetch(new Request(`https://sync.example${path}`, { method, headers })));
}

/** The file of receipts that a device is given. */
export async function receiptsOf(desk: Desk, who: Voice): Promise<string> {
  const response = await desk.server.fetch(new Request(`https://sync.example/v1/receipts?site=${who.site}`, { headers: { authorization: `Bearer ${who.credential}` } }));
  return response.text();
}

/** The file of receipts that whoever has the database can make. */
export async function fileOf(archive: Archive, site: string, customer?: string): Promise<string> {
  let text = "";
  for await (const line of archive.receipts(site, customer)) text += line;
  return text;
}

export function linesOf(text: string): Line[] {
  return text.trimEnd().split("\n").map((line) => JSON.parse(line) as Line);
}

export function receiptsIn(text: string): Receipt[] {
  return linesOf(text).filter((line) => line.kind === "receipt");
}

export function decisionsIn(text: string): Decision[] {
  return receiptsIn(text).flatMap(({ decision }) => decision ?? []);
}

export function linksIn(text: string): Link[] {
  return receiptsIn(text).map(({ link }) => link);
}

export function verify(text: string | Uint8Array, options?: VerifyOptions): Promise<Verdict> {
  return verifyReceipts([typeof text === "string" ? Buffer.from(text) : text], options);
}

/** What a shopper is told about the other screen and about what went wrong; the developer's sentence never reaches them. */
import type { HandoffState } from "../browser/handoff.js";
import type { HandoffTexts } from "./handoff-texts.js";
import { fill } from "./language.js";

/** Words come only after this; most answers are quicker, and a flash of words is noise. */
export const LATE_MS = 300;

/** The sentence with the name of the other screen, or of its kind, or of none; and the store it stands in, as the server knows it. */
export function withScreen(texts: HandoffTexts, sentence: string, { name, channel = "", store }: NonNullable<HandoffState["other"]> = { channel: "" }): string {
  return fill(sentence, { screen: [name ?? texts.screens[channel], store].filter((known) => known !== undefined).join(", ") || undefined });
}

export function problemWords(texts: HandoffTexts, error: unknown): string {
  const code = (error as { readonly code?: unknown } | undefined)?.code;
  return texts.problems[typeof code === "string" ? code : "other"] ?? texts.problems.other ?? "";
}

export function isOver(handoff: HandoffState | undefined): boolean {
  return handoff === undefined || ["done", "undone", "declined", "expired"].includes(handoff.status);
}

/** Something of it goes on, whether or not anybody looks: a cart is lent, or it can still be undone. */
export function goesOn(handoff: HandoffState | undefined): boolean {
  return handoff !== undefined && (handoff.status === "lent" || handoff.endsAt !== undefined);
}

/** Runs `say` unless the work is quicker; resolves as the work does. */
export async function unlessQuick<T>(work: Promise<T>, say: () => void): Promise<T> {
  const timer = setTimeout(say, LATE_MS);
  return work.finally(() => clearTimeout(timer));
}

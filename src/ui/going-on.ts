/** What goes on after a handoff: a cart that is lent and can be stopped, or something done that can be undone. */
import type { HandoffState } from "../browser/handoff.js";
import { type Countdown, startCountdown } from "./countdown.js";
import type { HandoffTexts } from "./handoff-texts.js";
import { withScreen } from "./handoff-words.js";
import { button, make } from "./make.js";
import type { Stage } from "./screen.js";

const TEN_MINUTES = 600_000;

/** The way to end it, and how long there is. */
export function goingOn({ client, texts }: Stage<HandoffTexts>, handoff: HandoffState, failed: (error: unknown) => void): Countdown {
  const isLent = handoff.status === "lent";
  const end = (): void => void (isLent ? client.handoff.cancel() : client.handoff.undo()).catch(failed);
  const words = !isLent ? texts.undo : handoff.role === "offering" ? texts.cancel : texts.finish;
  const countdown = startCountdown(handoff.endsAt ?? 0, { left: texts.lentLeft }, undefined, TEN_MINUTES);
  const element = make("div", { part: "going-on" }, button(words, { part: isLent ? "answer" : "cancel" }, end), countdown.element);
  return { element, stop: countdown.stop };
}

/** The same in the page, for as long as it goes on: whoever has lent a cart sees that, whatever they look at. */
export function drawBar(stage: Stage<HandoffTexts>, handoff: HandoffState, failed: (error: unknown) => void): Countdown {
  const { element, stop } = goingOn(stage, handoff, failed);
  return { element: make("div", { part: "bar" }, make("p", {}, wordsFor(stage.texts, handoff)), element), stop };
}

/** How it ended, to be read and put away. */
export function drawEnd({ texts }: Stage<HandoffTexts>, handoff: HandoffState, close: () => void): HTMLElement {
  return make("div", { part: "bar" }, make("p", {}, wordsFor(texts, handoff)), button(texts.close, { part: "cancel" }, close));
}

/** What goes on, or how it ended. */
export function wordsFor(texts: HandoffTexts, { role, mode, status, other }: HandoffState): string {
  const isOffering = role === "offering";
  if (status === "lent") return withScreen(texts, isOffering ? texts.lent : texts.borrowed, other);
  if (status === "undone") return isOffering ? texts.undone : texts.taken;
  if (mode === "lend") return isOffering ? texts.returned : texts.gone;
  return isOffering ? texts.given[mode] : texts.received[mode];
}

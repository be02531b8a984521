/** The screen that gives: a code to scan or to type, a number to approve, and how it ended. */
import type { HandoffState } from "../browser/handoff.js";
import { type Countdown, startCountdown } from "./countdown.js";
import { goingOn } from "./going-on.js";
import type { HandoffTexts } from "./handoff-texts.js";
import { goesOn, isOver, problemWords, unlessQuick, withScreen } from "./handoff-words.js";
import { button, make } from "./make.js";
import { openPanel, type Panel } from "./panel.js";
import { drawQr } from "./qr.js";
import type { Stage } from "./screen.js";

type Mode = HandoffState["mode"];

export interface OfferWishes {
  readonly mode: Mode;
  /** The page that the link opens; this one by default. */
  readonly url: string | undefined;
  /** The store or kiosk that the typed code is for. */
  readonly place: string | undefined;
  /** Others can read this screen, and the next shopper is waiting. */
  readonly isKiosk: boolean;
  readonly closed: () => void;
}

interface Offering extends Stage<HandoffTexts>, OfferWishes {
  readonly panel: Panel;
  readonly title: string;
  /** What the panel shows now; a second look at the same changes nothing. */
  shown: string | undefined;
  countdown: Countdown | undefined;
  again(): void;
}

/** The end stays on a shared screen for this long. */
export const FAREWELL_MS = 10_000;

/** Opens the panel and makes a code. Closing it takes the code back. */
export function openOffer(stage: Stage<HandoffTexts>, wishes: OfferWishes): Panel {
  const { client, lang, texts, root } = stage;
  let stop = (): void => {};
  const closed = (): void => {
    stop();
    offering.countdown?.stop();
    if (offering.shown !== undefined && !goesOn(client.state.handoff) && client.state.handoff?.role === "offering" && !isWiped(offering)) void client.handoff.cancel().catch(() => {}); // a code that was not taken back runs out by itself
    wishes.closed();
  };
  const panel = openPanel(root, { lang, part: "offer", closeWords: texts.close, closed });
  const offering: Offering = { ...stage, ...wishes, panel, title: texts.offer[wishes.mode], shown: undefined, countdown: undefined, again: () => void begin(offering) };
  void begin(offering).then(() => {
    if (panel.isOpen) stop = client.subscribe(({ handoff }) => (isWiped(offering) ? panel.close() : follow(offering, handoff)));
  });
  return panel;
}

async function begin(offering: Offering): Promise<void> {
  const { client, texts, mode, url, place, panel, title } = offering;
  offering.shown = undefined;
  const hindrance = hindranceOf(offering);
  if (hindrance !== undefined) return end(offering, hindrance, false);
  panel.show({ title });
  try {
    await unlessQuick(client.handoff.offer(mode, { ...(url !== undefined && { url }), ...(place !== undefined && { place }) }), () => panel.status(texts.preparing));
    if (panel.isOpen) follow(offering, client.state.handoff, true);
    else await client.handoff.cancel();
  } catch (error) {
    if (panel.isOpen) end(offering, problemWords(texts, error), true);
  }
}

/** The visit has ended under an open offer: the next shopper is shown no code of the one before. */
function isWiped({ client: { state }, mode, shown }: Offering): boolean {
  const { cart, handoff } = state;
  if (shown === undefined || /^(done|undone|declined|expired)/.test(shown)) return false;
  return handoff === undefined || (mode !== "join" && mode !== "lend" && cart.quantity === 0 && !isOver(handoff));
}

/** Better said before than refused afterwards. */
function hindranceOf({ client, texts, mode }: Offering): string | undefined {
  const { customer, cart } = client.state;
  if (customer.isSignedIn && mode !== "lend") return texts.signedIn;
  return cart.quantity === 0 && mode !== "join" && mode !== "lend" ? texts.empty : undefined;
}

/** `isFresh`: a code has just been made; until then nothing of an earlier handoff is shown. */
function follow(offering: Offering, handoff: HandoffState | undefined, isFresh = false): void {
  if (handoff?.role !== "offering" || (offering.shown === undefined && !isFresh)) return;
  const step = `${handoff.status} ${handoff.code} ${handoff.choices} ${handoff.endsAt}`;
  if (step === offering.shown) return;
  const isSameCode = handoff.status === "opened" && offering.shown?.startsWith("offered") === true;
  offering.shown = step;
  if (isSameCode) return offering.panel.status(withScreen(offering.texts, offering.texts.opened, handoff.other));
  offering.countdown?.stop();
  draw(offering, handoff);
}

function draw(offering: Offering, handoff: HandoffState): void {
  const { texts, mode } = offering;
  if (handoff.status === "to-approve") drawNumbers(offering, handoff);
  else if (handoff.status === "lent") drawGoingOn(offering, withScreen(texts, texts.lent, handoff.other), handoff);
  else if (!isOver(handoff)) drawCode(offering, handoff);
  else if (handoff.status === "undone") end(offering, texts.undone, false);
  else if (handoff.status === "done" && mode === "lend") end(offering, texts.returned, false);
  else if (goesOn(handoff)) drawGoingOn(offering, texts.given[mode], handoff);
  else if (handoff.status === "done") end(offering, texts.given[mode], false);
  else end(offering, handoff.status === "expired" ? texts.expired : texts.kept, true);
}

function drawCode(offering: Offering, { code = "", url, expiresAt }: HandoffState): void {
  const { panel, texts, mode, title } = offering;
  const picture = make("div");
  // Without the drawing, when the network has just gone, the typed code still does.
  if (url !== undefined) void drawQr(url, texts.qr).then((qr) => picture.replaceChildren(qr), () => picture.remove());
  offering.countdown = startCountdown(expiresAt, texts, (words) => panel.status(words));
  panel.show({ title }, make("p", {}, texts.lead[mode]),
    make("div", { part: "codes" }, picture,
      make("small", {}, texts.type),
      make("p", { part: "code", translate: "no" }, code),
      offering.countdown.element),
    button(texts.cancel, { part: "cancel" }, panel.close));
}

/** That the two screens are in the same hands is shown by a number that only they can compare. */
function drawNumbers(offering: Offering, { choices = [], other }: HandoffState): void {
  const { panel, texts, client } = offering;
  const approve = (number: number): void => {
    panel.status(texts.working);
    client.handoff.approve(number).catch((error: unknown) => panel.isOpen && end(offering, problemWords(texts, error), true));
  };
  const numbers = choices.map((number) => button(String(number), { part: "number" }, () => approve(number)));
  panel.show({ title: withScreen(texts, texts.which, other) },
    make("div", { part: "numbers" }, ...numbers),
    button(texts.none, { part: "cancel" }, panel.close));
}

/** Done, and not over: what goes on can be stopped or undone here, and from the page once this is closed. */
function drawGoingOn(offering: Offering, words: string, handoff: HandoffState): void {
  const { panel, texts, title } = offering;
  const { element, stop } = goingOn(offering, handoff, (error) => panel.status(problemWords(texts, error)));
  offering.countdown = { element, stop };
  panel.show({ title, status: words }, element, button(texts.close, { part: "cancel" }, panel.close));
}

function end({ panel, texts, title, again, isKiosk }: Offering, words: string, mayRepeat: boolean): void {
  const close = button(texts.close, { part: "cancel" }, panel.close);
  const body = mayRepeat ? make("div", { part: "answers" }, close, button(texts.again, { part: "answer" }, again)) : close;
  panel.show({ title, status: words }, body);
  if (isKiosk) setTimeout(panel.close, FAREWELL_MS);
}

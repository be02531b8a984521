/** `<carryover-handoff>`: gives the cart to another screen, or takes one over. */
import type { ClientState } from "../browser/client.js";
import type { HandoffState } from "../browser/handoff.js";
import type { Countdown } from "./countdown.js";
import { drawBar, drawEnd, wordsFor } from "./going-on.js";
import { handoffStyle } from "./handoff-style.js";
import { panelStyle } from "./panel-style.js";
import type { HandoffTexts } from "./handoff-texts.js";
import { goesOn, problemWords } from "./handoff-words.js";
import { button, say } from "./make.js";
import { FAREWELL_MS, openOffer } from "./offer.js";
import type { Panel } from "./panel.js";
import { openReceive } from "./receive.js";
import { MARK } from "./scan.js";
import { ScreenElement } from "./screen.js";

const MODES: readonly string[] = ["take", "copy", "join", "lend"] satisfies HandoffState["mode"][];

/**
 * Attributes: `mode`, "take" by default, "copy", "join" or "lend", and `url`, the page to go on with, for the screen that gives;
 * `accept` for the screen that receives, empty or with a code or a link; `place`, the store or kiosk that typed codes are for; `lang`; `size="kiosk"`. Whichever it is, it
 * takes up a link that was scanned, and takes its secret out of the address bar at once. A page that reserves
 * `min-height: 44px` for it does not move when its button comes.
 *
 * @example
 * <carryover-handoff mode="take" size="kiosk"></carryover-handoff>
 * <carryover-handoff accept></carryover-handoff>
 */
export class HandoffElement extends ScreenElement<HandoffTexts> {
  static readonly observedAttributes = ["lang", "mode", "accept"];
  protected override readonly look = panelStyle + handoffStyle;
  #panel: Panel | undefined;
  #opener: HTMLButtonElement | undefined;
  #bar: Countdown | undefined;
  #shown: HandoffState | undefined;
  /** What the bar shows, in a word. */
  #goingOn: string | undefined;

  /** What pressing its button does: offers the cart or, with `accept`, asks for a code. */
  open(): void {
    if (this.#panel !== undefined || !this.isConnected) return;
    const isReceiving = this.hasAttribute("accept");
    this.#panel = isReceiving ? openReceive(this.stage, undefined, this.#place, this.#closed) : openOffer(this.stage, {
      mode: this.#mode,
      place: this.#place,
      url: this.getAttribute("url") ?? undefined,
      isKiosk: this.getAttribute("size") === "kiosk",
      closed: this.#closed,
    });
  }

  /** The keyboard goes to its button, as it comes back from a question that was answered. */
  override focus(options?: FocusOptions): void {
    this.#opener?.focus(options);
  }

  /** Looks what a code or a link brings, and asks whether to take it over. */
  receive(codeOrUrl: string): void {
    this.#panel?.close();
    this.#panel = openReceive(this.stage, codeOrUrl, this.#place, this.#closed);
  }

  override attributeChangedCallback(name?: string, _before?: string | null, value?: string | null): void {
    super.attributeChangedCallback();
    if (name === "accept" && value && this.#opener !== undefined) this.receive(value);
  }

  protected override start(): void {
    const takeLink = (): void => {
      const link = linkInAddress();
      if (link !== undefined) void this.client.ready.then(() => this.isConnected && this.receive(link));
    };
    this.listen(window, "hashchange", takeLink);
    this.whileHere(() => this.#panel?.close());
    this.whileHere(this.#putAway);
    const code = this.getAttribute("accept");
    if (code) void this.client.ready.then(() => this.isConnected && this.receive(code));
    else takeLink();
  }

  protected override heard({ handoff }: ClientState): void {
    const what = handoff && goesOn(handoff) ? `${handoff.role} ${handoff.mode} ${handoff.status} ${handoff.endsAt} ${handoff.other?.name}` : undefined;
    if (what === this.#goingOn) return;
    this.#goingOn = what;
    // Who has stopped it here themselves has put the handoff away with it.
    const isStopped = handoff === undefined && this.#shown?.mode === "lend";
    this.#drawBar(isStopped ? { ...(this.#shown as HandoffState), status: "done", endsAt: undefined } : handoff);
  }

  /** Whoever has lent their cart is told so as long as it lasts, and can stop it from here; and is told when it is over. */
  #drawBar(handoff: HandoffState | undefined): void {
    const { stage } = this;
    this.#putAway();
    if (handoff === undefined) return;
    if (goesOn(handoff)) this.#bar = drawBar(stage, handoff, (error) => say(this.said, problemWords(stage.texts, error)));
    else if (this.#panel !== undefined) return; // which says so itself
    else if (handoff.status === "undone" || (handoff.mode === "lend" && handoff.status === "done")) {
      const timer = this.getAttribute("size") === "kiosk" ? setTimeout(this.#putAway, FAREWELL_MS) : undefined;
      this.#bar = { element: drawEnd(stage, handoff, this.#putAway), stop: () => clearTimeout(timer) };
    } else return;
    this.#shown = handoff;
    this.root.append(this.#bar.element);
    say(this.said, wordsFor(stage.texts, handoff));
  }

  readonly #putAway = (): void => {
    this.#bar?.stop();
    this.#bar?.element.remove();
    this.#bar = this.#shown = undefined;
  };

  protected override draw(): void {
    this.#drawBar(this.#shown);
    const { texts } = this.stage;
    const words = this.hasAttribute("accept") ? texts.enter : texts.offer[this.#mode];
    const opener = button(words, { part: "button", "aria-haspopup": "dialog" }, () => this.open());
    if (this.#opener?.isConnected) this.#opener.replaceWith(opener);
    else this.root.prepend(opener);
    this.#opener = opener;
  }

  get #mode(): HandoffState["mode"] {
    const mode = this.getAttribute("mode") ?? "take";
    return (MODES.includes(mode) ? mode : "take") as HandoffState["mode"];
  }

  get #place(): string | undefined {
    return this.getAttribute("place") ?? undefined;
  }

  readonly #closed = (): void => {
    this.#panel = undefined;
  };
}

/** The link in the address bar, which it leaves at once: what lies in the history can be used again. */
function linkInAddress(): string | undefined {
  const { href, hash, pathname, search } = location;
  if (!hash.startsWith(MARK)) return undefined;
  history.replaceState(history.state, "", pathname + search);
  return href;
}

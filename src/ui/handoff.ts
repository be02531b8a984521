/** `<carryover-handoff>`: gives the cart to another screen, or takes one over. */
import type { HandoffState } from "../browser/handoff.js";
import { handoffStyle } from "./handoff-style.js";
import { panelStyle } from "./panel-style.js";
import type { HandoffTexts } from "./handoff-texts.js";
import { button } from "./make.js";
import { openOffer } from "./offer.js";
import type { Panel } from "./panel.js";
import { openReceive } from "./receive.js";
import { ScreenElement } from "./screen.js";

const MARK = "#carryover=";
const MODES: readonly string[] = ["take", "copy", "join", "lend"] satisfies HandoffState["mode"][];

/**
 * Attributes: `mode`, "take" by default, "copy" or "join", and `url`, the page to go on with, for the screen that gives;
 * `accept` for the screen that receives, empty or with a code or a link; `lang`; `size="kiosk"`. Whichever it is, it
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

  /** What pressing its button does: offers the cart or, with `accept`, asks for a code. */
  open(): void {
    if (this.#panel !== undefined || !this.isConnected) return;
    const isReceiving = this.hasAttribute("accept");
    this.#panel = isReceiving ? openReceive(this.stage, undefined, this.#closed) : openOffer(this.stage, {
      mode: this.#mode,
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
    this.#panel = openReceive(this.stage, codeOrUrl, this.#closed);
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
    const code = this.getAttribute("accept");
    if (code) void this.client.ready.then(() => this.isConnected && this.receive(code));
    else takeLink();
  }

  protected override draw(): void {
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

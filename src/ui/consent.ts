/** `<carryover-consent>`: asks until there is an answer, and lets it be changed for ever after. */
import type { ClientState } from "../browser/client.js";
import { drawBanner, type Question } from "./banner.js";
import { consentStyle } from "./consent-style.js";
import type { ConsentTexts } from "./consent-texts.js";
import { fill } from "./language.js";
import { say } from "./make.js";
import { type Decision, openPreferences, type Preferences } from "./preferences.js";
import { keepInView } from "./room.js";
import { ScreenElement } from "./screen.js";

/**
 * Attributes: `shop`, the name of who asks (else the page's `og:site_name`, else its host); `asked="account"` when the
 * client's `consent.asked` is; `privacy`, the address of the shop's statement; `lang`; `size="kiosk"`.
 *
 * @example
 * <carryover-consent shop="Stap &amp; Blad" asked="account" privacy="/privacy"></carryover-consent>
 * <button data-carryover-preferences>Cookies</button>
 */
export class ConsentElement extends ScreenElement<ConsentTexts> {
  static readonly observedAttributes = ["lang", "shop", "asked", "privacy"];
  protected override readonly look = consentStyle;
  #banner: HTMLElement | undefined;
  #preferences: Preferences | undefined;
  #isNeeded = false;
  #scope: string | undefined;
  #before: HTMLElement | undefined;
  #release = (): void => {};

  /** Opens the preference page; a button with `data-carryover-preferences` does the same. */
  open(): void {
    this.#openPreferences();
  }

  protected override start(): void {
    this.listen(document, "click", (event) => {
      const opener = event.composedPath().find((node) => node instanceof Element && node.hasAttribute("data-carryover-preferences"));
      if (opener === undefined || document.querySelector(this.localName) !== this) return;
      event.preventDefault();
      this.open();
    });
    // Whoever came into the question by keyboard goes back to where they were once it is answered.
    this.listen(this, "focusin", (event) => {
      const from = (event as FocusEvent).relatedTarget;
      if (from instanceof HTMLElement && from !== this) this.#before = from;
    });
    this.whileHere(() => {
      this.#isNeeded = false;
      this.#preferences?.close();
      this.draw();
    });
  }

  protected override heard({ consent, customer, sync }: ClientState): void {
    // Just signed in: the account may have answered long ago, and says so as soon as it has arrived.
    const mayBeKnown = customer.isSignedIn && sync.state === "catching-up";
    const isNeeded = !consent.isDecided && !mayBeKnown;
    this.#preferences?.update(consent.purposes);
    if (isNeeded === this.#isNeeded && consent.scope === this.#scope) return;
    this.#isNeeded = isNeeded;
    this.#scope = consent.scope;
    this.draw();
  }

  protected override draw(): void {
    const hadFocus = this.#banner?.contains(this.root.activeElement) === true;
    this.#release();
    this.#banner?.remove();
    this.#banner = undefined;
    if (!this.#isNeeded) return void (hadFocus && this.#before?.isConnected && this.#before.focus());
    const question = this.#question();
    this.#banner = drawBanner(question, { all: (isGranted) => this.#decideAll(isGranted), choose: () => this.#openPreferences() });
    this.root.append(this.#banner);
    this.#release = keepInView(this.#banner);
    say(this.said, fill(question.texts.title, { shop: question.shop }));
  }

  #decideAll(isGranted: boolean): void {
    this.#decide(Object.fromEntries(this.#question().purposes.map((purpose) => [purpose, isGranted])));
  }

  #decide(decision: Decision): void {
    const { client, texts } = this.stage;
    client.consent.decide(decision);
    const { purposes } = client.state.consent;
    const isWhole = Object.entries(decision).every(([purpose, isGranted]) => purposes[purpose] === isGranted);
    if (isWhole) say(this.said, texts.saved);
    else this.#openPreferences(texts.stands);
  }

  #openPreferences(note?: string): void {
    if (this.#preferences !== undefined || !this.isConnected) return;
    const standing = this.client.state.consent.purposes;
    const closed = (): void => void (this.#preferences = undefined);
    this.#preferences = openPreferences(this.root, this.#question(), standing, (decision) => this.#decide(decision), closed, note);
  }

  #question(): Question {
    const { client, lang, texts } = this.stage;
    const { purposes, scope } = client.state.consent;
    return {
      lang, texts,
      shop: this.getAttribute("shop") ?? siteName(),
      purposes: Object.keys(purposes).filter((purpose) => purpose !== "necessary"),
      isForAccount: scope === "account" || this.getAttribute("asked") === "account",
      privacy: this.getAttribute("privacy") ?? undefined,
    };
  }
}

function siteName(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="og:site_name"]')?.content ?? location.hostname;
}

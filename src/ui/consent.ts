/** `<carryover-consent>`: asks until there is an answer, and lets it be changed for ever after. */
import type { ClientState } from "../browser/client.js";
import { drawBanner, type Question } from "./banner.js";
import { consentStyle } from "./consent-style.js";
import type { ConsentTexts } from "./consent-texts.js";
import { say } from "./make.js";
import type { Decision, Preferences } from "./preferences.js";
import type { drawNotice } from "./notice.js";
import { keepInView } from "./room.js";
import { ScreenElement } from "./screen.js";
import { readLayer, type ShownLayer } from "./shown.js";

/**
 * Attributes: `shop`, the name of who asks (else the page's `og:site_name`, else its host); `privacy`, the address of the
 * shop's statement; `lang`; `size="kiosk"`. How far an answer reaches it says as the client's `consent.asked` has it.
 *
 * @example
 * <carryover-consent shop="Stap &amp; Blad" privacy="/privacy"></carryover-consent>
 * <button data-carryover-preferences>Cookies</button>
 */
export class ConsentElement extends ScreenElement<ConsentTexts> {
  static readonly observedAttributes = ["lang", "shop", "privacy"];
  protected override readonly look = consentStyle;
  #banner: HTMLElement | undefined;
  #preferences: Preferences | undefined;
  #isNeeded = false;
  #about = "";
  #shown: ShownLayer | undefined;
  #noticeOf: typeof drawNotice | undefined;
  #before: HTMLElement | undefined;
  #release = (): void => {};

  /** The words of the layer that was shown last, as they stand behind the hash in a receipt: what a shop keeps to prove them. */
  get shownText(): string | undefined {
    return this.#shown?.text;
  }

  /** Opens the preference page, whose code comes with the first call; a button with `data-carryover-preferences` does the same. */
  open(): Promise<void> {
    return this.#openPreferences();
  }

  protected override start(): void {
    this.listen(document, "click", (event) => {
      const opener = event.composedPath().find((node) => node instanceof Element && node.hasAttribute("data-carryover-preferences"));
      if (opener === undefined || document.querySelector(this.localName) !== this) return;
      event.preventDefault();
      void this.open();
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
    const about = JSON.stringify([consent.asked, consent.isSignalled, isNeeded || consent.notice]);
    if (isNeeded === this.#isNeeded && about === this.#about) return;
    this.#isNeeded = isNeeded;
    this.#about = about;
    this.draw();
  }

  protected override draw(): void {
    const hadFocus = this.#banner?.contains(this.root.activeElement) === true;
    this.#release();
    this.#banner?.remove();
    this.#banner = undefined;
    this.#banner = this.#isNeeded ? this.#drawQuestion() : this.#drawNotice();
    if (!this.#banner) return void (hadFocus && this.#before?.isConnected && this.#before.focus());
    this.root.append(this.#banner);
    this.#release = keepInView(this.#banner);
    say(this.said, this.#banner.querySelector(this.#isNeeded ? "h2" : "p")?.textContent ?? "");
  }

  #drawQuestion(): HTMLElement {
    const question = this.#question();
    const all = (isGranted: boolean): void => void this.#decide(Object.fromEntries(question.purposes.map((purpose) => [purpose, isGranted])), shown);
    const banner = drawBanner(question, { all, choose: () => void this.#openPreferences() });
    const shown = (this.#shown = readLayer(banner, "banner", question.lang));
    return banner;
  }

  #drawNotice(): HTMLElement | undefined {
    const { client, lang, texts } = this.stage;
    const { notice } = client.state.consent;
    const read = (): void => client.consent.dismiss();
    if (notice && !this.#noticeOf) void this.#loadNotice();
    return notice && this.#noticeOf?.(notice, texts, lang, () => (read(), void this.#openPreferences()), read);
  }

  async #loadNotice(): Promise<void> {
    this.#noticeOf = (await import("./notice.js")).drawNotice;
    if (this.isConnected) this.draw();
  }

  async #decide(decision: Decision, { hash, lang, layer }: ShownLayer, isStricter = false): Promise<void> {
    const { client, texts } = this.stage;
    const allowed = Object.entries(decision).filter(([, isGranted]) => isGranted);
    const shown = { text: hash, lang, layer };
    if (allowed.length > 0) await this.#painted(); // a refusal is kept at once
    const holds = (): boolean => Object.entries(decision).every(([purpose, isGranted]) => client.state.consent.purposes[purpose] === isGranted);
    client.consent.decide(decision, { ...shown, ...(isStricter && { scope: "device" }) });
    // A customer who allows something everywhere allows it here, where they may have been stricter.
    if (!holds() && client.state.consent.scope === "account") client.consent.decide(Object.fromEntries(allowed), { ...shown, scope: "device" });
    if (holds()) say(this.said, texts.saved);
    else void this.#openPreferences(texts.stands);
  }

  /** Allowing sets half a shop in motion: what was tapped on goes first. Resolves with the next picture, or when the page goes. */
  async #painted(): Promise<void> {
    const { style } = this.#banner ?? {};
    if (style) style.opacity = "0"; // it keeps the keyboard until it is gone
    await new Promise((done) => {
      requestAnimationFrame(() => setTimeout(done));
      addEventListener("pagehide", done, { once: true });
    });
    if (style) style.opacity = "";
  }

  async #openPreferences(note?: string): Promise<void> {
    const { openPreferences } = await import("./preferences.js");
    if (this.#preferences !== undefined || !this.isConnected) return;
    const standing = this.client.state.consent.purposes;
    const closed = (): void => void (this.#preferences = undefined);
    const question = this.#question();
    this.#preferences = openPreferences(this.root, question, standing, (decision, isStricter) => void this.#decide(decision, shown, isStricter), closed, note);
    const shown = (this.#shown = readLayer(this.#preferences.drawn, "preferences", question.lang));
  }

  #question(): Question {
    const { client, lang, texts } = this.stage;
    const { purposes, scope, asked, isSignalled } = client.state.consent;
    return {
      lang, texts,
      shop: this.getAttribute("shop") ?? siteName(),
      purposes: Object.keys(purposes).filter((purpose) => purpose !== "necessary"),
      isForAccount: asked === "account",
      isCustomer: scope === "account",
      isSignalled: isSignalled && Object.hasOwn(purposes, "marketing"),
      privacy: this.getAttribute("privacy") ?? undefined,
    };
  }
}

function siteName(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="og:site_name"]')?.content ?? location.hostname;
}

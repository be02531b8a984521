/** What every screen does: finds its client and its language, and listens for as long as it is in the page. */
import type { Client, ClientState } from "../browser/client.js";
import { languageOf, type Languages, type OwnTexts, textsFor, withOwn } from "./language.js";
import { make } from "./make.js";
import { baseStyle, sheetOf } from "./style.js";

/** What the elements are given to work with: the client of `createClient`, or a part of it. */
export type Screens = Pick<Client, "ready" | "state" | "subscribe" | "consent" | "handoff">;

export interface Given<T> {
  readonly client: Screens;
  readonly languages: Languages<T>;
}

/** What is drawn with: one root, one client, the texts of one language. */
export interface Stage<T> {
  readonly root: ShadowRoot;
  readonly client: Screens;
  readonly lang: string;
  readonly texts: T;
}

/** Where there is no page, as on a server that renders one, the classes can still be loaded. */
const PageElement = (/* @__PURE__ */ (() => (typeof HTMLElement === "undefined" ? Object : HTMLElement))()) as typeof HTMLElement;

export class ScreenElement<T extends object> extends PageElement {
  /** Put in by `defineElement`. */
  declare protected readonly given: Given<T>;
  /** Its own style, on top of the one that all screens share. */
  declare protected readonly look: string;
  protected readonly root = this.attachShadow({ mode: "open" });
  /** Told to screen readers, also when what was read is gone. */
  protected readonly said = make("p", { part: "said", role: "status" });
  #client: Screens | undefined;
  #texts: OwnTexts<T> = {};
  readonly #stops: (() => void)[] = [];

  /** Another client than the one of `defineScreens`. */
  get client(): Screens {
    return this.#client ?? this.given.client;
  }

  set client(client: Screens) {
    this.#client = client;
    this.#again();
  }

  /** The shop's own words, in place of ours: `element.texts = { title: "Koekjes?" }`. */
  get texts(): OwnTexts<T> {
    return this.#texts;
  }

  set texts(texts: OwnTexts<T>) {
    this.#texts = texts;
    this.#again();
  }

  connectedCallback(): void {
    if (this.#stops.length > 0) return;
    this.root.adoptedStyleSheets = [sheetOf(baseStyle), sheetOf(this.look)];
    this.root.replaceChildren(this.said);
    const language = new MutationObserver(() => this.draw());
    language.observe(document.documentElement, { attributeFilter: ["lang"] });
    let isHere = true;
    this.whileHere(() => {
      isHere = false;
      language.disconnect();
    });
    this.draw();
    this.start();
    void this.client.ready.then(() => isHere && this.#listen());
  }

  disconnectedCallback(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }

  attributeChangedCallback(): void {
    if (this.#stops.length > 0) this.draw();
  }

  /** Shows what is so now, in the language of now. */
  protected draw(): void {}
  protected heard(_: ClientState): void {}
  /** Comes into the page. */
  protected start(): void {}

  protected whileHere(stop: () => void): void {
    this.#stops.push(stop);
  }

  protected listen(target: EventTarget, name: string, listener: (event: Event) => void): void {
    target.addEventListener(name, listener);
    this.whileHere(() => target.removeEventListener(name, listener));
  }

  protected get stage(): Stage<T> {
    const { lang, texts } = textsFor(this.given.languages, languageOf(this));
    return { root: this.root, client: this.client, lang, texts: withOwn(texts, this.#texts) };
  }

  #listen(): void {
    this.whileHere(this.client.subscribe((state) => {
      // A kiosk is told by its idle warning; a page that knows sooner says size="kiosk".
      if (state.kiosk !== undefined && !this.hasAttribute("size")) this.setAttribute("size", "kiosk");
      this.heard(state);
    }));
  }

  #again(): void {
    if (!this.isConnected) return;
    this.disconnectedCallback();
    this.connectedCallback();
  }
}

/** Registers an element; a second call finds the first and changes nothing. Without a page it does nothing. */
export function defineElement<T extends object>(name: string, Element: new () => ScreenElement<T>, given: Given<T>): void {
  if (typeof customElements === "undefined" || customElements.get(name) !== undefined) return;
  customElements.define(name, class extends Element {
    protected override readonly given = given;
  });
}

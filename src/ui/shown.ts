/** What somebody had before them when they decided: the words, and their hash, which a receipt carries. */

export interface ShownLayer {
  /** All words in their order, a line for each piece. */
  readonly text: string;
  readonly lang: string;
  readonly layer: string;
  /** SHA-256 of the text in UTF-8, base64url; a moment after it was drawn, and never on an insecure page. */
  hash?: string;
}

/** Reads a layer that was just drawn. */
export function readLayer(drawn: Element, layer: string, lang: string): ShownLayer {
  const pieces = drawn.querySelectorAll("h2,p,a,b,small,button");
  const shown: ShownLayer = { text: [...pieces].map((piece) => piece.textContent).join("\n"), lang, layer };
  const digest = globalThis.crypto?.subtle?.digest("SHA-256", new TextEncoder().encode(shown.text));
  void digest?.then((bytes) => (shown.hash = btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/[+/=]/g, (c) => ({ "+": "-", "/": "_" })[c] ?? "")));
  return shown;
}

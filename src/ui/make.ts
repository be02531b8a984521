/** Makes the nodes of a screen one by one: text is always text, never markup, and style never stands in an attribute. */

export type Attributes = Readonly<Record<string, string | boolean | undefined>>;
export type Child = Node | string | false | undefined;

/** `true` sets an empty attribute; `false` and `undefined` leave it out. */
export function make<K extends keyof HTMLElementTagNameMap>(name: K, attributes: Attributes = {}, ...children: readonly Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== false && value !== undefined) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== false && child !== undefined));
  return element;
}

/** A button that says what it does. */
export function button(words: string, attributes: Attributes, press: () => void): HTMLButtonElement {
  const made = make("button", { type: "button", ...attributes }, words);
  made.addEventListener("click", press);
  return made;
}

/** Sets a text only when it changed, so that a screen reader is not told the same thing twice. */
export function say(element: Element, words: string): void {
  if (element.textContent !== words) element.textContent = words;
}

/** Makes the shop's elements: text is always text, never markup. */

/**
 * `el("button", { class: "primary", onclick }, "Meenemen")`. Names that start with "on" are listeners, `false` and
 * `undefined` leave an attribute out.
 * @param {string} name
 * @param {Record<string, any>} [attributes]
 * @param {...(Node | string | number | false | undefined | null)} children
 * @returns {any}
 */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== undefined) element.setAttribute(key, String(value));
  }
  element.append(...children.filter((child) => child !== false && child !== undefined && child !== null).map((child) => (child instanceof Node ? child : String(child))));
  return element;
}

/**
 * Sets a text only when it changed, so that a screen reader is not told the same thing twice.
 * @param {Element} element
 * @param {string} text
 */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Shows a dialog that is made anew each time and leaves nothing behind.
 * @param {HTMLDialogElement} dialog
 */
export function openDialog(dialog) {
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
  return dialog;
}

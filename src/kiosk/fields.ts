/** What a shopper typed, ticked and chose on the page, taken out again. */

const FIELDS = "input, textarea, select, [contenteditable]";

/** Back to what the page itself had in them, also in open shadow roots; and browsers are told to remember none of it. */
export function clearFields(root: ParentNode = document): void {
  for (const field of root.querySelectorAll<HTMLElement>(`${FIELDS}, form`)) {
    field.setAttribute("autocomplete", "off"); // or the browser keeps it with the tab, on the disk and over a restart
    if (field instanceof HTMLInputElement) reset(field);
    else if (field instanceof HTMLTextAreaElement) field.value = field.defaultValue;
    else if (field instanceof HTMLSelectElement) for (const option of field.options) option.selected = option.defaultSelected;
    else if (field.isContentEditable) field.replaceChildren();
  }
  for (const { shadowRoot } of root.querySelectorAll("*")) if (shadowRoot) clearFields(shadowRoot);
}

function reset(field: HTMLInputElement): void {
  if (field.type === "file") field.value = "";
  else if (field.type !== "hidden") field.value = field.defaultValue; // what a page hides from shoppers is its own
  field.checked = field.defaultChecked;
}

/** Fields that come later are told as well. Returns the function that stops it. */
export function forbidRemembering(): () => void {
  const forbid = (root: ParentNode): void => root.querySelectorAll("input, textarea, form").forEach((field) => field.setAttribute("autocomplete", "off"));
  const observer = new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const node of addedNodes) if (node instanceof Element && node.parentNode) forbid(node.parentNode);
  });
  observer.observe(document.documentElement, { childList: true, subtree: true });
  forbid(document);
  return () => observer.disconnect();
}

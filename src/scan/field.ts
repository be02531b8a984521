/** A field as it was before a scanner began to type into it, so that a barcode does not stay there as text. */

/** Returns the function that puts it back. Nothing to put back where nobody was writing. */
export function remember(target: EventTarget | null): () => void {
  const focused = deepest(target);
  if (focused instanceof HTMLInputElement || focused instanceof HTMLTextAreaElement) return rememberValue(focused);
  if (focused instanceof HTMLElement && focused.isContentEditable) return rememberText(focused);
  return () => {};
}

/** Focus within shadow roots is told as its host's. */
function deepest(target: EventTarget | null): EventTarget | null {
  const inner = target instanceof Element ? target.shadowRoot?.activeElement : undefined;
  return inner ? deepest(inner) : target;
}

function rememberValue(field: HTMLInputElement | HTMLTextAreaElement): () => void {
  const { value } = field;
  return () => {
    if (field.value === value) return;
    // React takes a value that was set on the field itself for one it has set: the prototype's setter is the browser's own.
    const prototype = Object.getPrototypeOf(field) as object;
    Object.getOwnPropertyDescriptor(prototype, "value")?.set?.call(field, value);
    field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "historyUndo" }));
  };
}

/** Rich text: a scanner types into one node of text, or makes one. */
function rememberText(field: HTMLElement): () => void {
  const before = new Map(textsIn(field).map((node) => [node, node.data]));
  return () => {
    for (const node of textsIn(field)) {
      const data = before.get(node);
      if (data === undefined) node.remove();
      else if (node.data !== data) node.data = data;
    }
    field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "historyUndo" }));
  };
}

function textsIn(field: HTMLElement): Text[] {
  const walker = field.ownerDocument.createTreeWalker(field, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode()) texts.push(walker.currentNode as Text);
  return texts;
}

/** Keeps what has the keyboard from lying under a bar that is fixed over the page (WCAG 2.2, 2.4.11). */
import { sheetOf } from "./style.js";

/** The page scrolls a little further while the bar is there; nothing moves. Ends with the returned function. */
export function keepInView(bar: HTMLElement): () => void {
  const sheet = sheetOf(`html{scroll-padding-block-end:${bar.offsetHeight}px}`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  return () => void (document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet));
}

/** A barcode scanner that is plugged in as a keyboard: what it reads goes into the cart, wherever the focus is. */
import { createTill, type ScanOptions, type Shop } from "./adding.js";
import { remember } from "./field.js";
import { createWedge, type WedgeOptions } from "./wedge.js";

/** As for every scan, and how quick a scanner types. */
export interface ScannerOptions extends ScanOptions, WedgeOptions {}

/**
 * Listens until the returned function is called. A scan is at least `minLength` (8) characters, none of them later than `gapMs`
 * (35) after the one before, and then Enter or Tab, which goes no further. What a hand types is left alone, and what a scan has
 * typed into a field is taken out again. Each scan ends in one call of `heard`.
 *
 * @example
 * const stop = listenToScanner(shop, {
 *   resolve: ({ gtin, isOwn }) => (isOwn ? undefined : catalogue.get(gtin)),
 *   heard: ({ outcome }) => beep(outcome === "added"),
 * });
 */
export function listenToScanner(shop: Shop, options: ScannerOptions): () => void {
  const till = createTill(shop, options);
  const wedge = createWedge(options);
  let putBack = (): void => {};
  const listening = new AbortController();
  const hear = (event: KeyboardEvent): void => {
    const { begun, scan } = wedge.stroke(event);
    if (begun) putBack = remember(event.target);
    if (scan === undefined) return;
    // A form is not sent and the focus does not move: nobody has pressed anything.
    event.preventDefault();
    event.stopImmediatePropagation();
    putBack();
    till.scan(scan);
  };
  // On the window and first: a page that listens for Enter itself must not hear this one.
  window.addEventListener("keydown", hear, { capture: true, signal: listening.signal });
  return () => {
    listening.abort();
    till.close();
  };
}

/** `<script type="text/plain" data-consent="analytics">` and `<iframe data-consent data-src>`: loaded once the purpose is granted, not before. */
import type { Choices } from "./choices.js";
import { closeFrame, openFrame } from "./frame.js";
import { runScript } from "./script.js";

const GATED = 'script[type="text/plain"][data-consent],iframe[data-consent]';

/**
 * Opens gates as purposes are granted, also for markup that comes into the page later, and closes frames again at a
 * withdrawal. (A script that has run cannot be taken back: `clearRefused` clears what it leaves.) Ends with the returned function.
 *
 * @example
 * openGates(shop);
 */
export function openGates(shop: Choices): () => void {
  const look = (): void => {
    for (const held of document.querySelectorAll<HTMLScriptElement | HTMLIFrameElement>(GATED)) {
      const isAllowed = shop.consent.allows(held.dataset.consent ?? "");
      if (held.localName === "script") isAllowed && runScript(held as HTMLScriptElement);
      else (isAllowed ? openFrame : closeFrame)(held as HTMLIFrameElement);
    }
  };
  const stop = shop.subscribe(look);
  const observer = new MutationObserver(look);
  observer.observe(document.documentElement, { childList: true, subtree: true });
  return () => {
    stop();
    observer.disconnect();
  };
}

/** `<script type="text/plain" data-consent="analytics">`: runs once the purpose is granted, not before. */
import type { Client } from "../browser/client.js";

const GATED = 'script[type="text/plain"][data-consent]';

/** Opens gates as purposes are granted, also for scripts that come into the page later. */
export function openGates(client: Client): void {
  const open = (): void => {
    for (const script of document.querySelectorAll<HTMLScriptElement>(GATED)) {
      if (client.consent.allows(script.dataset.consent ?? "")) run(script);
    }
  };
  client.subscribe(open);
  void client.ready.then(open); // a grant of an earlier visit is no change that a listener hears of
  new MutationObserver(open).observe(document.documentElement, { childList: true, subtree: true });
}

/** A script runs when it enters the page, so a copy takes the place of the one that was held back. */
function run(held: HTMLScriptElement): void {
  const script = document.createElement("script");
  for (const { name, value } of held.attributes) if (name !== "type" && name !== "data-src") script.setAttribute(name, value);
  if (held.nonce) script.nonce = held.nonce;
  if (held.dataset.src) script.src = held.dataset.src;
  script.textContent = held.textContent;
  held.replaceWith(script);
}

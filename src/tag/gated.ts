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
  new MutationObserver(open).observe(document.documentElement, { childList: true, subtree: true });
}

interface Policy {
  createScript(text: string): string;
  createScriptURL(url: string): string;
}

/** What the page's own markup holds is the page's own word: under Trusted Types a site allows the policy `carryover`. */
const policy: Policy = { createScript: (text) => text, createScriptURL: (url) => url };
const { trustedTypes } = globalThis as { trustedTypes?: { createPolicy(name: string, policy: Policy): Policy } };
let trusted: Policy | undefined;

/** A script runs when it enters the page, so a copy takes the place of the one that was held back. */
function run(held: HTMLScriptElement): void {
  const script = document.createElement("script");
  trusted ??= trustedTypes?.createPolicy("carryover", policy) ?? policy;
  for (const { name, value } of held.attributes) if (name !== "type" && name !== "data-src") script.setAttribute(name, value);
  if (held.nonce) script.nonce = held.nonce;
  if (held.dataset.src) script.src = trusted.createScriptURL(held.dataset.src);
  script.textContent = trusted.createScript(held.textContent);
  held.replaceWith(script);
}

/** Runs a script that was held back. */

interface Policy {
  createScript(text: string): string;
  createScriptURL(url: string): string;
}

/** What the page's own markup holds is the page's own word: under Trusted Types a site allows the policy `carryover`. */
const policy: Policy = { createScript: (text) => text, createScriptURL: (url) => url };
const { trustedTypes } = globalThis as { trustedTypes?: { createPolicy(name: string, policy: Policy): Policy } };
let trusted: Policy | undefined;

/** A script runs when it enters the page, so a copy takes the place of the one that was held back. */
export function runScript(held: HTMLScriptElement): void {
  const script = document.createElement("script");
  trusted ??= trustedTypes?.createPolicy("carryover", policy) ?? policy;
  for (const { name, value } of held.attributes) if (name !== "type" && name !== "data-src") script.setAttribute(name, value);
  if (held.nonce) script.nonce = held.nonce;
  if (held.dataset.src) script.src = trusted.createScriptURL(held.dataset.src);
  script.textContent = trusted.createScript(held.textContent);
  held.replaceWith(script);
}

/** `<carryover-consent>` and `<carryover-handoff>` in plain markup: their code comes when the first of them does. */
import type { Client } from "../browser/client.js";

const SCREENS = "carryover-consent, carryover-handoff";

/** The screens' module lies beside the tag. */
type Screens = { defineScreens(client: Client): void };

/** Loads the screens once, when an element asks for them; a failure is the page's to see in its console. */
export function loadScreens(client: Client, script: HTMLScriptElement | null): void {
  if (!script?.src) return;
  const url = new URL("ui.js", script.src).href;
  const look = (): void => {
    if (!document.querySelector(SCREENS)) return;
    observer.disconnect();
    import(url).then(({ defineScreens }: Screens) => defineScreens(client)).catch(console.error);
  };
  const observer = new MutationObserver(look);
  observer.observe(document, { childList: true, subtree: true });
  look();
}

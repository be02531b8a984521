/** `data-journey` on the tag: what a visit was like is observed once the shopper allows it, by code that comes only then. */
import type { Client } from "../browser/client.js";

/** The journey's module lies beside the tag. */
type JourneyModule = { startJourney(client: Client): unknown };

const PURPOSES = ["analytics", "marketing"];

/** Loads the module once, with the first grant; a failure is the page's to see in its console. */
export function loadJourney(client: Client, script: HTMLScriptElement | null): void {
  if (!script?.src || script.dataset.journey === undefined) return;
  const url = new URL("journey.js", script.src).href;
  Promise.race(PURPOSES.map(client.consent.when))
    .then(() => import(url)).then(({ startJourney }: JourneyModule) => startJourney(client)).catch(console.error);
}

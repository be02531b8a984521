/** Tells the shopper how it stands with the network, and whatever else the shop wants to say in passing. */
import { el, say } from "./element.js";

const words = {
  offline: "Je bent offline. Je mandje is bewaard.",
  "catching-up": "Bezig met bijwerken …",
};

/** A short wait needs no words. */
const WAIT_MS = 300;
/** A few seconds of trying are no news either; being offline is. */
const NOTE_MS = 5_000;

/**
 * A strip under the header: empty while all is well.
 * @param {any} shop
 */
export function createConnectionStrip(shop) {
  const strip = el("p", { class: "connection", role: "status" });
  let timer;
  shop.subscribe(({ sync }) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      say(strip, words[sync.state] ?? "");
      strip.dataset.state = sync.state;
    }, WAIT_MS);
  });
  return strip;
}

const line = el("p", { class: "note", role: "status" });
let noteTimer;

/** Says one thing at the bottom of the screen, for five seconds. */
export function note(/** @type {string} */ text) {
  if (!line.isConnected) document.body.append(line);
  clearTimeout(noteTimer);
  say(line, text);
  noteTimer = setTimeout(() => say(line, ""), NOTE_MS);
}

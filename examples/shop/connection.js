/** Tells the shopper how it stands with the network, and whatever else the shop wants to say in passing. */
import { el, say } from "./element.js";

const words = {
  offline: "Je bent offline. Je mandje is bewaard.",
  "catching-up": "Je mandje wordt bijgewerkt …",
};

/** A short wait needs no words. */
const WAIT_MS = 300;
const NOTE_MS = 4_000;

/** Nobody's empty cart needs a connection, so there is nothing to say about it. */
export const needsConnection = (/** @type {any} */ { cart, customer }) => cart.lines.length > 0 || customer.isSignedIn;

/**
 * A strip under the header: empty while all is well.
 * @param {any} shop
 */
export function createConnectionStrip(shop) {
  const strip = el("p", { class: "connection", role: "status" });
  let timer;
  shop.subscribe((state) => {
    const { sync } = state;
    clearTimeout(timer);
    timer = setTimeout(() => {
      say(strip, (needsConnection(state) && words[sync.state]) || "");
      strip.dataset.state = sync.state;
    }, WAIT_MS);
  });
  return strip;
}

const line = el("p", { class: "note", role: "status" });
let noteTimer;

/** Says one thing at the bottom of the screen, for four seconds. */
export function note(/** @type {string} */ text) {
  if (!line.isConnected) document.body.append(line);
  clearTimeout(noteTimer);
  say(line, text);
  noteTimer = setTimeout(() => say(line, ""), NOTE_MS);
}

/** Tells the stage around this page how the device is doing, and hears from it when the network comes and goes. */
import { needsConnection } from "./connection.js";

/**
 * @param {any} shop
 * @param {string} device
 * @param {string} stage Origin of the stage; messages go to it and come from it, and from nowhere else.
 */
export function reportTo(shop, device, stage) {
  if (window.parent === window) return;
  shop.subscribe((state) => {
    const { cart, customer, sync, handoff } = state;
    const offer = handoff?.role === "offering" && handoff.status === "offered" ? handoff.url : undefined;
    const report = { device, sync: needsConnection(state) ? sync.state : "local", customer: customer.isSignedIn ? customer.id : undefined, quantity: cart.quantity, offer };
    window.parent.postMessage({ carryoverDemo: report }, stage);
  });
  window.addEventListener("message", ({ origin, data }) => {
    // A real phone tells the page when flight mode goes on or off; the drawn one does so too.
    if (origin === stage && (data?.network === "online" || data?.network === "offline")) window.dispatchEvent(new Event(data.network));
  });
}

/** What the demo server knows about this device. */
export async function demoConfig() {
  return (await fetch("/demo/config.json")).json();
}

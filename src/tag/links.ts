/** `data-links` on the tag: the page's address may fill the cart with what the page sells, by code that comes only with such an address. */
import type { Client } from "../browser/client.js";
import type { Resolve } from "../browser/from-link.js";
import { moreOf } from "./add.js";

/** The links' module lies beside the tag. */
type LinkModule = { addFromLink(client: Client, resolve: Resolve): Promise<unknown> };

/** An address says something about a cart: `?products=`, `?coupon=`, or `/buy/`. */
const ASKS = /[?&](products|coupon)=|^[^?]*\/buy\/./;

/**
 * Without a word of the shop's nothing gets in that the page does not sell: a product is taken when the page has a button for it,
 * with the options and details of that button. A shop that knows more calls `addFromLink` of the package. A failure is the
 * page's to see in its console.
 */
export function loadLinks(client: Client, script: HTMLScriptElement | null): void {
  if (!script?.src || script.dataset.links === undefined || !ASKS.test(location.pathname + location.search)) return;
  const onPage: Resolve = (sku) => {
    const button = [...document.querySelectorAll<HTMLElement>("[data-carryover-add]:enabled")].find(({ dataset }) => dataset.carryoverAdd === sku);
    return button && moreOf(button);
  };
  const isRead = document.readyState === "loading" && new Promise((resolve) => document.addEventListener("DOMContentLoaded", resolve));
  Promise.all([import(new URL("link.js", script.src).href), isRead])
    .then(([{ addFromLink }]: [LinkModule, unknown]) => addFromLink(client, onPage)).catch(console.error);
}

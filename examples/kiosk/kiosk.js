/** The shop on a kiosk: products to tap, a cart at the foot, and two ways to end: take it along or be done. */
import { createClient } from "carryover";
import { createCartPanel } from "/shop/cart-panel.js";
import { createConnectionStrip, note } from "/shop/connection.js";
import { el, openDialog, say } from "/shop/element.js";
import { openOffer } from "/shop/handoff-offer.js";
import { articles, detailsOf, euro, pictureUrl, products, totalOf } from "/shop/products.js";
import { demoConfig, reportTo } from "/shop/report.js";
import { askWhoIsThere } from "./idle.js";

const config = await demoConfig();

const shop = createClient({
  site: config.site,
  endpoint: location.origin,
  channel: "kiosk",
  name: "Kiosk 3",
  kiosk: { idleMs: 60_000 },
});

/** The next shopper need not see how it went for this one. */
const DONE_MS = 6_000;

function add(product, maat) {
  shop.cart.add(product.sku, 1, { options: maat === undefined ? {} : { maat }, details: detailsOf(product) });
  note(`${product.name} ligt in je mandje.`);
}

/** A shoe asks for its size first; a book goes straight into the cart. */
function tap(product) {
  if (product.sizes === undefined) return add(product);
  const choose = (size) => {
    add(product, size);
    dialog.close();
  };
  const dialog = el("dialog", { class: "sheet", "aria-labelledby": "size-title" },
    el("h2", { id: "size-title" }, `Welke maat ${product.name}?`),
    el("div", { class: "choices sizes" }, ...product.sizes.map((size) => el("button", { type: "button", onclick: () => choose(size) }, size))),
    el("button", { class: "quiet wide", type: "button", onclick: () => dialog.close() }, "Terug"));
  openDialog(dialog);
}

function takeAlong() {
  openOffer(shop, {
    mode: "take", url: config.phoneUrl, title: "Verder op je telefoon",
    lead: "Scan de code. Je mandje gaat mee, en dit scherm wordt leeg.",
    onDone: (dialog) => setTimeout(() => dialog.close(), DONE_MS),
  });
}

async function finish() {
  await shop.signOut();
  note("Klaar. Dit scherm is leeg. Fijne dag!");
}

function openCart() {
  const panel = createCartPanel(shop, { checkout: false });
  const dialog = el("dialog", { class: "sheet cart-sheet", "aria-labelledby": "cart-title" },
    el("h2", { id: "cart-title" }, "Je mandje"), panel,
    el("button", { class: "wide", type: "button", onclick: () => dialog.close() }, "Verder winkelen"));
  dialog.addEventListener("close", () => panel.stop());
  openDialog(dialog);
}

function createBar() {
  const sum = el("span", { class: "bar-sum" });
  const cart = el("button", { class: "bar-cart", type: "button", onclick: openCart }, el("span", {}, "Mandje"), sum);
  const take = el("button", { class: "primary", type: "button", onclick: takeAlong }, "Verder op je telefoon");
  const done = el("button", { type: "button", onclick: finish }, "Klaar");
  const bar = el("footer", { class: "bar" }, cart, take, done);
  shop.subscribe(({ cart: { lines, quantity } }) => {
    say(sum, lines.length === 0 ? "leeg" : `${articles(quantity)} · ${euro(totalOf(lines))}`);
    cart.disabled = take.disabled = done.disabled = lines.length === 0;
    if (lines.length === 0) document.querySelector(".cart-sheet")?.close();
  });
  return bar;
}

const head = el("header", { class: "shop-head" }, el("span", { class: "wordmark" }, "Stap ", el("span", {}, "&"), " Blad"), el("span", { class: "muted" }, "Kiosk 3"));

const main = el("main", {}, el("h1", {}, "Tik aan wat je mooi vindt"),
  el("ul", { class: "products", role: "list" }, ...products.map((product) => el("li", {},
    el("button", { class: "product tile", type: "button", onclick: () => tap(product) },
      el("img", { src: pictureUrl(product.picture), alt: "", width: 320, height: 240 }),
      el("span", { class: "cart-name" }, product.name), el("span", { class: "price" }, euro(product.cents)))))));

document.body.replaceChildren(head, createConnectionStrip(shop), main, createBar());
shop.on("problem", ({ code, message }) => console.info(`carryover: ${code}: ${message}`));
askWhoIsThere(shop, finish);
reportTo(shop, config.device, config.stage);

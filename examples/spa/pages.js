/** The three pages of the single-page shop: the list, a product, the cart. */
import { createCartPanel } from "/shop/cart-panel.js";
import { note } from "/shop/connection.js";
import { el } from "/shop/element.js";
import { detailsOf, euro, pictureUrl, productOf, products, usualSize } from "/shop/products.js";

export function listPage() {
  return el("div", {}, el("h1", {}, "Lopen en lezen"), el("p", { class: "muted" }, "Vandaag besteld, morgen in huis of in de winkel."),
    el("ul", { class: "products", role: "list" }, ...products.map((product) => el("li", { class: "product" },
      el("img", { src: pictureUrl(product.picture), alt: "", width: 320, height: 240 }),
      el("h3", {}, el("a", { href: `?product=${product.sku}` }, product.name)),
      el("p", { class: "muted" }, product.about),
      el("p", { class: "price" }, euro(product.cents))))));
}

/**
 * @param {any} shop
 * @param {string | null} sku
 */
export function productPage(shop, sku) {
  const product = productOf(sku ?? "");
  if (product === undefined) return el("div", {}, el("h1", {}, "Dit hebben we niet"), el("p", {}, el("a", { href: "?" }, "Naar alle producten")));
  const sizes = product.sizes === undefined ? undefined : createSizes(product);
  const add = () => {
    const maat = sizes?.querySelector("input:checked")?.value;
    shop.cart.add(product.sku, 1, { options: maat === undefined ? {} : { maat }, details: detailsOf(product) });
    note(`${product.name} ligt in je mandje.`);
  };
  return el("article", { class: "product-page" },
    el("p", {}, el("a", { class: "back", href: "?" }, "← Alle producten")),
    el("img", { src: pictureUrl(product.picture), alt: "", width: 640, height: 480 }),
    el("div", { class: "product-words" },
      el("h1", {}, product.name), el("p", { class: "muted" }, product.about), el("p", {}, product.story), sizes,
      el("div", { class: "buy" }, el("p", { class: "price-large" }, euro(product.cents)),
        el("button", { class: "primary", type: "button", onclick: add, id: "add" }, "In mandje"))));
}

function createSizes(product) {
  return el("fieldset", { class: "sizes" }, el("legend", {}, "Maat"), ...product.sizes.map((size) => el("label", {},
    el("input", { type: "radio", name: "maat", value: size, checked: size === usualSize(product) }), el("span", {}, size))));
}

/**
 * @param {any} shop
 * @param {{ onJoin: () => void }} wishes
 */
export function cartPage(shop, { onJoin }) {
  const panel = createCartPanel(shop, { empty: "Je mandje is leeg. Kijk rustig rond." });
  const join = el("button", { class: "wide", type: "button", onclick: onJoin }, "Verder op je computer");
  const page = el("div", { class: "cart-page" }, el("h1", {}, "Je mandje"), panel, join);
  const stop = shop.subscribe(({ cart, customer }) => {
    join.hidden = cart.lines.length === 0 || customer.isSignedIn;
  });
  page.stop = () => {
    stop();
    panel.stop();
  };
  return page;
}

/** What a plain page adds to the tag: the cart beside the products, the way to sign in, the question about cookies. */
import { createCartPanel } from "/shop/cart-panel.js";
import { createConnectionStrip } from "/shop/connection.js";
import { createConsentBar, createConsentLine } from "/shop/consent.js";
import { el } from "/shop/element.js";
import { openOffer } from "/shop/handoff-offer.js";
import { openCodeForm, receiveScannedLink } from "/shop/handoff-receive.js";
import { demoConfig, reportTo } from "/shop/report.js";
import { createAccountButton } from "/shop/sign-in.js";

// A shoe needs a size, so its form says what to add. The queue takes it whether or not the tag has loaded yet.
document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  const sku = form.dataset.shoe;
  if (sku === undefined) return;
  event.preventDefault();
  window.carryover.push(["cart.add", sku, 1, { options: { maat: form.elements.maat.value } }]);
});

const config = await demoConfig();

window.carryover.push((shop) => {
  const part = (selector) => document.querySelector(selector);
  const share = () => openOffer(shop, {
    mode: "join", url: config.phoneUrl, title: "Verder op je telefoon", lead: "Scan de code met je telefoon. Je hebt dan op beide schermen hetzelfde mandje.",
  });
  const join = el("button", { class: "wide", type: "button", onclick: share }, "Verder op je telefoon");
  shop.subscribe(({ cart, customer }) => {
    join.hidden = cart.lines.length === 0 || customer.isSignedIn;
  });
  part(".shop-head").append(createAccountButton(shop));
  part(".shop-head").after(createConnectionStrip(shop));
  part(".cart-aside").append(createCartPanel(shop), join);
  part(".shop-foot").append(el("button", { class: "quiet", type: "button", onclick: () => openCodeForm(shop) }, "Code invoeren"), createConsentLine(shop));
  document.body.append(createConsentBar(shop));
  shop.on("problem", ({ code, message }) => console.info(`carryover: ${code}: ${message}`));
  reportTo(shop, config.device, config.stage);
  receiveScannedLink(shop);
});

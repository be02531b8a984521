/** The single-page shop: starts the client, draws the frame around the pages, and goes from page to page. */
import { createClient } from "carryover";
import { createConnectionStrip, note } from "/shop/connection.js";
import { createConsentBar, createConsentLine, policy, purposeNames } from "/shop/consent.js";
import { el, say } from "/shop/element.js";
import { openOffer } from "/shop/handoff-offer.js";
import { openCodeForm, receiveScannedLink } from "/shop/handoff-receive.js";
import { demoConfig, reportTo } from "/shop/report.js";
import { createAccountButton } from "/shop/sign-in.js";
import { cartPage, listPage, productPage } from "./pages.js";

const config = await demoConfig();

const shop = createClient({
  site: config.site,
  endpoint: location.origin,
  channel: "app",
  name: "Telefoon",
  consent: { policy, purposes: purposeNames, asked: "account" },
});

const main = el("main", { tabindex: "-1" });
let page;

/** Shows the page that the address names: `?product=BOEK-1`, `?toon=mandje`, or the list. */
function show() {
  page?.stop?.();
  const query = new URLSearchParams(location.search);
  if (query.has("product")) page = productPage(shop, query.get("product"));
  else if (query.get("toon") === "mandje") page = cartPage(shop, { onJoin: share });
  else page = listPage();
  main.replaceChildren(page);
  scrollTo(0, 0);
}

/** Follows a link within the shop without loading the page again. */
function followLink(event) {
  const link = event.target.closest("a[href^='?']");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  history.pushState({}, "", link.getAttribute("href"));
  show();
  main.focus({ preventScroll: true });
}

/** Offers the cart to a second screen of the same person, without an account. */
function share() {
  openOffer(shop, {
    mode: "join", url: config.desktopUrl, title: "Verder op je computer",
    lead: "Open de winkel op je computer en kies Code invoeren.",
  });
}

function createHead() {
  const badge = el("span", { class: "badge" });
  const cart = el("a", { class: "button", href: "?toon=mandje" }, "Mandje", badge);
  shop.subscribe(({ cart: { quantity } }) => {
    const isMore = quantity > Number(badge.textContent);
    say(badge, String(quantity));
    badge.hidden = quantity === 0;
    if (isMore) badge.classList.add("bumped");
  });
  badge.addEventListener("animationend", () => badge.classList.remove("bumped"));
  return el("header", { class: "shop-head" }, el("a", { class: "wordmark", href: "?" }, "Stap ", el("span", {}, "&"), " Blad"), createAccountButton(shop), cart);
}

const foot = el("footer", { class: "shop-foot" },
  el("button", { class: "quiet", type: "button", onclick: () => openCodeForm(shop) }, "Code invoeren"), createConsentLine(shop));

document.body.replaceChildren(createHead(), createConnectionStrip(shop), main, foot, createConsentBar(shop));
document.addEventListener("click", followLink);
addEventListener("popstate", show);
addEventListener("hashchange", () => receiveScannedLink(shop));
shop.on("problem", ({ code, message }) => {
  console.info(`carryover: ${code}: ${message}`);
  if (code === "storage-refused") note("Deze browser bewaart niets. Je mandje blijft zolang deze pagina open is.");
});
reportTo(shop, config.device, config.stage);
show();
await shop.ready;
receiveScannedLink(shop);

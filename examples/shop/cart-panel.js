/** The cart as every screen of the shop shows it: lines with a stepper, the total, and words for when it is empty. */
import { el, say } from "./element.js";
import { articles, euro, pictureUrl, shownLine, totalOf } from "./products.js";

/**
 * Draws the cart and keeps it current. A line keeps its element for as long as it lives, so that the focus stays on "+"
 * while the other screens change the numbers around it.
 * @param {any} shop
 * @param {{ empty?: string, checkout?: boolean }} [words]
 * @returns {HTMLElement & { stop: () => void }}
 */
export function createCartPanel(shop, { empty = "Je mandje is leeg.", checkout = true } = {}) {
  const rows = new Map();
  const list = el("ul", { class: "cart-lines", role: "list" });
  const nothing = el("p", { class: "cart-empty" }, empty);
  const total = el("strong", { class: "cart-total-sum" });
  const count = el("span", {});
  const foot = el("div", { class: "cart-foot" },
    el("p", { class: "cart-total" }, count, total),
    checkout && el("button", { class: "primary wide", type: "button", onclick: () => askedToPay(foot) }, "Bestellen"));
  const panel = el("div", { class: "cart-panel" }, nothing, list, foot);
  panel.stop = shop.subscribe(({ cart }) => {
    arrange(list, rows, cart.lines, shop);
    nothing.hidden = cart.lines.length > 0;
    list.hidden = foot.hidden = cart.lines.length === 0;
    say(count, articles(cart.quantity));
    say(total, euro(totalOf(cart.lines)));
  });
  return panel;
}

/** Brings the rows in the order of the lines, and takes away what is gone. */
function arrange(list, rows, lines, shop) {
  const ids = new Set(lines.map(({ line }) => line));
  for (const [id, row] of rows) {
    if (ids.has(id)) continue;
    row.element.remove();
    rows.delete(id);
  }
  lines.forEach((line, place) => {
    const row = rows.get(line.line) ?? createRow(line.line, shop);
    rows.set(line.line, row);
    row.show(line);
    if (list.children[place] !== row.element) list.insertBefore(row.element, list.children[place] ?? null);
  });
}

function createRow(id, shop) {
  const picture = el("img", { alt: "", width: 64, height: 48 });
  const name = el("span", { class: "cart-name" });
  const choice = el("span", { class: "cart-choice" });
  const price = el("span", { class: "cart-price" });
  const number = el("output", { class: "cart-number" });
  const fewer = el("button", { type: "button", onclick: () => shop.cart.decrease(id) }, "−");
  const more = el("button", { type: "button", onclick: () => shop.cart.increase(id) }, "+");
  const remove = el("button", { class: "quiet", type: "button", onclick: () => shop.cart.remove(id) }, "Verwijder");
  const element = el("li", { class: "cart-line" }, picture, el("div", { class: "cart-what" }, name, choice), price,
    el("div", { class: "cart-how-many" }, el("div", { class: "stepper" }, fewer, number, more), remove));
  const show = (line) => {
    const shown = shownLine(line);
    if (picture.getAttribute("src") !== pictureUrl(shown.picture)) picture.src = pictureUrl(shown.picture);
    say(name, shown.name);
    say(choice, shown.choice);
    say(price, euro(shown.cents));
    say(number, String(line.quantity));
    fewer.ariaLabel = `Eén ${shown.name} minder`;
    more.ariaLabel = `Eén ${shown.name} meer`;
    remove.ariaLabel = `Verwijder ${shown.name} ${shown.choice}`;
  };
  return { element, show };
}

/** The example ends where paying begins. */
function askedToPay(foot) {
  foot.querySelector(".cart-note")?.remove();
  foot.append(el("p", { class: "cart-note", role: "status" }, "Dit is een voorbeeldwinkel: bestellen kan hier niet."));
}

/**
 * Lines without buttons, to look at before they are taken along.
 * @param {readonly any[]} lines
 */
export function linesToRead(lines) {
  return el("ul", { class: "lines-to-read", role: "list" }, ...lines.map((line) => {
    const shown = shownLine(line);
    return el("li", {}, el("img", { src: pictureUrl(shown.picture), alt: "", width: 64, height: 48 }),
      el("span", { class: "cart-what" }, el("span", { class: "cart-name" }, shown.name), el("span", { class: "cart-choice" }, shown.choice)),
      el("span", { class: "cart-price" }, `${line.quantity} ×`));
  }));
}

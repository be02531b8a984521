/**
 * The shop's own question about cookies: accept and refuse are equally large and one click each, and refusing loses
 * nothing. A shop that does not want to draw its own can use `<carryover-consent>` instead of this file.
 */
import { el, openDialog } from "./element.js";

export const policy = "2026-11";

/** What may be allowed, in the shop's words. Necessary is not asked: that is the cart itself. */
const purposes = {
  analytics: ["Meten", "Wij tellen welke pagina's bezocht worden, zodat de winkel beter wordt."],
  personalisation: ["Persoonlijk", "Wij onthouden wat je bekeek en laten zien wat daarbij past."],
  marketing: ["Reclame", "Andere sites mogen zien dat je hier was."],
};

export const purposeNames = Object.keys(purposes);

const all = (/** @type {boolean} */ isAllowed) => Object.fromEntries(purposeNames.map((name) => [name, isAllowed]));

/**
 * The question itself, at the bottom of the page until it is answered.
 * @param {any} shop
 */
export function createConsentBar(shop) {
  const bar = el("section", { class: "consent", "aria-label": "Cookies" },
    el("p", {}, el("strong", {}, "Mogen wij meten hoe je de winkel gebruikt, op al je apparaten? "), "Je mandje werkt altijd, ook als je weigert."),
    el("div", { class: "choices" },
      el("button", { type: "button", onclick: () => shop.consent.decide(all(false)) }, "Weigeren"),
      el("button", { type: "button", onclick: () => shop.consent.decide(all(true)) }, "Accepteren")),
    el("button", { class: "quiet", type: "button", onclick: () => openConsentPreferences(shop) }, "Zelf kiezen"));
  shop.subscribe(({ consent }) => {
    bar.hidden = consent.isDecided;
  });
  return bar;
}

/**
 * The page where one can always change one's mind.
 * @param {any} shop
 */
export function openConsentPreferences(shop) {
  const boxes = purposeNames.map((name) => el("input", { type: "checkbox", id: `may-${name}`, name, checked: shop.consent.allows(name) }));
  const rows = boxes.map((box) => el("label", { class: "purpose", for: box.id }, box,
    el("span", {}, el("strong", {}, purposes[box.name][0]), el("span", { class: "muted" }, purposes[box.name][1]))));
  const decide = (choice) => {
    shop.consent.decide(choice);
    dialog.close();
  };
  const own = () => decide(Object.fromEntries(boxes.map((box) => [box.name, box.checked])));
  const dialog = el("dialog", { class: "sheet", "aria-labelledby": "consent-title" },
    el("h2", { id: "consent-title" }, "Jouw keuze over cookies"),
    el("p", { class: "muted" }, "Je mandje en deze keuze bewaren wij altijd. De rest bepaal jij. Je keuze geldt op al je apparaten waar je bent ingelogd, en je kunt haar elke dag veranderen."),
    ...rows,
    el("div", { class: "choices" },
      el("button", { type: "button", onclick: () => decide(all(false)) }, "Alles weigeren"),
      el("button", { type: "button", onclick: () => decide(all(true)) }, "Alles accepteren")),
    el("button", { class: "primary wide", type: "button", onclick: own }, "Mijn keuze bewaren"));
  return openDialog(dialog);
}

/**
 * The line at the foot of a page: what is chosen now, and the way to change it.
 * @param {any} shop
 */
export function createConsentLine(shop) {
  const line = el("button", { class: "quiet", type: "button", onclick: () => openConsentPreferences(shop) });
  shop.subscribe(({ consent }) => {
    const allowed = purposeNames.filter((name) => consent.purposes[name] === true);
    const words = allowed.length === 0 ? "geweigerd" : allowed.length === purposeNames.length ? "geaccepteerd" : "zelf gekozen";
    line.textContent = `Cookies: ${consent.isDecided ? words : "nog niet gekozen"} · wijzigen`;
  });
  return line;
}

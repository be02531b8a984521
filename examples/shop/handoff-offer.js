/** The screen that gives: shows the code and the QR, asks the owner to approve, and says how it ended. */
import { el, openDialog, say } from "./element.js";
import { handoffProblem } from "./handoff-words.js";
import { createQr } from "./qr.js";

const ends = {
  done: { take: "Gelukt. Je mandje staat op je telefoon.", join: "Verbonden. Je mandje staat nu op beide schermen." },
  declined: "Het andere scherm heeft nee gezegd. Je mandje blijft hier.",
  expired: "De code is verlopen. Je mandje staat nog hier.",
};

/**
 * Opens the panel with a fresh code.
 * @param {any} shop
 * @param {{ mode: "take" | "join", url: string, title: string, lead: string, onDone?: (dialog: HTMLDialogElement) => void }} wishes
 */
export function openOffer(shop, { mode, url, title, lead, onDone }) {
  const body = el("div", { class: "offer-body" });
  const dialog = el("dialog", { class: "sheet offer", "aria-labelledby": "offer-title" }, el("h2", { id: "offer-title" }, title), body);
  const parts = { body, dialog, shop, lead, mode, again: () => start() };
  const start = () => {
    body.replaceChildren(el("p", { role: "status" }, "We maken een code …"));
    shop.handoff.offer(mode, { url }).catch((problem) => ended(parts, handoffProblem(problem)));
  };
  const stop = follow(parts, onDone);
  dialog.addEventListener("close", () => {
    stop();
    if (shop.state.handoff?.role === "offering") shop.handoff.cancel().catch(() => {}); // a code that was not taken back runs out by itself
  });
  openDialog(dialog);
  start();
  return dialog;
}

/** Redraws when the step changes, not at every change of the cart. */
function follow(parts, onDone) {
  const stepOf = (handoff) => (handoff?.role === "offering" ? `${handoff.status} ${handoff.code} ${handoff.choices}` : undefined);
  let shown = stepOf(parts.shop.state.handoff);
  return parts.shop.subscribe(({ handoff }) => {
    const step = stepOf(handoff);
    if (step === shown) return;
    shown = step;
    if (step === undefined) return;
    draw(parts, handoff);
    if (handoff.status === "done") onDone?.(parts.dialog);
  });
}

function draw(parts, handoff) {
  if (handoff.status === "to-approve") toApprove(parts, handoff);
  else if (handoff.status === "opened") opened(parts);
  else if (handoff.status === "done") ended(parts, ends.done[parts.mode], true);
  else if (handoff.status in ends) ended(parts, ends[handoff.status]);
  else if (handoff.code !== undefined) offered(parts, handoff);
}

function offered({ body, dialog, lead }, { code, url, expiresAt }) {
  const left = el("p", { class: "muted", role: "timer" });
  const tick = () => {
    const seconds = Math.max(0, Math.round((expiresAt - Date.now()) / 1000));
    say(left, `Nog ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} geldig`);
    if (!left.isConnected) clearInterval(timer);
  };
  const timer = setInterval(tick, 1000);
  body.replaceChildren(
    el("p", {}, lead),
    el("div", { class: "offer-codes" }, url === undefined ? null : createQr(url),
      el("div", {}, el("p", { class: "muted" }, "Of typ deze code"), el("p", { class: "code", translate: "no" }, grouped(code)), left)),
    el("button", { class: "wide", type: "button", onclick: () => dialog.close() }, "Annuleren"));
  tick();
}

function opened({ body, dialog }) {
  body.replaceChildren(el("p", { role: "status" }, "Je mandje is nu te zien op het andere scherm. Zeg daar ja of nee."),
    el("button", { class: "wide", type: "button", onclick: () => dialog.close() }, "Annuleren"));
}

/** The numbers make sure that the two screens belong to the same hands. */
function toApprove(parts, { choices = [], other }) {
  const { body, dialog, shop } = parts;
  const approve = (number) => shop.handoff.approve(number).catch((problem) => ended(parts, handoffProblem(problem)));
  body.replaceChildren(
    el("p", {}, `${nameOf(other)} wil jouw mandje delen. Welk getal zie je daar?`),
    el("div", { class: "choices numbers" }, ...choices.map((number) => el("button", { type: "button", onclick: () => approve(number) }, number))),
    el("button", { class: "wide", type: "button", onclick: () => dialog.close() }, "Geen van deze: niet delen"));
}

function ended({ body, dialog, again }, words, isGood = false) {
  const retry = isGood ? null : el("button", { class: "primary", type: "button", onclick: again }, "Nieuwe code");
  body.replaceChildren(el("p", { role: "status", class: isGood ? "good" : "" }, words),
    el("div", { class: "choices" }, el("button", { type: "button", onclick: () => dialog.close() }, "Sluiten"), retry));
}

const nameOf = (other) => other?.name ?? "Een ander scherm";

/** Four and four is easier to read out than eight. */
const grouped = (/** @type {string} */ code) => code.replace(/[^A-Z]/g, "").replace(/(.{4})(?=.)/g, "$1 ");

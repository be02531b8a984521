/** The screen that receives: a code is typed or scanned, the shopper sees what comes, and says yes or no. */
import { linesToRead } from "./cart-panel.js";
import { el, openDialog, say } from "./element.js";
import { note } from "./connection.js";
import { handoffProblem, questions } from "./handoff-words.js";

/**
 * Opens the form for a typed code.
 * @param {any} shop
 */
export function openCodeForm(shop) {
  const input = el("input", { id: "handoff-code", name: "code", required: true, autocomplete: "off", autocapitalize: "characters", spellcheck: "false", maxlength: 12, "aria-describedby": "handoff-problem" });
  const problem = el("p", { id: "handoff-problem", class: "problem", role: "alert" });
  const form = el("form", { class: "code-form", method: "dialog" },
    el("label", { for: "handoff-code" }, "Code van het andere scherm"), input, problem,
    el("div", { class: "choices" }, el("button", { type: "button", onclick: () => dialog.close() }, "Annuleren"), el("button", { class: "primary" }, "Verder")));
  const dialog = el("dialog", { class: "sheet", "aria-labelledby": "code-title" }, el("h2", { id: "code-title" }, "Code invoeren"), form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    say(problem, "");
    try {
      const offered = await shop.handoff.preview(input.value.trim());
      dialog.close();
      openQuestion(shop, input.value.trim(), offered);
    } catch (refusal) {
      say(problem, handoffProblem(refusal));
      input.select();
    }
  });
  return openDialog(dialog);
}

/**
 * A scanned link carries its secret in the fragment: look at it, and take it out of the address bar at once.
 * @param {any} shop
 */
export async function receiveScannedLink(shop) {
  if (!location.hash.startsWith("#carryover=")) return;
  const link = location.href;
  history.replaceState(history.state, "", location.pathname + location.search);
  try {
    openQuestion(shop, link, await shop.handoff.preview(link));
  } catch (refusal) {
    note(handoffProblem(refusal));
  }
}

const refused = "Het andere scherm heeft nee gezegd. Je mandje hier is niet veranderd.";

/** What comes, from where, and two equal answers. */
function openQuestion(shop, codeOrUrl, { mode, from, lines }) {
  const words = questions[mode] ?? questions.copy;
  const body = el("div", {},
    el("p", { class: "muted" }, words.lead(from?.name ?? "een ander scherm")), linesToRead(lines),
    el("div", { class: "choices" },
      el("button", { type: "button", onclick: () => dialog.close() }, words.no),
      el("button", { type: "button", onclick: () => accept() }, words.yes)));
  const dialog = el("dialog", { class: "sheet", "aria-labelledby": "question-title" }, el("h2", { id: "question-title" }, words.title), body);
  let isAccepted = false;
  const accept = async () => {
    isAccepted = true;
    const stop = followNumber(shop, body, () => dialog.close());
    const problem = await shop.handoff.accept(codeOrUrl).then(({ status }) => (status === "done" ? undefined : refused), handoffProblem);
    stop();
    if (problem === undefined) note(words.done);
    if (problem === undefined || !dialog.open) return dialog.close();
    body.replaceChildren(el("p", { class: "problem", role: "alert" }, problem),
      el("button", { class: "wide", type: "button", onclick: () => dialog.close() }, "Sluiten"));
  };
  dialog.addEventListener("close", () => {
    // The other screen hears a no at once; where it does not, its code runs out by itself.
    const isWaiting = shop.state.handoff?.role === "receiving" && shop.state.handoff.status === "to-approve";
    if (!isAccepted || isWaiting) shop.handoff.cancel(isAccepted ? undefined : codeOrUrl).catch(() => {});
  });
  return openDialog(dialog);
}

/** While the other screen has to approve, this one shows the number to look for. */
function followNumber(shop, body, giveUp) {
  return shop.subscribe(({ handoff }) => {
    if (handoff?.role !== "receiving" || handoff.number === undefined || handoff.status === "done") return;
    body.replaceChildren(el("p", {}, "Kies op het andere scherm dit getal:"), el("p", { class: "code", role: "status" }, handoff.number),
      el("button", { class: "wide", type: "button", onclick: giveUp }, "Annuleren"));
  });
}

/** Asks whether somebody is still there, in the last seconds before the kiosk forgets a shopper who walked away. */
import { el, openDialog, say } from "/shop/element.js";

/**
 * @param {any} shop
 * @param {() => void} finish
 */
export function askWhoIsThere(shop, finish) {
  let dialog;
  shop.subscribe(({ kiosk }) => {
    if (kiosk === undefined) dialog?.close();
    else if (!dialog?.open) dialog = ask(kiosk.endsAt, finish);
  });
  // When a visit has ended, whatever lay over the products goes with it.
  let wasInUse = false;
  shop.subscribe(({ cart, handoff }) => {
    const isInUse = cart.lines.length > 0 || handoff !== undefined;
    if (wasInUse && !isInUse) for (const open of document.querySelectorAll("dialog[open]")) /** @type {HTMLDialogElement} */ (open).close();
    wasInUse = isInUse;
  });
}

/** Any touch keeps the visit alive: the client sees to that. The button is there because people look for one. */
function ask(endsAt, finish) {
  const left = el("p", { role: "timer" });
  const tick = () => {
    say(left, `Over ${Math.max(0, Math.ceil((endsAt - Date.now()) / 1000))} seconden wordt dit scherm leeg.`);
    if (!left.isConnected) clearInterval(timer);
  };
  const timer = setInterval(tick, 250);
  const dialog = el("dialog", { class: "sheet", "aria-labelledby": "idle-title" },
    el("h2", { id: "idle-title" }, "Ben je er nog?"), left,
    el("div", { class: "choices" },
      el("button", { type: "button", onclick: finish }, "Klaar"),
      el("button", { class: "primary", type: "button", onclick: () => dialog.close() }, "Ik ben er nog")));
  openDialog(dialog);
  tick();
  return dialog;
}

/** The demo's way of signing in: two people to choose from, and a real token for the one chosen. */
import { note } from "./connection.js";
import { el, openDialog } from "./element.js";

const people = { anna: "Anna", bram: "Bram" };

/** The name that belongs to a customer's id. */
export const personName = (/** @type {string | undefined} */ id) => people[id ?? ""] ?? id ?? "";

/** The shop's own proof of who this is: here the shop takes your word for it. */
async function tokenFor(person) {
  const answer = await fetch("/demo/token", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ person }) });
  if (!answer.ok) throw new Error(`The demo gave no token (${answer.status}).`);
  return (await answer.json()).token;
}

/**
 * Asks who you are and signs in.
 * @param {any} shop
 */
export function openSignIn(shop) {
  const problem = el("p", { class: "problem", role: "alert" });
  const enter = async (person) => {
    try {
      await shop.signIn(await tokenFor(person));
      note(`Welkom, ${people[person]}. Je mandje is op al je schermen hetzelfde.`);
      dialog.close();
    } catch {
      problem.textContent = "Inloggen lukt nu niet. Kijk of je verbinding hebt en probeer het opnieuw.";
    }
  };
  const dialog = el("dialog", { class: "sheet", "aria-labelledby": "sign-in-title" },
    el("h2", { id: "sign-in-title" }, "Wie ben je?"),
    el("p", { class: "muted" }, "In deze voorbeeldwinkel kies je gewoon een naam. Log op twee schermen in met dezelfde naam."),
    el("div", { class: "choices" }, ...Object.entries(people).map(([person, name]) => el("button", { type: "button", onclick: () => enter(person) }, name))),
    problem,
    el("button", { class: "quiet wide", type: "button", onclick: () => dialog.close() }, "Niet inloggen"));
  return openDialog(dialog);
}

/**
 * Says who is signed in, and is the way out.
 * @param {any} shop
 */
function openAccount(shop) {
  const leave = async () => {
    dialog.close();
    await shop.signOut();
    note("Je bent uitgelogd. Je mandje blijft bewaard bij je account.");
  };
  const dialog = el("dialog", { class: "sheet", "aria-labelledby": "account-title" },
    el("h2", { id: "account-title" }, `Je bent ingelogd als ${personName(shop.state.customer.id)}`),
    el("p", { class: "muted" }, "Na het uitloggen is je mandje van dit scherm weg. Log opnieuw in en het is er weer."),
    el("div", { class: "choices" },
      el("button", { type: "button", onclick: () => dialog.close() }, "Ingelogd blijven"),
      el("button", { type: "button", onclick: leave }, "Uitloggen")));
  return openDialog(dialog);
}

/**
 * The button in the header: who you are, or the way in.
 * @param {any} shop
 */
export function createAccountButton(shop) {
  const button = el("button", { class: "quiet", type: "button", onclick: () => (shop.state.customer.isSignedIn ? openAccount(shop) : openSignIn(shop)) });
  shop.subscribe(({ customer }) => {
    button.textContent = customer.isSignedIn ? personName(customer.id) : "Inloggen";
  });
  return button;
}

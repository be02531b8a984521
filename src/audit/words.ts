/** What shops write on the controls of the question about cookies, in Dutch, English, German and French. */

export type Meaning = "accept" | "refuse" | "choose" | "save";

/** A control's name is a few words; a sentence that happens to hold one of them is no control. */
const LONGEST = 48;

const REFUSE = new RegExp([
  "\\bweiger", "afwijzen", "niet (accepteren|akkoord|toestaan)", "alleen (strikt )?(noodzakelijke?|functionele?|essentiële?)", "zonder (te )?accepteren",
  "\\b(refuse|reject|decline|deny|disagree)\\b", "(only|just) (strictly )?(the )?(necessary|essential|required)", "(necessary|essential|required)( cookies)? only", "without accepting",
  "ablehnen", "verweigern", "(nur|lediglich) (technisch )?(notwendige|erforderliche|essenzielle)", "ohne (zustimmung|einwilligung)",
  "refuser", "rejeter", "sans accepter", "(uniquement|seulement) (les )?(cookies )?(nécessaires|essentiels|obligatoires)",
].join("|"), "i");

const ACCEPT = new RegExp([
  "\\baccepte(er|ren)\\b", "\\bakkoord\\b", "toestaan", "\\b(accept|allow|agree)\\b", "akzeptieren", "annehmen", "zustimmen", "einverstanden", "zulassen", "erlauben",
  "accepter", "\\bj'accepte\\b", "autoriser", "d'accord",
].join("|"), "i");

const CHOOSE = new RegExp([
  "cookie[- ]?(instelling|voorkeur|keuze)", "zelf (kiezen|instellen)", "voorkeuren", "aanpassen", "^instellingen$", "^cookies\\b",
  "cookie (settings|preferences|choices)", "(manage|change|your) (cookies?|consent|privacy)", "privacy (settings|choices)", "let me choose", "customi[sz]e", "preferences", "^settings$",
  "cookie[- ]?einstellungen", "einstellungen", "selbst wählen", "auswahl treffen", "anpassen",
  "gérer", "paramétrer", "paramètres", "préférences", "personnaliser", "choisir",
].join("|"), "i");

const SAVE = /bewaren|opslaan|bevestig|\bsave\b|\bconfirm|speichern|bestätigen|enregistrer|garder|valider|confirmer/i;

const NECESSARY = /noodzakelijk|strikt|necessary|essential|required|notwendig|erforderlich|essenziell|nécessaire|indispensable|obligatoire/i;

/** What a control does, going by its name; undefined when it is about something else. What was done ("geweigerd") is no control. */
export function meaningOf(name: string): Meaning | undefined {
  const words = name.trim().replaceAll("’", "'");
  if (words.length === 0 || words.length > LONGEST) return undefined;
  // "Accept only what is necessary" is a refusal, so refusals come first.
  if (REFUSE.test(words)) return "refuse";
  if (ACCEPT.test(words)) return "accept";
  if (SAVE.test(words)) return "save";
  return CHOOSE.test(words) ? "choose" : undefined;
}

/** A box for what is necessary may be ticked: there is nothing to choose. */
export function isNecessaryBox(name: string): boolean {
  return NECESSARY.test(name);
}

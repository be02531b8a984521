/** What the shop says when handing over a cart does not work. */

const words = {
  "handoff-gone": "Deze code werkt niet. Kijk of hij goed is getypt, of vraag een nieuwe op het andere scherm.",
  "handoff-impossible": "Dit mandje kun je nu niet meenemen. Leg er eerst iets in.",
  "too-many-tries": "Dat was te vaak. Wacht een minuut en probeer het opnieuw.",
  unreachable: "Je bent offline. Probeer het opnieuw zodra je verbinding hebt.",
  unavailable: "De winkel is even niet bereikbaar. Probeer het zo opnieuw.",
};

/** @param {{ code?: string }} [problem] */
export function handoffProblem(problem) {
  return words[problem?.code ?? ""] ?? "Deze code klopt niet. Kijk nog eens goed op het andere scherm.";
}

/** The question on the receiving screen, per way of handing over. */
export const questions = {
  take: { title: "Dit mandje meenemen?", lead: (from) => `Van ${from}. Daar wordt het scherm leeg.`, no: "Niet nu", yes: "Meenemen", done: "Je mandje is meegekomen." },
  copy: { title: "Dit mandje overnemen?", lead: (from) => `Je krijgt een kopie van het mandje op ${from}.`, no: "Niet nu", yes: "Overnemen", done: "Je hebt nu dezelfde artikelen." },
  join: { title: "Samen één mandje?", lead: (from) => `Dit scherm en ${from} delen dan hetzelfde mandje.`, no: "Niet nu", yes: "Delen", done: "Verbonden. Je mandje staat op beide schermen." },
  lend: { title: "Dit mandje hier gebruiken?", lead: (from) => `Tien minuten lang werk je hier in het mandje van ${from}.`, no: "Niet nu", yes: "Gebruiken", done: "Je mandje staat nu hier." },
};

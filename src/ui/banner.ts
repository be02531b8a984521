/** The first layer: who asks what, and two answers of equal weight, one click each. */
import type { ConsentTexts } from "./consent-texts.js";
import { fill } from "./language.js";
import { button, make } from "./make.js";

/** What is asked, of whom, and how far the answer reaches. */
export interface Question {
  readonly lang: string;
  readonly texts: ConsentTexts;
  readonly shop: string;
  readonly purposes: readonly string[];
  /** The answer is for all devices of the account. */
  readonly isForAccount: boolean;
  /** Who answers is signed in, and may be stricter on this device. */
  readonly isCustomer: boolean;
  /** Global Privacy Control: whoever allows advertising all the same has to know what the browser says. */
  readonly isSignalled: boolean;
  /** Where the shop says more. */
  readonly privacy: string | undefined;
}

export interface Answers {
  all(isGranted: boolean): void;
  choose(): void;
}

/**
 * Both answers share the part `answer`: a shop that styles the one styles the other. They follow each other in the
 * order of the keyboard.
 */
export function drawBanner(question: Question, answers: Answers): HTMLElement {
  const { texts, lang, shop } = question;
  return make("section", { lang, part: "banner", role: "region", "aria-labelledby": "asked" },
    make("div", { part: "text" },
      make("h2", { id: "asked", part: "title" }, fill(texts.title, { shop })),
      make("p", {}, leadOf(question)),
      make("p", {}, reachOf(question), " ", texts.free),
      question.isSignalled && make("p", {}, texts.signal),
      privacyLink(question)),
    make("div", { part: "choices" },
      drawAnswers(texts, answers),
      button(texts.choose, { part: "choose", "aria-haspopup": "dialog" }, answers.choose)));
}

export function drawAnswers(texts: ConsentTexts, { all }: Pick<Answers, "all">): HTMLElement {
  return make("div", { part: "answers" },
    button(texts.refuse, { part: "answer" }, () => all(false)),
    button(texts.accept, { part: "answer" }, () => all(true)));
}

/** What is known of a purpose; of one that the shop added without words at least its name. */
export function wordsOf(texts: ConsentTexts, purpose: string): { readonly name: string; readonly why: string } {
  return texts.purposes[purpose] ?? { name: purpose, why: "" };
}

export function leadOf({ texts, lang, shop, purposes }: Question): string {
  const names = purposes.map((purpose) => wordsOf(texts, purpose).name);
  return fill(texts.lead, { shop, purposes: new Intl.ListFormat(lang).format(names) });
}

export function reachOf({ texts, isForAccount }: Question): string {
  return isForAccount ? texts.everywhere : texts.here;
}

export function privacyLink({ texts, privacy }: Question): HTMLElement | false {
  return privacy !== undefined && make("a", { href: privacy, part: "privacy" }, texts.privacy);
}

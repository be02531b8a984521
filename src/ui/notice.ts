/** Tells a customer what came of their choices, and lets them change it: it asks nothing, and stays until it was read. */
import type { ConsentNotice } from "../browser/notice.js";
import { wordsOf } from "./banner.js";
import type { ConsentTexts } from "./consent-texts.js";
import { fill } from "./language.js";
import { button, make } from "./make.js";

export function drawNotice({ about, changed }: ConsentNotice, texts: ConsentTexts, lang: string, change: () => void, read: () => void): HTMLElement {
  const { notice } = texts;
  const names = Object.entries(changed).map(([purpose, isAllowed]) => fill(isAllowed ? notice.on : notice.off, { purpose: wordsOf(texts, purpose).name }));
  return make("section", { lang, part: "banner notice", role: "region", "aria-labelledby": "told" },
    make("div", { part: "text" },
      make("h2", { id: "told", part: "title" }, texts.heading),
      make("p", {}, fill(notice[about], { changed: new Intl.ListFormat(lang).format(names) }))),
    make("div", { part: "answers" }, button(notice.change, {}, change), button(texts.close, {}, read)));
}

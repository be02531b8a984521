/** The second layer: purpose by purpose, and at any time again. */
import { drawAnswers, privacyLink, type Question, reachOf, wordsOf } from "./banner.js";
import type { PurposeTexts } from "./consent-texts.js";
import { button, make } from "./make.js";
import { panelStyle } from "./panel-style.js";
import { openPanel, type Panel } from "./panel.js";
import { sheetOf } from "./style.js";

/** What only this page needs comes with it. */
const style = `
[part=purpose]{display:flex;flex-wrap:wrap;gap:0 16px;align-items:center;min-height:var(--_target);padding-block:12px;border-bottom:1px solid var(--_rule)}
[part=purpose]>span{flex:1 1 6em}
label{cursor:pointer}
b,span small{display:block}
b{font-weight:600}
b::first-letter{text-transform:uppercase}
input{width:24px;height:24px;margin:calc((var(--_target) - 24px)/2);margin-inline-end:0;accent-color:var(--_accent);cursor:inherit}
@media (max-width:479px){dialog{width:calc(100% - 16px);margin-top:8px;max-height:calc(100dvh - 16px)}[part=head]{padding:8px 8px 0 16px}[part=status]{padding-inline:16px}[part=body]{padding:4px 16px 16px;gap:12px}}
`;

/** Made when it is first needed; one for all. */
let ownSheet: CSSStyleSheet | undefined;

export type Decision = Readonly<Record<string, boolean>>;

export interface Preferences {
  /** What is in the page now. */
  readonly drawn: Element;
  /** The answers that hold changed meanwhile, here or on another screen. */
  update(standing: Decision): void;
  close(): void;
}

/** A box is ticked only where a permission stands. */
export function openPreferences(root: ShadowRoot, question: Question, standing: Decision, decide: (decision: Decision, isStricter: boolean) => void, closed: () => void, note = ""): Preferences {
  const { texts, lang, purposes } = question;
  root.adoptedStyleSheets = [...root.adoptedStyleSheets.filter((sheet) => sheet !== ownSheet), (ownSheet ??= sheetOf(panelStyle + style))];
  const panel = openPanel(root, { lang, part: "preferences", closeWords: texts.close, closed });
  const boxes = new Map(purposes.map((purpose) => [purpose, make("input", { type: "checkbox", part: "box", name: purpose })]));
  const stricter = make("input", { type: "checkbox", part: "box", name: "stricter" });
  const answer = (isGranted: (purpose: string) => boolean): void => {
    panel.close();
    decide(Object.fromEntries(purposes.map((purpose) => [purpose, isGranted(purpose)])), stricter.checked);
  };
  fillIn(panel, question, note, [
    make("div", { part: "purposes" }, drawPurpose(texts.necessary, texts.always),
      ...[...boxes].map(([purpose, box]) => drawPurpose(wordsOf(texts, purpose), box))),
    question.isCustomer && drawPurpose(texts.stricter, stricter),
    drawAnswers(texts, { all: (isGranted) => answer(() => isGranted) }),
    button(texts.save, { part: "save" }, () => answer((purpose) => boxes.get(purpose)?.checked === true)),
  ]);
  let shown: Decision = {};
  const update = (next: Decision): void => {
    for (const [purpose, box] of boxes) if (next[purpose] !== shown[purpose]) box.checked = next[purpose] === true;
    shown = next;
  };
  update(standing);
  return { update, close: panel.close, drawn: root.querySelector("dialog") as Element };
}

function fillIn(panel: Panel, question: Question, note: string, controls: readonly (HTMLElement | false)[]): void {
  const { texts } = question;
  panel.show({ title: texts.heading, status: note },
    make("p", {}, reachOf(question), " ", texts.term),
    question.isSignalled && make("p", {}, texts.signal),
    ...controls,
    privacyLink(question));
}

/** The whole row is the target of the box. */
function drawPurpose({ name, why }: PurposeTexts, control: HTMLInputElement | string): HTMLElement {
  const isFixed = typeof control === "string";
  return make(isFixed ? "div" : "label", { part: "purpose" },
    make("span", {}, make("b", {}, name), make("small", {}, why)),
    isFixed ? make("small", {}, control) : control);
}

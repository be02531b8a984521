/** The question about cookies as it comes: what can be pressed, how the answers compare, what is ticked already. */
import type { Page } from "puppeteer-core";
import { awaitControl, type Control, findControl, tickedBoxes } from "./controls.js";
import { differencesBetween } from "./ease.js";
import type { AuditOptions, FirstLayer } from "./seen.js";
import { isNecessaryBox } from "./words.js";

/** How long a layer may take to open. */
export const OPENS_MS = 2_000;

type Named = Pick<AuditOptions, "accept" | "refuse">;

/** Looks at the first layer, and behind it at the second; undefined where nothing is asked. */
export async function lookAtLayer(page: Page, named: Named, accept: Control | undefined, isGoneByScrolling: boolean): Promise<FirstLayer | undefined> {
  if (accept === undefined) return undefined;
  if (isGoneByScrolling) return { accept: accept.name, differences: [], ticked: [], isGoneByScrolling };
  const refuse = await findControl(page, "refuse", named.refuse);
  const differences = refuse === undefined ? [] : await differencesBetween(accept, refuse);
  const first = await tickedBoxes(page);
  const own = await Promise.all(first.map(({ handle }) => accept.handle.evaluate(isOfSameQuestion, handle)));
  const second = await lookBehind(page, named, refuse === undefined);
  const before = new Set(first.map(({ name }) => name));
  const ticked = [...first.filter((_, at) => own[at]), ...second.boxes.filter(({ name }) => !before.has(name))];
  const found = refuse !== undefined ? { name: refuse.name, layer: 1 as const } : second.refuse && { name: second.refuse.name, layer: 2 as const };
  return {
    accept: accept.name, differences, isGoneByScrolling, ...(found && { refuse: found }),
    ticked: ticked.map(({ name }) => name).filter((name) => !isNecessaryBox(name)),
  };
}

/** Opens the second layer, where there is a way to it. */
async function lookBehind(page: Page, named: Named, isRefusalSought: boolean): Promise<{ boxes: Control[]; refuse?: Control | undefined }> {
  const choose = await findControl(page, "choose");
  if (choose === undefined) return { boxes: [] };
  await choose.handle.click();
  const refuse = await awaitControl(page, isRefusalSought ? "refuse" : "save", OPENS_MS, isRefusalSought ? named.refuse : undefined);
  return { boxes: await tickedBoxes(page), refuse };
}

/** Runs in the page: whether a box stands in the same question as an answer, and is not of a form elsewhere in the shop. */
function isOfSameQuestion(answer: Element, box: Element): boolean {
  const up = (node: Node): Element | null => (node as Element).assignedSlot ?? node.parentElement ?? (node.getRootNode() as ShadowRoot).host ?? null;
  const isQuestion = (element: Element): boolean => element.matches("dialog, form, aside, section, [role=dialog], [role=alertdialog], [role=region]")
    || ["fixed", "sticky"].includes(getComputedStyle(element).position);
  let question: Element = answer;
  while (!isQuestion(question) && up(question) !== null && up(question) !== document.body) question = up(question) ?? question;
  for (let at: Element | null = box; at !== null; at = up(at)) if (at === question) return true;
  return false;
}

/** Finds on a page what a visitor could press, by the names that a screen reader would say. */
import { setTimeout as rest } from "node:timers/promises";
import type { ElementHandle, Page, SerializedAXNode } from "puppeteer-core";
import { type Meaning, meaningOf } from "./words.js";

export interface Control {
  readonly name: string;
  readonly handle: ElementHandle<Element>;
}

const PRESSED = ["button", "link", "menuitem", "tab", "checkbox", "switch"];
const BOXES = ["checkbox", "switch"];
const LOOK_MS = 100;

/** The first control on the screen with this meaning, or the one that the shop has named; buttons before links. */
export async function findControl(page: Page, meaning: Meaning, selector?: string): Promise<Control | undefined> {
  if (selector !== undefined) return findBySelector(page, selector);
  const nodes = (await nodesOf(page)).filter(({ role, name = "" }) => PRESSED.includes(role) && meaningOf(name) === meaning);
  for (const node of nodes.sort((a, b) => PRESSED.indexOf(a.role) - PRESSED.indexOf(b.role))) {
    const control = await controlOf(node);
    if (control !== undefined) return control;
  }
  return undefined;
}

/** The same, for a control that may take a moment to come. */
export async function awaitControl(page: Page, meaning: Meaning, withinMs: number, selector?: string): Promise<Control | undefined> {
  const end = Date.now() + withinMs;
  for (;;) {
    const found = await findControl(page, meaning, selector);
    if (found !== undefined || Date.now() > end) return found;
    await rest(LOOK_MS);
  }
}

/** Boxes that are ticked and could be unticked. */
export async function tickedBoxes(page: Page): Promise<Control[]> {
  const nodes = (await nodesOf(page)).filter(({ role, checked, disabled }) => BOXES.includes(role) && checked === true && disabled !== true);
  const controls = await Promise.all(nodes.map(async (node) => {
    const handle = await node.elementHandle();
    return handle === null ? [] : [{ name: node.name ?? "", handle: handle as ElementHandle<Element> }];
  }));
  return controls.flat();
}

/** Everything that the browser would tell a screen reader, shadow roots and frames included. */
async function nodesOf(page: Page): Promise<SerializedAXNode[]> {
  const flat = (node: SerializedAXNode): SerializedAXNode[] => [node, ...(node.children ?? []).flatMap(flat)];
  const tree = await page.accessibility.snapshot({ includeIframes: true });
  return tree === null ? [] : flat(tree);
}

async function controlOf(node: SerializedAXNode): Promise<Control | undefined> {
  const handle = (await node.elementHandle()) as ElementHandle<Element> | null;
  return handle !== null && (await handle.evaluate(isShown)) ? { name: node.name ?? "", handle } : undefined;
}

async function findBySelector(page: Page, selector: string): Promise<Control | undefined> {
  for (const frame of page.frames()) {
    const handle = await frame.$(`pierce/${selector}`);
    if (handle !== null && (await handle.evaluate(isShown))) return { name: selector, handle };
  }
  return undefined;
}

/** Runs in the page, and so sees nothing of this file. */
function isShown(element: Element): boolean {
  const { width, height } = element.getBoundingClientRect();
  return width > 1 && height > 1 && element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
}

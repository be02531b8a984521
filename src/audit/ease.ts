/** Whether refusing is as easy as accepting: the two answers measured as they stand on the screen (L9). */
import type { Control } from "./controls.js";

/** How one answer looks. */
interface Looks {
  readonly width: number;
  readonly height: number;
  readonly size: string;
  readonly weight: string;
  /** Of the words against what is behind them; absent where that is a picture. */
  readonly contrast?: number;
}

const TOLERANCE_PX = 1;
const LEAST_CONTRAST = 4.5;

/** Each difference as a sentence; none when the answers are equally easy. */
export async function differencesBetween(accept: Control, refuse: Control): Promise<string[]> {
  const [one, other] = await Promise.all([accept, refuse].map(({ handle }) => handle.evaluate(looksOf))) as [Looks, Looks];
  const isAdjacent = await accept.handle.evaluate(followEachOther, refuse.handle);
  const box = ({ width, height }: Looks): string => `${Math.round(width)} × ${Math.round(height)} px`;
  const isSameBox = Math.abs(one.width - other.width) <= TOLERANCE_PX && Math.abs(one.height - other.height) <= TOLERANCE_PX;
  const faint = [[accept, one] as const, [refuse, other] as const].filter(([, { contrast }]) => contrast !== undefined && contrast < LEAST_CONTRAST);
  return [
    ...(isSameBox ? [] : [`"${accept.name}" measures ${box(one)}, "${refuse.name}" ${box(other)}.`]),
    ...(one.size === other.size ? [] : [`"${accept.name}" is written in ${one.size}, "${refuse.name}" in ${other.size}.`]),
    ...(one.weight === other.weight ? [] : [`"${accept.name}" has the font weight ${one.weight}, "${refuse.name}" ${other.weight}.`]),
    ...faint.map(([{ name }, { contrast = 0 }]) => `The contrast of "${name}" is ${contrast.toFixed(1)}:1, less than ${LEAST_CONTRAST}:1.`),
    ...(isAdjacent ? [] : [`"${accept.name}" and "${refuse.name}" do not follow each other in the order of the keyboard.`]),
  ];
}

/** Runs in the page, and so sees nothing of this file. */
function looksOf(element: Element): { width: number; height: number; size: string; weight: string; contrast?: number } {
  type Colour = [red: number, green: number, blue: number, alpha: number];
  const pen = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  // Colours have many notations, and what is painted has one.
  const painted = (colour: string): Colour => {
    if (pen === null) return [0, 0, 0, 0];
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0, alpha = 0] = pen.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  };
  const over = ([r, g, b, a]: Colour, [x, y, z]: Colour): Colour => [r * a + x * (1 - a), g * a + y * (1 - a), b * a + z * (1 - a), 1];
  const around: Element[] = [];
  for (let at: Node | null = element; at !== null; at = (at as Element).assignedSlot ?? at.parentNode ?? (at as ShadowRoot).host ?? null) {
    if (at instanceof Element) around.push(at);
  }
  const styles = around.map((one) => getComputedStyle(one));
  const solid = styles.findIndex(({ backgroundColor }) => painted(backgroundColor)[3] === 1);
  const behind = styles.slice(0, solid === -1 ? undefined : solid + 1);
  const paper = behind.reverse().reduce<Colour>((below, { backgroundColor }) => over(painted(backgroundColor), below), [255, 255, 255, 1]);
  const [own] = styles as [CSSStyleDeclaration];
  const opacity = styles.reduce((product, style) => product * Number(style.opacity), 1);
  const [r, g, b, a] = painted(own.color);
  const ink = over([r, g, b, a * opacity], paper);
  const light = ([...parts]: Colour): number => {
    const [red = 0, green = 0, blue = 0] = parts.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [dark = 0, bright = 0] = [light(ink), light(paper)].sort((x, y) => x - y);
  const isPicture = behind.some(({ backgroundImage }) => backgroundImage !== "none");
  const { width, height } = element.getBoundingClientRect();
  return { width, height, size: own.fontSize, weight: own.fontWeight, ...(!isPicture && { contrast: (bright + 0.05) / (dark + 0.05) }) };
}

/** Runs in the page, and so sees nothing of this file. */
function followEachOther(one: Element, other: Element): boolean {
  const stops = (root: ParentNode): Element[] => [...root.children].flatMap((child) => {
    const isStop = child.matches("a[href], button, input, select, textarea, summary, [tabindex]") && !child.matches(":disabled")
      && (child as HTMLElement).tabIndex >= 0 && child.checkVisibility({ visibilityProperty: true });
    return [...(isStop ? [child] : []), ...(child.shadowRoot === null ? [] : stops(child.shadowRoot)), ...stops(child)];
  });
  // A closed shadow root is seen only from within.
  const root = one.getRootNode() as ParentNode & Node;
  const order = stops(root === other.getRootNode() ? root : document);
  return order.includes(one) && order.includes(other) && Math.abs(order.indexOf(one) - order.indexOf(other)) === 1;
}

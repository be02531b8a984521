/** Measures in the page, by what the browser has computed, whether a question is fair and can be read. Sent into the page as text. */

/** How a page is looked at. */
export interface View {
  readonly lang: string;
  readonly scheme: "light" | "dark";
  readonly width: number;
  readonly height: number;
  /** Text twice as large, as a shopper's browser may be set. */
  readonly isLarge?: boolean;
  readonly isKiosk?: boolean;
  readonly layer: "banner" | "preferences";
}

export interface Looks {
  /** What is unfair between the two answers, and which target is too small. */
  unfair(view: View): Promise<string[]>;
  /** What is cut off, covered or wider than its place. */
  hidden(view: View): Promise<string[]>;
}

/** Puts `window.looks` into a page that frames the shop's. */
export function bringLooks(): void {
  const frame = document.querySelector("iframe") as HTMLIFrameElement;
  const doc = frame.contentDocument as Document;
  const win = doc.defaultView as Window & typeof globalThis;
  const asking = doc.querySelector("carryover-consent") as HTMLElement & { open(): Promise<void> };
  const root = asking.shadowRoot as ShadowRoot;
  const all = (selector: string, within: ParentNode): HTMLElement[] => [...within.querySelectorAll<HTMLElement>(selector)];
  const styleOf = (element: Element): CSSStyleDeclaration => win.getComputedStyle(element);

  /** The layer as it stands in that view, when it has come to rest. */
  const show = async ({ lang, scheme, width, height, isLarge, isKiosk, layer }: View): Promise<HTMLElement> => {
    root.querySelector<HTMLElement>("dialog [part=close]")?.click();
    Object.assign(frame.style, { width: `${width}px`, height: `${height}px` });
    Object.assign(doc.documentElement.style, { colorScheme: scheme, fontSize: isLarge ? "200%" : "" });
    asking.toggleAttribute("size", false);
    if (isKiosk) asking.setAttribute("size", "kiosk");
    asking.lang = lang;
    if (layer === "preferences") await asking.open();
    root.getAnimations().forEach((animation) => animation.finish());
    return root.querySelector(layer === "preferences" ? "dialog" : "section") as HTMLElement;
  };

  const channels = (colour: string): number[] => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (colour: string): number => {
    const [r = 0, g = 0, b = 0] = channels(colour).map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  /** The nearest background that covers what lies behind it. */
  const behind = (element: Element): string => {
    const { backgroundColor } = styleOf(element);
    const [, , , opacity = 1] = channels(backgroundColor);
    return opacity === 1 || element.parentElement === null ? backgroundColor : behind(element.parentElement);
  };
  const contrast = (element: Element): number => {
    const [dark = 0, light = 0] = [luminance(styleOf(element).color), luminance(behind(element))].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };

  const LIKE = ["fontSize", "fontWeight", "fontFamily", "color", "backgroundColor", "borderColor", "borderWidth", "opacity", "textDecorationLine", "boxShadow"] as const;

  const differences = ([refuse, accept]: readonly HTMLElement[]): string[] => {
    if (!refuse || !accept) return ["there are not two answers"];
    const [a, b] = [refuse.getBoundingClientRect(), accept.getBoundingClientRect()];
    const boxes = (["width", "height", "top"] as const).filter((side) => Math.abs(a[side] - b[side]) > 1).map((side) => `${side}: ${a[side]} and ${b[side]}`);
    const styles = LIKE.filter((name) => styleOf(refuse)[name] !== styleOf(accept)[name]).map((name) => `${name}: ${styleOf(refuse)[name]} and ${styleOf(accept)[name]}`);
    const order = all("a[href],button,input", root);
    const isNext = order.indexOf(accept) === order.indexOf(refuse) + 1 && refuse.tabIndex === 0 && accept.tabIndex === 0;
    return [...boxes, ...styles, ...(isNext ? [] : ["accept is not the next after refuse"])];
  };

  const unfair = async (view: View): Promise<string[]> => {
    const layer = await show(view);
    const least = view.isKiosk ? 64 : 44;
    const small = all("a[href],button,label", layer).filter((target) => target.getBoundingClientRect().height < least || target.getBoundingClientRect().width < least);
    const faint = all("h2,p,b,small,a,button", layer).filter((piece) => piece.textContent !== "" && contrast(piece) < 4.5);
    return [
      ...differences(all("[part=answer]", layer)),
      ...small.map((target) => `too small: ${target.textContent}`),
      ...faint.map((piece) => `contrast ${contrast(piece).toFixed(2)}: ${piece.textContent}`),
    ];
  };

  const hidden = async (view: View): Promise<string[]> => {
    const layer = await show(view);
    const pieces = all("h2,p,a,b,small,button,input", layer).filter((piece) => piece.textContent !== "" || piece.localName === "input");
    const found: string[] = [];
    if (doc.documentElement.scrollWidth > view.width) found.push(`the page is ${doc.documentElement.scrollWidth} wide`);
    if (layer.scrollWidth > layer.clientWidth) found.push(`the layer scrolls sideways: ${layer.scrollWidth} in ${layer.clientWidth}`);
    for (const piece of pieces) {
      if (piece.scrollWidth > piece.clientWidth + 1 && styleOf(piece).display !== "inline") found.push(`cut off: ${piece.textContent}`);
      if (pieces.some((other) => overlap(piece, other))) found.push(`overlaps another: ${piece.textContent}`);
    }
    for (const answer of all("[part=answer]", layer)) {
      // What does not fit is scrolled to within the layer; in a small window without large text there is no need to.
      if (view.isLarge) answer.scrollIntoView({ block: "nearest" });
      const { top, bottom, left, right } = answer.getBoundingClientRect();
      if ((view.isLarge || view.layer === "banner") && (top < 0 || left < 0 || bottom > view.height || right > view.width)) found.push(`out of sight: ${answer.textContent}`);
    }
    return found;
  };

  const overlap = (one: HTMLElement, other: HTMLElement): boolean => {
    if (one === other || one.contains(other) || other.contains(one)) return false;
    const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
    return Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
  };

  Object.defineProperty(window, "looks", { value: { unfair, hidden }, configurable: true });
}

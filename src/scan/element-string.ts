/** GS1 element strings, as GS1-128, DataBar, DataMatrix and GS1 QR codes carry them: identifier, value, identifier, value. */
import type { Element } from "./element.js";

/** What a scanner sends for FNC1 between two elements (General Specifications 7.8.4): the control character GS. */
export const GS = "\u001d";

/** How long an element is, with its identifier, by the first two digits (Figure 7.8.5-2). All others end at a GS or with the string. */
const LENGTHS: Readonly<Record<string, number>> = {
  "00": 20, "01": 16, "02": 16, "03": 16, "04": 18, 11: 8, 12: 8, 13: 8, 14: 8, 15: 8, 16: 8, 17: 8, 18: 8, 19: 8, 20: 4,
  31: 10, 32: 10, 33: 10, 34: 10, 35: 10, 36: 10, 41: 16,
};

/** As scanned. Undefined where it does not hold: an identifier that is none, or an element that ends too early. */
export function splitScanned(text: string): Element[] | undefined {
  const elements: Element[] = [];
  let rest = text.replace(/^\u001d/, "");
  while (rest !== "") {
    const length = LENGTHS[rest.slice(0, 2)];
    const gap = rest.indexOf(GS);
    const end = length ?? (gap < 0 ? rest.length : gap);
    const element = rest.slice(0, end);
    if (!/^\d\d/.test(element) || element.length < (length ?? 3) || element.includes(GS)) return undefined;
    elements.push(splitAt(element, /^3[1-6]/.test(element) ? 4 : 2));
    rest = rest.slice(end).replace(/^\u001d/, ""); // behind a fixed length it should not stand, and does no harm
  }
  return elements;
}

/** As people read it below the bars: `(01)09506000134352(10)ABC123`. */
export function splitBracketed(text: string): Element[] | undefined {
  if (!/^\(\d{2,4}\)/.test(text)) return undefined;
  return text.split(/(?=\(\d{2,4}\))/).map((element): Element => {
    const end = element.indexOf(")");
    return [element.slice(1, end), element.slice(end + 1)];
  });
}

function splitAt(element: string, at: number): Element {
  return [element.slice(0, at), element.slice(at)];
}

/** What a cart from another screen changes in the one that is here: every line that comes, and how many there are then. */
import type { HandoffPreview } from "../browser/handoff.js";
import type { ClientState } from "../browser/client.js";
import type { HandoffTexts } from "./handoff-texts.js";
import { fill } from "./language.js";
import { make } from "./make.js";

type Cart = ClientState["cart"];
type Line = HandoffPreview["lines"][number];

/** Where nothing is here yet, what comes is all there will be, and needs no comparison. */
export function drawDifference(texts: HandoffTexts, own: Cart, coming: HandoffPreview): HTMLElement {
  const rows = coming.lines.map((line) => drawLine(line, own.lines.length > 0 && noteOn(texts, own, line)));
  const list = make("ul", { role: "list", part: "lines" }, ...rows);
  if (own.lines.length === 0) return list;
  return make("div", { part: "difference" }, list, make("p", {}, fill(texts.after, { count: String(own.quantity + coming.quantity) })));
}

function noteOn(texts: HandoffTexts, own: Cart, { line, quantity }: Line): string {
  const had = own.lines.find((one) => one.line === line)?.quantity ?? 0;
  return had === 0 ? texts.fresh : fill(texts.more, { had: String(had), then: String(had + quantity) });
}

function drawLine({ sku, quantity, options, details }: Line, note: string | false): HTMLElement {
  const name = [details.title, details.name].find((text) => typeof text === "string" && text !== "") ?? sku;
  const chosen = Object.entries(options).map(([option, value]) => `${option} ${value}`).join(", ");
  return make("li", { part: "line" }, make("b", {}, `${quantity} ×`), make("span", {}, String(name)),
    chosen !== "" && make("small", {}, chosen), note !== false && make("small", { part: "note" }, note));
}
